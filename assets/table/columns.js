// The dialogs for a column: a new one, and all that an existing one is. What a change means for cells the server knows.

export function startColumns(session, grid) {
  const adding = document.getElementById("column");
  const changing = document.getElementById("column-change");

  grid.deeds.add_column = () => adding.showModal();
  grid.deeds.change_column = async () => {
    changing.querySelector("[data-form]").innerHTML = (await session.columnForm(grid.column())).html;
    show();
    changing.showModal();
  };

  adding.addEventListener("submit", (event) => {
    session.perform({ do: "add_column", ...Object.fromEntries(new FormData(event.target)), after: grid.column() });
    event.target.reset();
  });

  changing.addEventListener("submit", ({ target }) => {
    const { new_title: title, new_title_en: title_en, new_unit: unit, new_type: type } = Object.fromEntries(new FormData(target));
    const boxes = target.querySelector("[data-values]").hidden ? [] : [...target.querySelectorAll("[data-was]")];
    const becomes = boxes.map((box) => [box.dataset.was, box.value]);
    session.perform({ do: "change_column", column: target.dataset.column, title, title_en, unit, type, becomes });
  });

  changing.addEventListener("change", (event) => event.target.name === "new_type" && show());
  changing.addEventListener("click", ({ target }) => {
    const line = target.closest("[data-drop]")?.parentElement;
    if (line) drop(line);
    else if (target.closest("[data-another]")) another();
  });

  function drop(line) {
    const box = line.querySelector("[data-was]");
    if (!box.dataset.was) return line.remove();
    box.value = "";
    line.hidden = true;
  }

  function another() {
    const made = changing.querySelector("template").content.cloneNode(true);
    changing.querySelector("[data-another]").before(made);
    changing.querySelector("[data-another]").previousElementSibling.querySelector("[data-was]").focus();
  }

  // Options belong to a choice; of another type that is left or taken, the values that stand in cells are shown.
  function show() {
    const form = changing.querySelector("form[data-column]");
    const type = form.elements.new_type.value;
    const isChoice = type === "choice";
    const values = form.querySelector("[data-values]");
    values.hidden = !isChoice && (type === form.dataset.type || !values.querySelector("[data-was]"));
    for (const part of values.querySelectorAll("[data-when]")) part.hidden = (part.dataset.when === "choice") !== isChoice;
    for (const button of values.querySelectorAll("[data-drop]")) button.hidden = !isChoice;
  }
}
