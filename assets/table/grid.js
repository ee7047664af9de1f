// The grid: one cell has the focus (roving tabindex), Shift marks a block, keys and the clipboard work as in a
// spreadsheet. Cells are found by their permanent ids, so the focus stays where it was when rows move.

import { openEditor } from "./cell.js";
import { startClipboard } from "./clipboard.js";

const PAGE = 10;

export function startGrid(form, session) {
  const live = document.getElementById("table-live");
  const at = { row: 0, column: 0 }; // places in the table as it is shown
  let anchor = null;
  let editing = null;

  const table = () => live.querySelector("[role=grid]");
  const lines = () => [...table().tBodies[0].rows].map((row) => [...row.querySelectorAll("[role=gridcell]")]);
  const current = () => lines()[at.row]?.[at.column];
  const heads = () => [...table().querySelectorAll("th[data-column]")];
  const parts = (cell) => {
    const [row, column] = cell.dataset.cell.split(".");
    return { row, column };
  };
  const inGrid = (element) => Boolean(element?.closest?.("[role=grid]"));

  function bound() {
    const all = lines();
    at.row = Math.min(at.row, all.length - 1);
    at.column = Math.min(at.column, all[0].length - 1);
  }

  function show({ focus = false } = {}) {
    bound();
    const block = new Set(marked().flat());
    const one = current();
    for (const cell of lines().flat()) {
      cell.tabIndex = cell === one ? 0 : -1;
      if (block.size > 1 && block.has(cell)) cell.setAttribute("aria-selected", "true");
      else cell.removeAttribute("aria-selected");
    }
    if (focus) {
      one.focus();
      one.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
  }

  /** The cells of the marked block, line by line; the cell with the focus when nothing is marked. */
  function marked() {
    const from = anchor ?? at;
    const [top, bottom] = [Math.min(from.row, at.row), Math.max(from.row, at.row)];
    const [left, right] = [Math.min(from.column, at.column), Math.max(from.column, at.column)];
    return lines().slice(top, bottom + 1).map((line) => line.slice(left, right + 1));
  }

  function move(row, column, extend) {
    if (extend) anchor ??= { ...at };
    else anchor = null;
    const all = lines();
    at.row = Math.min(Math.max(row, 0), all.length - 1);
    at.column = Math.min(Math.max(column, 0), all[0].length - 1);
    show({ focus: true });
  }

  function edit(first) {
    const cell = current();
    if (cell.hasAttribute("aria-readonly")) return;
    const head = heads()[at.column];
    const before = cell.textContent.trim(); // while one types, the cell below shows what would become of it
    editing = openEditor(cell, head, first, {
      tried: (text) => session.tryOut({ do: "set", ...parts(cell), text }),
      left: (text, [down, right]) => {
        editing = null;
        move(at.row + down, at.column + right);
        if (text === null) session.tryOut(null);
        else if (text !== before) session.perform({ do: "set", ...parts(cell), text });
      },
    });
  }

  const block = () => {
    const cells = marked();
    return { rows: cells.map(([first]) => parts(first).row), columns: cells[0].map((cell) => parts(cell).column) };
  };

  /** An operation on the row or column with the focus; `step` is where the focus goes when it is done. */
  async function here(name, more = {}, step = {}) {
    const cell = current();
    const { row, column } = parts(cell);
    const named = name.endsWith("row") ? { row } : { column };
    const operation = name === "add_row" ? { do: name, after: row } : { do: name, ...named, ...more };
    anchor = null;
    if (await session.perform(operation)) move(at.row + (step.row ?? 0), at.column + (step.column ?? 0));
  }

  const deeds = {
    add_row: () => here("add_row", {}, { row: 1 }),
    duplicate_row: () => here("duplicate_row", {}, { row: 1 }),
    row_up: () => here("move_row", { by: -1 }, { row: -1 }),
    row_down: () => here("move_row", { by: 1 }, { row: 1 }),
    delete_row: () => here("delete_row"),
    duplicate_column: () => here("duplicate_column", {}, { column: 1 }),
    column_left: () => here("move_column", { by: -1 }, { column: -1 }),
    column_right: () => here("move_column", { by: 1 }, { column: 1 }),
    delete_column: () => here("delete_column"),
    undo: () => session.undo(),
    redo: () => session.redo(),
  };

  const withControl = {
    Enter: "add_row", d: "duplicate_row", Delete: "delete_row", Backspace: "delete_row", z: "undo", y: "redo",
  };
  const withControlAndShift = {
    z: "redo", Enter: "add_column", d: "duplicate_column", Delete: "delete_column", Backspace: "delete_column",
  };
  const withAlt = { ArrowUp: "row_up", ArrowDown: "row_down", ArrowLeft: "column_left", ArrowRight: "column_right" };

  function keyed(event) {
    const control = event.ctrlKey || event.metaKey;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (control && event.shiftKey && withControlAndShift[key]) return deeds[withControlAndShift[key]];
    if (event.shiftKey && key === "F2") return deeds.change_column;
    if (control && withControl[key]) return deeds[withControl[key]];
    if (event.altKey && withAlt[key]) return deeds[withAlt[key]];
    if (event.altKey) return null;
    const last = { row: lines().length - 1, column: lines()[0].length - 1 };
    const to = {
      ArrowUp: [control ? 0 : at.row - 1, at.column], ArrowDown: [control ? last.row : at.row + 1, at.column],
      ArrowLeft: [at.row, control ? 0 : at.column - 1], ArrowRight: [at.row, control ? last.column : at.column + 1],
      Home: [control ? 0 : at.row, 0], End: [control ? last.row : at.row, last.column],
      PageUp: [at.row - PAGE, at.column], PageDown: [at.row + PAGE, at.column],
    }[key];
    if (to) return () => move(...to, event.shiftKey);
    if (control) return null;
    if (key === "Enter" || key === "F2") return () => edit(null);
    if (key === "Delete" || key === "Backspace") return () => session.perform({ do: "clear", ...block() });
    if (key === "Escape" && anchor) return () => move(at.row, at.column);
    if (event.key.length === 1) return () => edit(event.key);
    return null;
  }

  live.addEventListener("keydown", (event) => {
    if (!inGrid(event.target) || editing) return;
    // An input method has begun a word: the box must be there to receive it.
    if (event.key === "Process" || event.isComposing) return edit("");
    const deed = keyed(event);
    if (!deed) return;
    event.preventDefault();
    deed();
  });

  live.addEventListener("click", (event) => {
    const cell = event.target.closest("[role=gridcell]");
    if (!cell) return;
    const again = cell === current() && document.activeElement === cell && cell.dataset.touched;
    for (const other of lines().flat()) delete other.dataset.touched;
    cell.dataset.touched = "yes";
    goTo(cell, event.shiftKey);
    if (again) edit(null);
  });
  live.addEventListener("dblclick", (event) => {
    const head = event.target.closest("th[data-column]");
    if (head) {
      move(at.row, heads().indexOf(head));
      deeds.change_column();
    } else if (event.target.closest("[role=gridcell]") && !editing) edit(null);
  });
  live.addEventListener("focusin", (event) => {
    if (event.target.matches("[role=gridcell]") && event.target !== current()) goTo(event.target);
  });

  function goTo(cell, extend = false) {
    const row = lines().findIndex((line) => line.includes(cell));
    move(row, lines()[row].indexOf(cell), extend);
  }

  startClipboard(session, {
    isActive: () => inGrid(document.activeElement) && !editing,
    text: () => marked().map((line) => line.map((cell) => cell.textContent.trim())),
    start: () => parts(marked()[0][0]),
    block,
  });
  session.onShown(() => show({ focus: inGrid(document.activeElement) }));
  show();
  return { deeds, goTo, column: () => heads()[at.column]?.dataset.column };
}
