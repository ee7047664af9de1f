// Lines of a sub-table: add, remove, paste a block from Excel. The page carries a line to copy; the server reads lines by
// whatever number they have, in their order.

document.addEventListener("click", ({ target }) => {
  const adding = target.closest("[data-row-add]");
  if (adding) return focusIn(add(adding.closest("[data-rows]")));
  const removing = target.closest("[data-row-remove]");
  if (removing) remove(removing.closest("[data-row]"));
});

// A block pasted into a cell fills the cells to the right and below, with new lines where there are too few.
document.addEventListener("paste", (event) => {
  const row = event.target.closest?.("[data-row]");
  const text = event.clipboardData?.getData("text/plain") ?? "";
  if (!row || !/[\t\n]/.test(text.trim())) return;
  event.preventDefault();
  const table = row.closest("[data-rows]");
  const from = fields(row).indexOf(event.target);
  let here = row;
  for (const cells of cellsOf(text)) {
    here ??= add(table);
    if (!here) break;
    cells.forEach((words, index) => fill(fields(here)[from + index], words));
    here = here.nextElementSibling;
  }
  changed(table);
});

function add(table) {
  const body = table.querySelector("[data-rows-body]");
  if (body.children.length >= Number(table.dataset.most)) return null;
  const number = String(1 + Math.max(-1, ...[...body.children].map((row) => Number(row.dataset.number ?? -1))));
  const row = table.querySelector("[data-row-template]").content.firstElementChild.cloneNode(true);
  row.dataset.number = number;
  for (const element of row.querySelectorAll("*")) {
    for (const { name, value } of [...element.attributes]) {
      if (value.includes("-ROW-")) element.setAttribute(name, value.replaceAll("-ROW-", `-${number}-`));
    }
  }
  body.append(row);
  return row;
}

function remove(row) {
  const table = row.closest("[data-rows]");
  const next = row.nextElementSibling ?? row.previousElementSibling;
  row.remove();
  if (next) focusIn(next);
  else table.querySelector("[data-row-add]").focus();
  changed(table);
}

const fields = (row) => [...row.querySelectorAll("input:not([type=hidden], [type=range]), select, textarea")];
const focusIn = (row) => row && fields(row)[0]?.focus();
const changed = (table) => table.dispatchEvent(new Event("change", { bubbles: true }));

function fill(field, words) {
  if (!field || field.type === "file") return;
  if (field.type === "checkbox") field.checked = /^(1|是|yes|true)$/i.test(words.trim());
  else if (field.tagName === "SELECT") choose(field, words.trim());
  else field.value = words.trim();
}

function choose(list, words) {
  const option = [...list.options].find(({ text, value }) => [text.trim(), value].includes(words));
  if (option) list.value = option.value;
}

// Tabs between cells, lines between rows; a cell with either of them in it stands in quotes.
function cellsOf(text) {
  const cell = /("(?:[^"]|"")*"|[^\t\n]*)(\t|\n|$)/gy;
  const rows = [[]];
  for (const [whole, words, end] of text.replace(/\r\n?/g, "\n").replace(/\n+$/, "").matchAll(cell)) {
    rows.at(-1).push(words.startsWith('"') ? words.slice(1, -1).replaceAll('""', '"') : words);
    if (end === "\n") rows.push([]);
    if (!whole || !end) break;
  }
  return rows;
}
