// 常用意见: a tap puts a common opinion into the box that it belongs to; a second one follows the first.

for (const group of document.querySelectorAll("[data-phrases]")) {
  const box = document.getElementById(group.dataset.phrases);
  group.hidden = false;
  group.addEventListener("click", (event) => {
    const phrase = event.target.closest("[data-phrase]")?.textContent;
    if (!phrase) return;
    box.value = [box.value.trim(), phrase].filter(Boolean).join(" ");
    box.focus();
  });
}
