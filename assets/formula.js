// The formula editor: a plain text area, so that keyboards, input methods and screen readers work as everywhere. The
// server judges and computes; this marks the wrong range under the text and puts what is clicked at the caret.

import { mark } from "./formula/ink.js";
import { replaceRange, insertAtCaret } from "./formula/caret.js";
import "./formula/sliders.js";

const areaOf = (element) => element.closest("[data-formula]")?.querySelector("[data-formula-text]");

// While somebody composes 覆盖 out of "fugai", what stands in the text is nothing to judge.
document.addEventListener("input", (event) => {
  if (!event.target.matches?.("[data-formula-text]") || event.isComposing) return;
  mark(event.target, null);
  changed(event.target);
});
document.addEventListener("compositionend", (event) => {
  if (event.target.matches?.("[data-formula-text]")) changed(event.target);
});

// What else a result depends on: the chosen person, parameters, samples.
document.addEventListener("input", (event) => {
  if (!event.target.matches?.("[data-formula-live]")) return;
  const own = areaOf(event.target);
  const all = event.target.form?.querySelectorAll("[data-formula-text]") ?? [];
  for (const area of own ? [own] : all) changed(area);
});

// A card saves when one of its controls changes; what stands around the text is none of them.
document.addEventListener("change", (event) => {
  if (event.target.closest("[data-formula-slot]")) event.stopPropagation();
}, true);

// What is around a text is fetched when somebody comes to it.
document.addEventListener("focusin", (event) => {
  const slot = event.target.matches("[data-formula-text]") && event.target.closest("[data-formula]").querySelector("[data-formula-slot]");
  if (slot && !slot.firstElementChild) slot.dispatchEvent(new CustomEvent("formula:opened"));
});

function changed(area) {
  if (checkedOf(area)) area.dispatchEvent(new CustomEvent("formula:changed", { bubbles: true }));
}

function checkedOf(area) {
  return area.closest("[data-formula]").querySelector("[data-formula-checked]");
}

document.addEventListener("click", (event) => {
  const inserting = event.target.closest("[data-insert]");
  if (inserting) return insertAtCaret(areaOf(inserting), inserting.dataset.insert, Number(inserting.dataset.caret ?? 0));
  const remedy = event.target.closest("[data-remedy]");
  if (!remedy) return;
  const { remedy: text, start, end } = remedy.dataset;
  replaceRange(areaOf(remedy), Number(start), Number(end), text);
});

document.addEventListener("toggle", (event) => {
  if (event.target.matches(".formula-functions[open]")) event.target.dispatchEvent(new CustomEvent("formula:functions"));
  if (event.target.matches(".formula-more[open]")) event.target.dispatchEvent(new CustomEvent("formula:people"));
}, true);

document.addEventListener("htmx:afterSettle", ({ target }) => {
  for (const area of document.querySelectorAll("[data-formula-text]")) show(area);
  if (!target.matches("[data-formula-people]")) return;
  changed(areaOf(target));
  target.querySelector("select")?.focus(); // what was pressed is gone
});

for (const area of document.querySelectorAll("[data-formula-text]")) show(area);

function show(area) {
  const checked = checkedOf(area);
  if (!checked) return;
  const { start, end } = checked.dataset;
  mark(area, start === undefined ? null : { start: Number(start), end: Number(end) });
}
