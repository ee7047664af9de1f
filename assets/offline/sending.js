// Sends what waits on the phone, one after the other. The server knows each by its id, so that sending again what it has
// already is no harm; what it refuses stays here to be mended. Pages do this, and the service worker where the browser
// wakes it as soon as there is a network, whether a page is open or not.

import { WAITING } from "./pages.js";
import { all, put, remove } from "./queue.js";

export const of = async (member) => (await all()).filter((entry) => entry.member === member);

// What whoever is signed in filled in and `isDue`; from one place at a time.
export function sendAll(isDue) {
  return navigator.locks.request("waiting", { ifAvailable: true }, async (mine) => {
    const entries = mine ? (await all()).filter(isDue) : [];
    const { member, token } = entries.length ? await signedIn() : {};
    for (const entry of entries) if (entry.member === member) await send(entry, token);
  });
}

// Asked of the server: the page that one sees may be an old one. There is no document in a service worker.
async function signedIn() {
  const page = await (await fetch(WAITING)).text();
  const [, member] = page.match(/id="waiting-banner"[^>]*data-member="([^"]*)"/) ?? [];
  const [, token] = page.match(/name="csrf-token" content="([^"]*)"/) ?? [];
  return { member, token };
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
  } else throw new Error(`not sent: ${answer.status}`); // tried again later
}

async function sentencesOf(answer) {
  if (answer.headers.get("Content-Type").includes("json")) {
    const { detail, problems } = await answer.json();
    return problems.length ? problems.map(({ message }) => message) : [detail];
  }
  if (!("DOMParser" in self)) return [String(answer.status)];
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return [page.querySelector("[data-problems], [data-message]")?.textContent.trim() ?? String(answer.status)];
}
