// The flow designer: drag cards with the mouse, move them with keys, open the control behind a part of a sentence.
// Every change is a plain form that the server answers; this only fills the forms and sends them.

import Sortable from "sortablejs";

import { DRAGGED, dropped, listenToKeys } from "./deeds.js";

const OF_LIST = {
  ...DRAGGED, group: "flow-steps", draggable: ".flow-step", handle: ".flow-pick", emptyInsertThreshold: 24,
  onEnd: dropped((item) => item.dataset.step),
};

function arrange() {
  for (const list of document.querySelectorAll("[data-flow-designer] .flow-list")) {
    if (!Sortable.get(list)) new Sortable(list, OF_LIST);
  }
  focusWanted();
}

listenToKeys("[data-flow-designer]");

document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && event.target.closest?.("[data-flow-menu]");
  if (!menu) return;
  event.preventDefault();
  menu.querySelector("a")?.click();
});

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
