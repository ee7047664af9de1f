// Turns <textarea data-code="json" data-check-url="…"> into an editor that shows the server's problems at their lines.
// The text stays in the textarea, so the form is sent as ever. The check answers {"problems": [{path, message, line?}]}.

import { json } from "@codemirror/lang-json";
import { syntaxTree } from "@codemirror/language";
import { lintGutter, linter } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";
import { indentWithTab } from "@codemirror/commands";
import { basicSetup } from "codemirror";
import { placeOf } from "./code/pointer.js";
import { listProblems } from "./code/problems.js";

for (const area of document.querySelectorAll("textarea[data-code=json]")) edit(area);

function edit(area) {
  const view = new EditorView({
    doc: area.value,
    extensions: [
      basicSetup,
      keymap.of([indentWithTab]),
      json(),
      lintGutter(),
      EditorState.readOnly.of(area.readOnly),
      EditorView.lineWrapping,
      EditorView.cspNonce.of(document.querySelector('meta[name="csp-nonce"]').content),
      // tabindex: what scrolls must be reachable by keyboard, and checkers do not see that editable text is.
      EditorView.contentAttributes.of({ "aria-label": area.dataset.label ?? "JSON", tabindex: "0" }),
      EditorView.updateListener.of((update) => update.docChanged && keep(area, update.state)),
      area.dataset.checkUrl ? linter((shown) => check(area, shown), { delay: 400 }) : [],
    ],
  });
  area.before(view.dom);
  area.hidden = true;
}

function keep(area, state) {
  area.value = state.doc.toString();
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

async function check(area, view) {
  const answer = await fetch(area.dataset.checkUrl, {
    method: "POST",
    headers: { "X-CSRFToken": document.querySelector('meta[name="csrf-token"]').content, Accept: "application/json" },
    body: new URLSearchParams({ text: view.state.doc.toString() }),
  });
  const { problems = [] } = await answer.json();
  const found = problems.map((problem) => ({ ...place(problem, view.state), severity: "error", message: problem.message }));
  listProblems(area, view, found);
  return found;
}

function place({ path, line }, state) {
  if (!line) return placeOf(path, syntaxTree(state), state.doc);
  const { from, to } = state.doc.line(Math.min(line, state.doc.lines));
  return { from, to };
}
