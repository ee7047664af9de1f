// Buttons around the grid: the toolbar and remedies beside findings.

export function startTools(form, session, grid) {
  document.addEventListener("click", (event) => {
    const tool = event.target.closest("[data-tool]");
    if (tool) return grid.deeds[tool.dataset.tool]();
    const remedy = event.target.closest("[data-do]");
    if (remedy) return session.perform(JSON.parse(remedy.dataset.do));
    const finding = event.target.closest("[data-goto]");
    if (finding) goTo(finding.dataset.goto, grid);
  });

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-hit]")) session.perform({ do: "set_hit", hit: event.target.value });
  });

  // Undo and redo work wherever the focus is, except in a box that undoes its own typing.
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.target.closest("[role=grid], input, textarea, select, dialog")) return;
    const deed = { z: event.shiftKey ? "redo" : "undo", y: "redo" }[event.key.toLowerCase()];
    if (!deed) return;
    event.preventDefault();
    session[deed]();
  });

  const show = () => {
    document.querySelector("[data-tool=undo]").disabled = !session.canUndo;
    document.querySelector("[data-tool=redo]").disabled = !session.canRedo;
  };
  session.onShown(show);
  show();
}

function goTo(place, grid) {
  const [row, column] = place.split(".");
  const line = document.getElementById(`line-${row}`);
  const cell = (column && document.getElementById(`cell-${place}`)) || line?.querySelector("[role=gridcell]");
  if (cell) grid.goTo(cell);
}
