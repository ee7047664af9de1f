// The table editor: a grid, sliders and an operation log over one document. The server knows what an operation does;
// this keeps the log, the focus and the clipboard, and shows what the server answers.

import { startColumns } from "./table/columns.js";
import { startGrid } from "./table/grid.js";
import { openSession } from "./table/session.js";
import { startTools } from "./table/tools.js";
import { startWeights } from "./table/weights.js";

const form = document.getElementById("table-form");
const session = openSession(form, document.getElementById("table-live"));
const grid = startGrid(form, session);
startWeights(form, session);
startColumns(session, grid);
startTools(form, session, grid);
