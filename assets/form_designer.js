// The form designer: drag with the mouse, move with keys, search the palette. Every change is a plain form that the
// server answers; this only fills the forms and sends them.

import Sortable from "sortablejs";

import { DRAGGED, dropped, listenToKeys, send } from "./deeds.js";

const GROUP = "form-nodes";

function arrange() {
  for (const list of document.querySelectorAll("[data-canvas] .form-grid, [data-canvas] .form-columns-row")) {
    if (!Sortable.get(list)) new Sortable(list, ofCanvas(list));
  }
  for (const list of document.querySelectorAll("[data-palette-kinds]")) {
    if (!Sortable.get(list)) new Sortable(list, OF_PALETTE);
  }
  search();
}

const OF_PALETTE = {
  ...DRAGGED, group: { name: GROUP, pull: "clone", put: false }, sort: false, draggable: "[data-what]",
};

const ofCanvas = (list) => ({
  ...DRAGGED, group: GROUP, draggable: ".form-node", handle: ".node-pick",
  onAdd: ({ item, newDraggableIndex }) => {
    if (!item.dataset.what) return;
    send("add", { what: item.dataset.what, into: list.dataset.inside ?? "", at: newDraggableIndex });
    item.remove();
  },
  onEnd: dropped((item) => item.dataset.node),
});

listenToKeys("[data-form-designer]");

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
