// Sends what waits on the phone, one after the other. The server knows each by its id, so that sending again what it has
// already is no harm; what it refuses stays here to be mended.

import { WAITING } from "./pages.js";
import { all, put, remove } from "./queue.js";

export const of = async (member) => (await all()).filter((entry) => entry.member === member);

// In one tab at a time. What was refused is tried again once somebody has mended it, and not while he does.
export function sendAll(member) {
  return navigator.locks.request("waiting", { ifAvailable: true }, async (mine) => {
    const entries = mine ? (await of(member)).filter(isDue) : [];
    const token = entries.length ? await freshToken(member) : null;
    if (!token) return;
    for (const entry of entries) await send(entry, token);
  });
}

function isDue({ key, refusal, opened }) {
  const isHere = [...document.getElementsByName("client_id")].some(({ value }) => value === key);
  return !isHere && (!refusal || opened);
}

// The page that one sees may be an old one; null when he is not signed in any more.
async function freshToken(member) {
  const answer = await fetch(WAITING);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const signedIn = page.getElementById("waiting-banner")?.dataset.member;
  return signedIn === member ? page.querySelector('meta[name="csrf-token"]').content : null;
}

async function send(entry, token) {
  const body = new FormData();
  for (const [name, value] of entry.fields) body.append(name, value);
  body.set("csrf_token", token);
  body.set("recorded_at", entry.recorded_at);
  const answer = await fetch(entry.url, { method: "POST", body, headers: { Accept: "application/json" } });
  if (answer.ok) await remove(entry.key);
  else if ([403, 404, 409, 413, 422].includes(answer.status)) {
    await put({ ...entry, refusal: await sentencesOf(answer), opened: false });
  }
}

async function sentencesOf(answer) {
  if (answer.headers.get("Content-Type").includes("json")) {
    const { detail, problems } = await answer.json();
    return problems.length ? problems.map(({ message }) => message) : [detail];
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return [page.querySelector("[data-problems], [data-message]")?.textContent.trim() ?? String(answer.status)];
}
