// What every page runs: htmx, and the few behaviours that plain HTML does not have. No page depends on it to be read
// or sent: forms and links work without.

import "./htmx.js";
import "idiomorph/htmx";
import "./dialogs.js";
import "./menus.js";
import "./forms.js";
import "./messages.js";
import "./editing.js";
import "./offline.js";
