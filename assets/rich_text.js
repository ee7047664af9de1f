// The editor of rich texts: headings, bold, italic, lists, links. It stands in the place of a text area, which goes on
// carrying what is sent; the server keeps of it what may be kept. Loaded only by pages that have such a field.

import Squire from "squire-rte";
import { cleaned } from "./rich_text/cleaned.js";

for (const event of ["htmx:afterSettle", "form:drawn"]) document.addEventListener(event, prepare);
document.addEventListener("click", ({ target }) => target.closest("[data-row-add]") && prepare());
prepare();

function prepare() {
  for (const box of document.querySelectorAll("[data-rich-text]:not([data-ready], [inert] *, template *)")) begin(box);
}

function begin(box) {
  const [kept, bar, paper] = [box.querySelector("textarea"), box.querySelector("[role=toolbar]"), box.querySelector("[role=textbox]")];
  box.setAttribute("data-ready", "");
  paper.id = kept.id; // what is wrong with the field leads here
  kept.removeAttribute("id");
  kept.hidden = true;
  bar.hidden = paper.hidden = false;
  const editor = new Squire(paper, { blockTag: "P", sanitizeToDOMFragment: cleaned, addLinks: true });
  editor.setHTML(kept.value);
  editor.addEventListener("input", () => write(kept, editor));
  editor.addEventListener("blur", () => settle(kept));
  for (const event of ["pathChange", "input"]) editor.addEventListener(event, () => press(bar, editor));
  bar.addEventListener("mousedown", (event) => event.target.closest("button") && event.preventDefault()); // keep the caret
  bar.addEventListener("click", ({ target }) => act(target.closest("[data-do]"), box, editor));
  box.querySelector("[data-link-box]").addEventListener("keydown", (event) => event.key === "Enter" && link(event, box, editor));
}

function write(kept, editor) {
  kept.value = withoutFillers(editor.getHTML());
  kept.dispatchEvent(new Event("input", { bubbles: true }));
  kept.dataset.changed = "";
}

// A line that says something needs no <br> at its end, and the last one none at all: the editor leaves them for the caret.
function withoutFillers(html) {
  return html.replace(/([^>]|<\/(?:a|b|i|s|u|em|strong)>)<br>(?=<\/(?:p|li|h3|h4)>)/g, "$1").replace(/(<(p|div)>(<br>)?<\/\2>|<br>)+$/, "");
}

function settle(kept) {
  if (!("changed" in kept.dataset)) return;
  delete kept.dataset.changed;
  kept.dispatchEvent(new Event("change", { bubbles: true }));
}

const FORMATS = { heading: "H3", bold: "B", italic: "I", list: "UL", numbers: "OL", link: "A" };

function press(bar, editor) {
  for (const button of bar.querySelectorAll("[aria-pressed]")) {
    button.setAttribute("aria-pressed", String(editor.hasFormat(FORMATS[button.dataset.do])));
  }
}

function act(button, box, editor) {
  if (!button) return;
  const deed = button.dataset.do;
  const isOn = editor.hasFormat(FORMATS[deed]);
  if (deed === "link" && !isOn) return askForLink(box);
  ({
    heading: () => head(editor, isOn),
    bold: () => (isOn ? editor.removeBold() : editor.bold()),
    italic: () => (isOn ? editor.removeItalic() : editor.italic()),
    list: () => (isOn ? editor.removeList() : editor.makeUnorderedList()),
    numbers: () => (isOn ? editor.removeList() : editor.makeOrderedList()),
    link: () => editor.removeLink(),
  })[deed]();
  editor.focus();
}

function head(editor, isOn) {
  editor.modifyBlocks((fragment) => {
    for (const block of fragment.querySelectorAll(isOn ? "h3" : "p")) {
      const made = document.createElement(isOn ? "p" : "h3");
      made.append(...block.childNodes);
      block.replaceWith(made);
    }
    return fragment;
  });
}

function askForLink(box) {
  const asked = box.querySelector("[data-link-box]");
  asked.hidden = !asked.hidden;
  if (!asked.hidden) asked.querySelector("input").focus();
}

function link(event, box, editor) {
  event.preventDefault(); // Enter sends no form here
  const asked = box.querySelector("[data-link-box]");
  const address = asked.querySelector("input").value.trim();
  if (address) editor.makeLink(/^(https?:|mailto:)/i.test(address) ? address : `https://${address}`);
  asked.querySelector("input").value = "";
  asked.hidden = true;
  editor.focus();
}
