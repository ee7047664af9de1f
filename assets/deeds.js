// What the designers share: a deed is a plain form in the page that is filled and sent; the server answers with the page.

// By the mouse and not by the browser's own dragging, which knows neither buttons nor fingers.
export const DRAGGED = { animation: 120, forceFallback: true, fallbackOnBody: true, fallbackTolerance: 4, swapThreshold: 0.65 };

export function send(deed, fields) {
  const form = document.getElementById(`deed-${deed}`);
  for (const [name, value] of Object.entries(fields)) form.elements[name].value = value;
  form.requestSubmit();
}

// Something was dropped at another place; `idOf` says what it is.
export const dropped = (idOf) => ({ item, to, from, oldDraggableIndex, newDraggableIndex }) => {
  if (to === from && oldDraggableIndex === newDraggableIndex) return;
  send("drop", { id: idOf(item), into: to.dataset.inside ?? "", at: newDraggableIndex });
};

// Alt with an arrow moves what has the focus, Ctrl D doubles it, Delete takes it away; Ctrl Z and Y walk the steps.
export function listenToKeys(selector) {
  document.addEventListener("keydown", (event) => {
    if (!document.querySelector(selector)) return;
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
}

const isTyping = (element) => element.matches?.("input:not([type=radio], [type=checkbox]), textarea, select");

function act(event, deed, fields) {
  event.preventDefault();
  send(deed, fields);
}

function press(event, id) {
  event.preventDefault();
  document.getElementById(id)?.click();
}
