// Editing one cell: a box over it, or a list where the column has options. The box stands outside the table, which the
// server's answers replace while somebody types.

const WRITE = "\u0000";

export function openEditor(cell, head, first, { tried, left }) {
  const choices = first === null ? choicesOf(cell, head) : null;
  return choices ? openList(cell, head, choices, { tried, left }) : openBox(cell, head, first, { tried, left });
}

const words = () => document.getElementById("table-words").dataset;

function choicesOf(cell, head) {
  const { type, side, options } = head.dataset;
  if (type !== "choice" && type !== "bool") return null;
  const said = (option) => (side === "when" && type === "choice" ? words().is.replace("{value}", option) : option);
  const values = type === "bool" ? [words().yes, words().no] : JSON.parse(options ?? "[]").map(said);
  const all = [side === "when" ? words().any : "", ...values];
  const now = cell.textContent.trim();
  return all.includes(now) ? all : [now, ...all];
}

function openBox(cell, head, first, { tried, left }) {
  const box = document.createElement("input");
  box.type = "text";
  box.value = first ?? cell.textContent.trim();
  box.autocomplete = "off";
  box.inputMode = head.dataset.type === "number" && head.dataset.side === "then" ? "decimal" : "text";
  box.addEventListener("input", () => tried(box.value));
  return put(box, cell, head, left);
}

function openList(cell, head, choices, { tried, left }) {
  const list = document.createElement("select");
  for (const choice of choices) list.add(new Option(choice || "—", choice));
  list.add(new Option(words().write, WRITE));
  list.value = cell.textContent.trim();
  list.addEventListener("change", () => {
    if (list.value !== WRITE) return tried(list.value);
    list.closeSelf();
    openBox(cell, head, null, { tried, left });
  });
  return put(list, cell, head, left);
}

function put(control, cell, head, left) {
  control.className = `table-cell-editor ${control.tagName === "SELECT" ? "form-select" : "form-control"}`;
  control.setAttribute("aria-label", head.textContent.trim().replace(/\s+/g, " "));
  const frame = document.getElementById("table-form");
  const place = cell.getBoundingClientRect();
  const ground = frame.getBoundingClientRect();
  Object.assign(control.style, {
    left: `${place.left - ground.left}px`, top: `${place.top - ground.top}px`,
    width: `${Math.max(place.width, 96)}px`, height: `${place.height}px`,
  });
  frame.append(control);
  let open = true;
  const close = (text, step) => {
    if (!open) return;
    open = false;
    control.remove();
    left(text, step);
  };
  control.closeSelf = () => {
    open = false;
    control.remove();
  };
  control.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.isComposing) return;
    if (event.key === "Escape") close(null, [0, 0]);
    else if (event.key === "Enter") close(control.value, [event.shiftKey ? -1 : 1, 0]);
    else if (event.key === "Tab") close(control.value, [0, event.shiftKey ? -1 : 1]);
    else return;
    event.preventDefault();
  });
  control.addEventListener("blur", () => close(control.value, [0, 0]));
  control.focus();
  if (control.tagName === "INPUT") control.setSelectionRange(control.value.length, control.value.length);
  return control;
}
