// A form is sent once however often its button is tapped, and a form that came back leads to what is wrong with it.

document.addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
  const form = event.target;
  if (form.method === "dialog" || form.matches("[hx-post], [hx-put], [hx-patch], [hx-delete], [hx-get]")) return;
  if (form.hasAttribute("aria-busy")) return event.preventDefault();
  form.setAttribute("aria-busy", "true");
});

// Coming back with the browser's back button shows the page as it was left.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[aria-busy]")) form.removeAttribute("aria-busy");
});

// A download leaves the page where it is, so its form must be usable again.
document.addEventListener("submit", (event) => {
  if (event.target.hasAttribute("data-download")) setTimeout(() => event.target.removeAttribute("aria-busy"));
});

// Lists narrow as soon as a filter is chosen: <form data-auto-submit>.
document.addEventListener("change", (event) => event.target.closest("form[data-auto-submit]")?.requestSubmit());

const focusProblems = (root) => root.querySelector("[data-problems]")?.focus();

focusProblems(document);
document.addEventListener("htmx:afterSettle", (event) => focusProblems(event.detail.elt));
