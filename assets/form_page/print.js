// Paper for the file: what the browser prints of a record, or keeps as PDF.

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
