// Pages that open without a network: the forms, the week, a task. With them what they are made of.

export const PAGES = "pages";
export const ASSETS = "assets";
export const WAITING = "/forms/waiting";

const KEPT = /^\/forms(\/[^/]+)?$|^\/tasks\/(week|items\/\d+)$/;
const MADE_OF = /\/assets\/[\w.-]+\.(?:js|css|svg|webmanifest)/g;
const FRESH = 12 * 3600 * 1000; // milliseconds

export const isKept = (url) => url.origin === location.origin && KEPT.test(url.pathname) && !url.search;

// The page last: once it is there, all that it is made of is there too.
export async function keep(url, answer) {
  const html = await answer.clone().text();
  const assets = await caches.open(ASSETS);
  for (const address of new Set(html.match(MADE_OF))) {
    if (!(await assets.match(address, { ignoreVary: true }))) await assets.add(address);
  }
  await (await caches.open(PAGES)).put(url.pathname, answer);
}

// Fetch what has not been kept yet, or too long ago.
export async function fetchAhead(addresses) {
  const pages = await caches.open(PAGES);
  for (const address of addresses) {
    const url = new URL(address, location.origin);
    const kept = await pages.match(url.pathname, { ignoreVary: true });
    if (!isKept(url) || Date.now() - Date.parse(kept?.headers.get("Date") ?? 0) < FRESH) continue;
    const answer = await fetch(url);
    if (answer.ok && !answer.redirected) await keep(url, answer);
  }
}
