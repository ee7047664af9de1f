// A slider and its box say the same; the box is what is sent. Numbers in the sentence follow.

document.addEventListener("input", (event) => {
  const slider = event.target;
  if (!slider.dataset?.sliderOf) return follow(slider);
  const box = document.getElementById(slider.dataset.sliderOf);
  box.value = String(Number(slider.value));
  box.dispatchEvent(new Event("input", { bubbles: true }));
});

function follow(box) {
  if (!box.id) return;
  const slider = document.querySelector(`[data-slider-of="${box.id}"]`);
  const number = numberIn(box.value);
  if (slider && slider !== document.activeElement && Number.isFinite(number)) slider.value = String(number);
  for (const output of document.querySelectorAll(`[data-follows="${box.id}"]`)) output.textContent = box.value;
}

// 40% and full-width digits are numbers to the server, so they are to the slider.
function numberIn(text) {
  const plain = text.normalize("NFKC").trim();
  return plain.endsWith("%") ? Number(plain.slice(0, -1)) / 100 : plain === "" ? NaN : Number(plain);
}
