// What a form needs beside htmx: tabs and steps, lines of sub-tables, files, signatures, places, paper.

import "./form_page/live.js";
import "./form_page/location.js";
import "./form_page/panels.js";
import "./form_page/phrases.js";
import "./form_page/pickers.js";
import "./form_page/print.js";
import "./form_page/rich_text.js";
import "./form_page/rows.js";
import "./form_page/signature.js";
import "./form_page/uploads.js";
