// The editor of rich texts comes with the first field that asks for it: no other page carries it.

for (const event of ["htmx:afterSettle", "form:drawn"]) document.addEventListener(event, fetchEditor);
fetchEditor();

function fetchEditor() {
  const box = document.querySelector("[data-rich-text]:not([inert] *)");
  if (!box || document.querySelector("script[data-rich-text-editor]")) return;
  const script = Object.assign(document.createElement("script"), { src: box.dataset.richText });
  script.setAttribute("data-rich-text-editor", "");
  document.head.append(script);
}
