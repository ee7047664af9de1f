// The document with its operation log: every step can be undone and done again. A step is shown as soon as the server
// has answered; steps wait for each other, and what is only tried (a slider on its way, a half-typed cell) gives way.

import { Idiomorph } from "idiomorph";

const PAUSE = 1000; // ms without a step before the draft is saved by itself

export function openSession(form, live) {
  const { document: kept, seen } = form.elements;
  const saved = document.getElementById("table-saved");
  const listeners = [];
  const log = [kept.value];
  let at = 0;
  let savedText = kept.value;
  let working = Promise.resolve();
  let waiting = 0;
  let wish = null;
  let trying = false;
  let generation = 0; // a try that a step has overtaken is dropped
  let timer;

  const csrf = () => document.querySelector('meta[name="csrf-token"]').content;

  async function send(url, fields) {
    const body = new FormData(form);
    body.set("document", log[at]);
    for (const name of [...body.keys()]) if (name.startsWith("weight.")) body.delete(name);
    for (const [name, value] of Object.entries(fields)) body.set(name, value);
    const answer = await fetch(url, {
      method: "POST", body: new URLSearchParams(body),
      headers: { "X-CSRFToken": csrf(), Accept: "application/json" },
    });
    return { status: answer.status, ok: answer.ok, ...(await answer.json()) };
  }

  const ask = (operations) => send(form.dataset.try, { operations: JSON.stringify(operations) });

  function show(html, whileBusy) {
    Idiomorph.morph(live, html, { morphStyle: "innerHTML", ignoreActiveValue: whileBusy });
    for (const listener of listeners) listener();
  }

  function enqueue(task) {
    waiting += 1;
    wish = null;
    generation += 1;
    working = working.then(task).catch(unreachable).finally(() => (waiting -= 1));
    return working;
  }

  function unreachable() {
    saved.textContent = saved.dataset.unreachable;
  }

  function refused(answer) {
    saved.textContent = "";
    const toast = document.getElementById("toast");
    toast.querySelector("[data-sentence]").textContent = answer.problems?.[0]?.message ?? answer.detail;
    toast.hidden = false;
  }

  function goTo(step, html) {
    at = step;
    kept.value = log[at];
    show(html, waiting > 1 || wish !== null); // who is moving a slider further must not be pulled back
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE);
  }

  /** One operation, kept in the log. Resolves to whether it was done. */
  const perform = (operation) => {
    let done = false;
    return enqueue(async () => {
      const answer = await ask([operation]);
      if (!answer.ok) {
        refused(answer);
        return show((await ask([])).html, false);
      }
      log.splice(at + 1, log.length, JSON.stringify(answer.document));
      document.getElementById("toast").hidden = true;
      goTo(at + 1, answer.html);
      done = true;
    }).then(() => done);
  };

  const walk = (by) =>
    enqueue(async () => {
      const step = Math.min(Math.max(at + by, 0), log.length - 1);
      if (step === at) return;
      const before = at;
      at = step;
      const answer = await ask([]).catch((error) => { at = before; throw error; });
      goTo(step, answer.html);
    });

  /** What an operation would give, shown and not kept; null shows the document as it is. Only the last wish counts. */
  async function tryOut(operation) {
    wish = [operation];
    if (trying) return;
    trying = true;
    while (wish) {
      const [next] = wish;
      const own = generation;
      wish = null;
      await working;
      const answer = own === generation ? await ask(next ? [next] : []).catch(() => null) : null;
      if (answer?.ok && own === generation && !wish) show(answer.html, true);
    }
    trying = false;
  }

  const save = () =>
    enqueue(async () => {
      const text = log[at];
      if (text === savedText) return;
      const answer = await send(form.action, { seen: seen.value });
      if (answer.status === 409) return (document.getElementById("table-conflict").innerHTML = answer.html);
      if (!answer.ok) return refused(answer);
      seen.value = answer.seen;
      savedText = text;
      saved.textContent = answer.saved;
    });

  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    if (!waiting) return;
    event.preventDefault();
    working.then(() => form.requestSubmit(event.submitter));
  });
  document.addEventListener("visibilitychange", () => document.hidden && save());

  return {
    perform, tryOut, save,
    columnForm: (column) => working.then(() => send(form.dataset.column, { column })),
    undo: () => walk(-1),
    redo: () => walk(1),
    get canUndo() { return at > 0; },
    get canRedo() { return at < log.length - 1; },
    refused,
    onShown: (listener) => listeners.push(listener),
  };
}
