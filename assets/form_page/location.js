// "Where I am": the button stands where the browser can tell.

for (const event of ["htmx:afterSettle", "form:drawn"]) document.addEventListener(event, offer);
offer();

function offer() {
  if (!navigator.geolocation) return;
  for (const button of document.querySelectorAll("[data-locate]")) button.hidden = false;
}

document.addEventListener("click", ({ target }) => {
  const box = target.closest("[data-locate]")?.closest("[data-location]");
  if (!box) return;
  navigator.geolocation.getCurrentPosition(({ coords }) => {
    const [latitude, longitude] = box.querySelectorAll("input");
    latitude.value = coords.latitude.toFixed(6);
    longitude.value = coords.longitude.toFixed(6);
    longitude.dispatchEvent(new Event("change", { bubbles: true }));
  });
});
