// <details class="menu"> closes when one looks elsewhere; the 大字 switch is remembered for the server to honour.

document.addEventListener("click", (event) => closeMenus((menu) => !menu.contains(event.target)));

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") closeMenus(() => true);
});

function closeMenus(isLeft) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!isLeft(menu)) continue;
    if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
    menu.open = false;
  }
}

const YEAR = 365 * 24 * 3600;

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-large-text]");
  if (!button) return;
  const large = document.documentElement.classList.toggle("large-text");
  button.setAttribute("aria-pressed", large);
  document.cookie = `large_text=${large ? 1 : 0}; path=/; max-age=${YEAR}; samesite=lax`;
});
