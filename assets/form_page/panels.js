// Tabs and steps of a form. The page holds every panel open; this closes all but one, and opens it again after the
// server has drawn the form anew. A panel with a problem in it opens by itself.

const open = new Map(); // the panel that is open, by the id of the first panel of its group

for (const event of ["htmx:afterSettle", "form:drawn"]) document.addEventListener(event, arrange);
arrange();

export function arrange() {
  for (const group of document.querySelectorAll("[data-form-tabs], [data-form-steps]")) draw(group);
}

function panelsOf(group) {
  return [...group.children].filter((child) => child.matches("[data-form-panel]"));
}

function draw(group) {
  const panels = panelsOf(group);
  if (!panels.length) return;
  const wrong = panels.findIndex((panel) => panel.querySelector('[aria-invalid="true"]'));
  const kept = panels.findIndex((panel) => panel.id === open.get(panels[0].id));
  show(group, panels, kept >= 0 ? kept : Math.max(wrong, 0));
}

function show(group, panels, at) {
  open.set(panels[0].id, panels[at].id);
  panels.forEach((panel, index) => (panel.hidden = index !== at));
  group.querySelectorAll(":scope > .form-tablist, :scope > .form-steps-bar").forEach((bar) => bar.remove());
  if (group.matches("[data-form-tabs]")) group.prepend(tabs(group, panels, at));
  else group.append(steps(group, panels, at));
}

function tabs(group, panels, at) {
  const list = element("div", { class: "form-tablist", role: "tablist" });
  panels.forEach((panel, index) => {
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-label", panel.dataset.formPanel);
    const tab = element("button", {
      type: "button", role: "tab", id: `tab-${panel.id}`, "aria-controls": panel.id,
      "aria-selected": String(index === at), tabindex: index === at ? "0" : "-1",
    }, panel.dataset.formPanel);
    tab.addEventListener("click", () => turn(group, panels, index));
    tab.addEventListener("keydown", ({ key }) => {
      const by = { ArrowRight: 1, ArrowLeft: -1 }[key];
      if (by) turn(group, panels, (index + by + panels.length) % panels.length);
    });
    list.append(tab);
  });
  return list;
}

function turn(group, panels, at) {
  show(group, panels, at);
  group.querySelector('[aria-selected="true"]')?.focus();
}

function steps(group, panels, at) {
  const bar = element("div", { class: "form-steps-bar" });
  const step = (by, words) => {
    const button = element("button", { type: "button", class: "btn" }, words);
    button.disabled = !panels[at + by];
    button.addEventListener("click", () => {
      show(group, panels, at + by);
      group.scrollIntoView({ block: "start" });
    });
    return button;
  };
  bar.append(step(-1, group.dataset.previous), element("span", { class: "place" }, `${at + 1} / ${panels.length}`), step(1, group.dataset.next));
  return bar;
}

function element(name, attributes, words = "") {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.textContent = words;
  return made;
}
