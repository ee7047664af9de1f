// Editors that save each change: a slider and its box say the same, and an answer does not overwrite what is being typed.

import { Idiomorph } from "idiomorph/htmx";

document.addEventListener("input", ({ target }) => {
  if (target.closest("[data-formula-slot]")) return;
  for (const twin of target.closest("[data-slider]")?.querySelectorAll("input") ?? []) {
    if (twin !== target) twin.value = target.value;
  }
  target.closest("form[data-kept]")?.toggleAttribute("data-unsaved", true);
});

document.addEventListener("htmx:configRequest", ({ target }) => target.removeAttribute("data-unsaved"));

const morphed = Idiomorph.defaults.callbacks.beforeNodeMorphed;
Idiomorph.defaults.callbacks.beforeNodeMorphed = (old, fresh) =>
  old.matches?.("form[data-unsaved], [data-formula-slot], [data-formula-ink], [data-form-page] :focus, [data-signature]") ? false : morphed(old, fresh);
