// What is pasted, and what a form brings, as far as the editor knows it: everything else goes, its words stay.

const KEPT = new Set(["A", "B", "BLOCKQUOTE", "BR", "EM", "H3", "H4", "I", "LI", "OL", "P", "S", "STRONG", "U", "UL"]);
const GONE = "script, style, template, noscript, iframe, object, svg, math";
const AS = { H1: "h3", H2: "h3", H5: "h4", H6: "h4", DIV: "p" };

export function cleaned(html) {
  const page = new DOMParser().parseFromString(html, "text/html"); // runs nothing
  for (const element of page.querySelectorAll(GONE)) element.remove();
  for (const element of [...page.body.querySelectorAll("*")]) keep(page, element);
  const fragment = document.createDocumentFragment();
  fragment.append(...[...page.body.childNodes].map((node) => document.importNode(node, true)));
  return fragment;
}

function keep(page, element) {
  if (!KEPT.has(element.tagName) && !AS[element.tagName]) return element.replaceWith(...element.childNodes);
  const made = page.createElement(AS[element.tagName] ?? element.tagName);
  const address = element.getAttribute("href");
  if (made.tagName === "A" && /^(https?:|mailto:)/i.test(address)) made.setAttribute("href", address);
  made.append(...element.childNodes);
  element.replaceWith(made);
}
