// Draws the text a second time behind the text area, the wrong range underlined. It is hidden from screen readers:
// they hear the message, and aria-invalid.

import { unitOf } from "./caret.js";

export function mark(area, range) {
  const ink = area.parentElement.querySelector("[data-formula-ink]");
  area.toggleAttribute("aria-invalid", false);
  ink.replaceChildren();
  if (range === null) return;
  area.setAttribute("aria-invalid", "true");
  const text = area.value;
  const [start, end] = [unitOf(text, range.start), unitOf(text, range.end)];
  const wrong = document.createElement("mark");
  wrong.textContent = text.slice(start, end) || " ";
  ink.append(text.slice(0, start), wrong, text.slice(end) + "\n");
  ink.scrollTop = area.scrollTop;
}

document.addEventListener("scroll", (event) => {
  if (!event.target.matches?.("[data-formula-text]")) return;
  event.target.parentElement.querySelector("[data-formula-ink]").scrollTop = event.target.scrollTop;
}, true);
