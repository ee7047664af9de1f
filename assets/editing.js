// Editors that save each change: a slider and its box say the same, and an answer does not overwrite what is being typed.
//
// A card is unsaved ("") from the first key on, told ("told") once a change event asked to send it, and neither when its
// request leaves: requests wait for each other, and what is sent is what stands there then. An answer leaves unsaved
// cards alone.

import { Idiomorph } from "idiomorph/htmx";

document.addEventListener("input", ({ target }) => {
  if (target.closest("[data-formula-slot]")) return;
  for (const twin of target.closest("[data-slider]")?.querySelectorAll("input") ?? []) {
    if (twin !== target) twin.value = target.value;
  }
  target.closest("form[data-kept]")?.setAttribute("data-unsaved", "");
});

document.addEventListener("change", ({ target }) => target.closest("form[data-unsaved]")?.setAttribute("data-unsaved", "told"));

// A browser tells no change of a text that a click wrote, nor of one whose card an answer moved while it was typed. This
// comes before the click that took the focus, so that an undo finds the text saved.
document.addEventListener("focusout", ({ target }) => {
  const form = target.closest("form[data-kept]");
  if (form?.dataset.unsaved === "") form.dispatchEvent(new Event("change", { bubbles: true }));
});

// A button of a card sends the card as well; those around a formula send nothing to be kept.
document.addEventListener("htmx:configRequest", ({ target }) => {
  if (target.matches("form, button") && !target.closest("[data-formula-slot]")) target.closest("form")?.removeAttribute("data-unsaved");
});

for (const failure of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
  document.addEventListener(failure, ({ target }) => target.matches("form[data-kept]") && target.setAttribute("data-unsaved", ""));
}

const kept = "form[data-unsaved], [data-formula-slot], [data-formula-ink], [data-form-page] :focus, [data-signature], [data-rich-text][data-ready]";
const morphed = Idiomorph.defaults.callbacks.beforeNodeMorphed;
Idiomorph.defaults.callbacks.beforeNodeMorphed = (old, fresh) => (old.matches?.(kept) || isSame(old, fresh) ? false : morphed(old, fresh));

// The text that somebody is in keeps its caret, and a blank at its end, unless the answer has another text.
function isSame(old, fresh) {
  return old.matches?.("textarea:focus") && old.value.trim() === fresh.value?.trim();
}

// What somebody opened stays open.
Idiomorph.defaults.callbacks.beforeAttributeUpdated = (name, node, deed) =>
  !(name === "open" && deed === "remove" && node.matches("details"));
