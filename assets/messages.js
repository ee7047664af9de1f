// A request that htmx could not finish says so: with the server's sentence when there is one.

document.addEventListener("htmx:responseError", (event) => say(sentenceIn(event.detail.xhr)));
document.addEventListener("htmx:sendError", ({ target }) => mayWait(target) || say());
document.addEventListener("htmx:timeout", () => say());

// Such a form is filled in without a network too, and says so itself.
function mayWait(element) {
  return "serviceWorker" in navigator && element.closest("form")?.elements.kept_as;
}

function sentenceIn(answer) {
  const type = answer.getResponseHeader("Content-Type") ?? "";
  if (!type.startsWith("text/html")) return undefined;
  const page = new DOMParser().parseFromString(answer.responseText, "text/html");
  return page.querySelector("[data-message]")?.textContent.trim();
}

function say(sentence) {
  const toast = document.getElementById("toast");
  toast.querySelector("[data-sentence]").textContent = sentence || toast.dataset.unreachable;
  toast.hidden = false;
}

document.addEventListener("click", (event) => {
  const dismissed = event.target.closest("[data-dismiss]");
  if (!dismissed) return;
  const message = dismissed.closest("[data-dismissable]");
  if (message.id === "toast") message.hidden = true;
  else message.remove();
});
