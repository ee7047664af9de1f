// What a form needs beside htmx: tabs and steps, lines of sub-tables.

import "./form_page/panels.js";
import "./form_page/rows.js";
