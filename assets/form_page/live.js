// The server draws the form anew after each change. An answer to what was sent before the last keystroke, file or line
// would take that away again: it is dropped, and the form is sent as it stands now.

let edits = 0;
let sent = 0;

const isLive = (element) => element.id === "filling-live";

for (const event of ["input", "change"]) {
  document.addEventListener(event, ({ target }) => {
    if (target.closest("#filling") && !isLive(target)) edits += 1;
  }, { capture: true });
}

document.addEventListener("click", ({ target }) => {
  if (target.closest("#filling :is([data-row-add], [data-row-remove])")) edits += 1;
}, { capture: true });

document.addEventListener("htmx:beforeRequest", ({ target }) => {
  if (isLive(target)) sent = edits;
});

document.addEventListener("htmx:beforeSwap", ({ target, detail }) => {
  if (!isLive(target) || edits === sent) return;
  detail.shouldSwap = false;
  target.dispatchEvent(new Event("change", { bubbles: true }));
});
