// Sliders and number boxes with a fixed sum: while one moves, the server says what the others become; when it is let
// go, the step is kept. Who gives and who is locked stands in the same form.

export function startWeights(form, session) {
  const live = document.getElementById("table-live");

  live.addEventListener("input", (event) => {
    if (event.target.matches("[data-weight]")) session.tryOut(weighing(form, event.target));
  });
  live.addEventListener("change", (event) => {
    const { target } = event;
    if (target.matches("[data-weight]")) session.perform(weighing(form, target));
    else if (target.matches("[name=locked], [name^='giver.']")) session.tryOut(null);
  });
  // A number box is a form field: Enter keeps the number and does not send the form.
  live.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("[data-weight]")) return;
    event.preventDefault();
    event.target.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

function weighing(form, control) {
  const [row, column] = control.dataset.weight.split(".");
  const data = new FormData(form);
  const chosen = data.get(`giver.${row}`);
  const locked = data.getAll("locked").filter((place) => place.startsWith(`${row}.`)).map((place) => place.split(".")[1]);
  return { do: "weigh", row, column, to: control.value || "0", locked, giver: chosen === column ? "equally" : chosen };
}
