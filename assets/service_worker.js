// Between the pages and the network. Without a network a form opens as it was last seen, and what is sent waits on the
// phone. Nobody else's pages are left behind: they go when somebody signs out.

import { ASSETS, PAGES, WAITING, isKept, keep } from "./offline/pages.js";
import { put } from "./offline/queue.js";
import { sendAll } from "./offline/sending.js";

const AWAY = new Set([502, 503, 504]); // a gateway speaks for a server that is not there
const MAY_WAIT = /^\/(forms|tasks\/items)\/[^/]+(\/done)?$/;
const FOR_EVER = { ignoreVary: true };

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

// The browser wakes this when there is a network, though no page may be open. What somebody mends, he sends himself.
self.addEventListener("sync", (event) => {
  if (event.tag === WAITING) event.waitUntil(sendAll(({ refusal }) => !refusal).then(tellPages));
});

async function tellPages() {
  for (const page of await self.clients.matchAll()) page.postMessage(WAITING);
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.method === "GET" && url.pathname.startsWith("/assets/")) event.respondWith(asset(request));
  else if (request.mode !== "navigate") return;
  else if (request.method === "GET") event.respondWith(page(event, url));
  else if (url.pathname.startsWith("/sign-out")) event.waitUntil(caches.delete(PAGES));
  else if (MAY_WAIT.test(url.pathname)) event.respondWith(posted(request));
});

async function asset(request) {
  return (await caches.match(request, { cacheName: ASSETS, ...FOR_EVER })) ?? fetch(request);
}

async function page(event, url) {
  try {
    const answer = await fetch(event.request);
    if (isKept(url) && answer.ok) event.waitUntil(keep(url, answer.clone()));
    return answer;
  } catch (unreachable) {
    const pages = await caches.open(PAGES);
    const kept = (await pages.match(url.pathname, FOR_EVER)) ?? (await pages.match(WAITING, FOR_EVER));
    if (!kept) throw unreachable;
    return marked(kept);
  }
}

// The page knows that it is an old one.
async function marked(kept) {
  const headers = ["Content-Type", "Content-Security-Policy"].map((name) => [name, kept.headers.get(name)]);
  return new Response((await kept.text()).replace("<html", "<html data-kept"), { headers });
}

async function posted(request) {
  const copy = request.clone();
  const answer = await fetch(request).catch(() => null);
  if (answer && !AWAY.has(answer.status)) return answer;
  const waits = await putAside(copy);
  return waits ? Response.redirect(WAITING, 303) : (answer ?? Response.error());
}

async function putAside(request) {
  const fields = [...(await request.formData())];
  const said = new Map(fields);
  if (!said.has("kept_as")) return false;
  await put({
    key: said.get("client_id"),
    member: said.get("kept_for"),
    title: said.get("kept_as"),
    url: new URL(request.url).pathname,
    fields: fields.filter(([name]) => name !== "csrf_token"),
    recorded_at: new Date().toISOString(),
  });
  self.registration.sync?.register(WAITING).catch(() => {}); // otherwise the next page that is opened sends it
  return true;
}
