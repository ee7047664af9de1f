// Without a network nobody answers what somebody looks for: the list below shows those of its own that fit.

document.addEventListener("htmx:sendError", ({ target }) => {
  const list = target.matches(".picker [type=search]") && target.closest(".picker").querySelector("select");
  if (!list) return;
  const words = target.value.trim().toLowerCase();
  for (const option of list.options) option.hidden = Boolean(option.value) && !option.text.toLowerCase().includes(words);
  const fitting = [...list.options].filter(({ hidden, value }) => value && !hidden);
  if (fitting.length === 1) choose(list, fitting[0]);
});

function choose(list, option) {
  option.selected = true;
  list.dispatchEvent(new Event("change", { bubbles: true }));
}
