// Editors that save each change: a slider and its box say the same, and an answer does not overwrite what is being typed.

import { Idiomorph } from "idiomorph/htmx";

document.addEventListener("input", ({ target }) => {
  if (target.closest("[data-formula-slot]")) return;
  for (const twin of target.closest("[data-slider]")?.querySelectorAll("input") ?? []) {
    if (twin !== target) twin.value = target.value;
  }
  target.closest("form[data-kept]")?.toggleAttribute("data-unsaved", true);
});

// An answer that arrives while somebody types makes the browser forget that the text was edited: it then tells no change.
document.addEventListener("focusout", ({ target }) => {
  const form = target.closest("form[data-kept][data-unsaved]");
  if (!form || !target.matches("textarea, input")) return;
  setTimeout(() => form.hasAttribute("data-unsaved") && target.dispatchEvent(new Event("change", { bubbles: true })));
});

document.addEventListener("htmx:configRequest", ({ target }) => target.removeAttribute("data-unsaved"));

const kept = "form[data-unsaved], [data-formula-slot], [data-formula-ink], [data-formula-text]:focus";
const morphed = Idiomorph.defaults.callbacks.beforeNodeMorphed;
Idiomorph.defaults.callbacks.beforeNodeMorphed = (old, fresh) => (old.matches?.(kept) ? false : morphed(old, fresh));

// What somebody opened stays open.
Idiomorph.defaults.callbacks.beforeAttributeUpdated = (name, node, deed) =>
  !(name === "open" && deed === "remove" && node.matches("details"));
