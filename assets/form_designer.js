// The form designer: drag with the mouse, move with keys, search the palette. Every change is a plain form that the
// server answers; this only fills the forms and sends them.

import Sortable from "sortablejs";

const GROUP = "form-nodes";
const designer = () => document.querySelector("[data-form-designer]");

function arrange() {
  for (const list of document.querySelectorAll("[data-canvas] .form-grid, [data-canvas] .form-columns-row")) {
    if (!Sortable.get(list)) new Sortable(list, ofCanvas(list));
  }
  for (const list of document.querySelectorAll("[data-palette-kinds]")) {
    if (!Sortable.get(list)) new Sortable(list, OF_PALETTE);
  }
  search();
}

// By the mouse and not by the browser's own dragging, which knows neither buttons nor fingers.
const DRAGGED = { animation: 120, forceFallback: true, fallbackOnBody: true, fallbackTolerance: 4 };

const OF_PALETTE = {
  ...DRAGGED, group: { name: GROUP, pull: "clone", put: false }, sort: false, draggable: "[data-what]",
};

const ofCanvas = (list) => ({
  ...DRAGGED, group: GROUP, draggable: ".form-node", handle: ".node-pick", swapThreshold: 0.65,
  onAdd: ({ item, newDraggableIndex }) => {
    if (!item.dataset.what) return;
    send("add", { what: item.dataset.what, into: list.dataset.inside ?? "", at: newDraggableIndex });
    item.remove();
  },
  onEnd: ({ item, to, from, oldDraggableIndex, newDraggableIndex }) => {
    if (to === from && oldDraggableIndex === newDraggableIndex) return;
    send("drop", { id: item.dataset.node, into: to.dataset.inside ?? "", at: newDraggableIndex });
  },
});

function send(deed, fields) {
  const form = document.getElementById(`deed-${deed}`);
  for (const [name, value] of Object.entries(fields)) form.elements[name].value = value;
  form.requestSubmit();
}

// Alt with an arrow moves what has the focus, Ctrl D doubles it, Delete takes it away.
document.addEventListener("keydown", (event) => {
  if (!designer()) return;
  const id = event.target.closest?.("[data-pick]")?.dataset.pick;
  const command = event.ctrlKey || event.metaKey;
  if (command && event.key.toLowerCase() === "z" && !isTyping(event.target)) return press(event, event.shiftKey ? "redo" : "undo");
  if (command && event.key.toLowerCase() === "y" && !isTyping(event.target)) return press(event, "redo");
  if (!id) return;
  if (event.altKey && event.key === "ArrowUp") return act(event, "move", { id, to: "up" });
  if (event.altKey && event.key === "ArrowDown") return act(event, "move", { id, to: "down" });
  if (command && event.key.toLowerCase() === "d") return act(event, "duplicate", { id });
  if (event.key === "Delete") act(event, "remove", { id });
});

const isTyping = (element) => element.matches?.("input:not([type=radio], [type=checkbox]), textarea, select");

function act(event, deed, fields) {
  event.preventDefault();
  send(deed, fields);
}

function press(event, id) {
  event.preventDefault();
  document.getElementById(id)?.click();
}

// ── the palette ──

document.addEventListener("input", ({ target }) => target.matches("[data-palette-search]") && search());

function search() {
  const sought = document.querySelector("[data-palette-search]")?.value.trim().toLowerCase() ?? "";
  for (const kind of document.querySelectorAll("[data-what]")) kind.hidden = !(kind.dataset.words ?? "").includes(sought);
  for (const group of document.querySelectorAll("[data-palette-group]")) {
    group.hidden = !group.querySelector("[data-what]:not([hidden])");
  }
}

document.addEventListener("htmx:afterSettle", arrange);
arrange();
