// A file that is chosen goes to the server at once; the form then carries its name only. Where that fails (no signal) the
// file stays in its box and goes with the form.

const token = () => document.querySelector('meta[name="csrf-token"]').content;

document.addEventListener("change", async (event) => {
  const input = event.target;
  const box = input.type === "file" ? input.closest("[data-uploads]") : null;
  if (!box || !input.form?.dataset.files || !input.files.length) return;
  event.stopPropagation(); // the form is drawn anew when the files are there
  const answer = await send(input.form, input.name, [...input.files]).catch(() => null);
  if (!answer) return;
  show(box, input, await answer.text());
}, { capture: true });

export function send(form, name, files) {
  const body = new FormData();
  body.set("client_id", form.elements.client_id.value);
  body.set("name", name);
  for (const file of files) body.append("files", file, file.name ?? "drawn.png");
  return fetch(form.dataset.files, { method: "POST", body, headers: { "X-CSRFToken": token(), "HX-Request": "true" } });
}

function show(box, input, html) {
  const drawn = new DOMParser().parseFromString(html, "text/html").body;
  box.querySelectorAll(":scope > .error").forEach((error) => error.remove());
  if (!input.multiple && drawn.querySelector("label")) box.querySelectorAll("label").forEach((label) => label.remove());
  for (const made of [...drawn.children]) input.before(made);
  input.value = "";
  box.dispatchEvent(new Event("change", { bubbles: true }));
}

// The form is drawn anew without files: they are sent once, not with each change.
document.addEventListener("htmx:configRequest", ({ detail }) => {
  for (const name of new Set(detail.formData.keys())) {
    const texts = detail.formData.getAll(name).filter((value) => typeof value === "string");
    detail.formData.delete(name);
    for (const text of texts) detail.formData.append(name, text);
  }
});
