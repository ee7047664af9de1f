// The flow designer: drag cards with the mouse, move them with keys, open the control behind a part of a sentence.
// Every change is a plain form that the server answers; this only fills the forms and sends them.

import Sortable from "sortablejs";

const designer = () => document.querySelector("[data-flow-designer]");

function arrange() {
  for (const list of document.querySelectorAll("[data-flow-designer] .flow-list")) {
    if (!Sortable.get(list)) new Sortable(list, ofList(list));
  }
  focusWanted();
}

// By the mouse and not by the browser's own dragging, which knows neither buttons nor fingers.
const ofList = (list) => ({
  group: "flow-steps", animation: 120, forceFallback: true, fallbackOnBody: true, fallbackTolerance: 4,
  draggable: ".flow-step", handle: ".flow-pick", swapThreshold: 0.65, emptyInsertThreshold: 24,
  onEnd: ({ item, to, from, oldDraggableIndex, newDraggableIndex }) => {
    if (to === from && oldDraggableIndex === newDraggableIndex) return;
    send("drop", { id: item.dataset.step, into: to.dataset.inside ?? "", at: newDraggableIndex });
  },
});

function send(deed, fields) {
  const form = document.getElementById(`deed-${deed}`);
  for (const [name, value] of Object.entries(fields)) form.elements[name].value = value;
  form.requestSubmit();
}

// Alt with an arrow moves the card that has the focus, Ctrl D doubles it, Delete takes it away.
document.addEventListener("keydown", (event) => {
  if (!designer()) return;
  const id = event.target.closest?.("[data-pick]")?.dataset.pick;
  const command = event.ctrlKey || event.metaKey;
  if (command && event.key.toLowerCase() === "z" && !isTyping(event.target)) return press(event, event.shiftKey ? "redo" : "undo");
  if (command && event.key.toLowerCase() === "y" && !isTyping(event.target)) return press(event, "redo");
  if (event.key === "Escape" && event.target.closest?.("[data-flow-menu]")) return close(event);
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

function close(event) {
  event.preventDefault();
  event.target.closest("[data-flow-menu]").querySelector("a")?.click();
}

// ── where the focus goes ──

let wanted = "";

document.addEventListener("click", ({ target }) => {
  const link = target.closest?.("[data-flow-designer] a[data-part], [data-flow-designer] .flow-add");
  if (link) wanted = link.dataset.part ? `#part-${link.dataset.part}` : "[data-flow-menu]";
});

function focusWanted() {
  if (!wanted) return;
  const part = document.querySelector(wanted);
  if (!part) return;
  wanted = "";
  for (let fold = part.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  part.scrollIntoView({ block: "nearest" });
  part.querySelector("button, select, input:not([type=hidden]), textarea")?.focus();
}

document.addEventListener("htmx:afterSettle", arrange);
arrange();
