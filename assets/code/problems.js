// The same problems as a list under the editor, for people who do not hover: each leads to its line.

export function listProblems(area, view, problems) {
  const list = listAfter(area);
  list.replaceChildren(...problems.map((problem) => entry(area, view, problem)));
}

function listAfter(area) {
  if (area.nextElementSibling?.matches("ul.code-problems")) return area.nextElementSibling;
  const list = document.createElement("ul");
  list.className = "code-problems";
  list.setAttribute("aria-live", "polite");
  area.after(list);
  return list;
}

function entry(area, view, { from, message }) {
  const link = document.createElement("button");
  link.type = "button";
  link.className = "btn-link";
  link.textContent = area.dataset.lineLabel.replace("{line}", view.state.doc.lineAt(from).number);
  link.addEventListener("click", () => {
    view.dispatch({ selection: { anchor: from }, scrollIntoView: true });
    view.focus();
  });
  const item = document.createElement("li");
  item.append(link, ` ${message}`);
  return item;
}
