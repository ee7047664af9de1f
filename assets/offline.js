// Working without a network: says what waits on the phone, sends it when the network is back, lists it on its page.
// Browsers that have no service worker, or reach us without https, do without.

import { fetchAhead } from "./offline/pages.js";
import { put, remove } from "./offline/queue.js";
import { of, sendAll } from "./offline/sending.js";

const banner = document.getElementById("waiting-banner");
const isOld = document.documentElement.hasAttribute("data-kept");

if (banner && "serviceWorker" in navigator) start();

async function start() {
  if (isOld) renew();
  tell();
  for (const change of ["online", "offline"]) window.addEventListener(change, tell);
  window.addEventListener("online", settle);
  navigator.serviceWorker.addEventListener("message", show); // it has sent what waited
  await settle();
  await navigator.serviceWorker.register("/service-worker.js");
  if (!isOld) await fetchAhead([banner.getAttribute("href"), location.href, ...linked()]).catch(() => {});
}

// An old page would send each filling under the id that was made when it was drawn.
function renew() {
  for (const { elements } of document.forms) if (elements.kept_as) elements.client_id.value = crypto.randomUUID();
}

function tell() {
  const fills = document.querySelector("[name=kept_as]");
  document.getElementById("no-network").hidden = navigator.onLine || !fills;
}

const linked = () => [...document.querySelectorAll("[data-fetch-ahead] a")].map(({ href }) => href);

async function settle() {
  await show();
  await sendAll(isDue).catch(() => {}); // no network after all: it waits on
  await show();
}

// What was refused is tried again once somebody has mended it, and not while he does.
function isDue({ key, member, refusal, opened }) {
  const isHere = [...document.getElementsByName("client_id")].some(({ value }) => value === key);
  return member === banner.dataset.member && !isHere && (!refusal || opened);
}

async function show() {
  const entries = await of(banner.dataset.member);
  banner.hidden = !entries.length;
  banner.querySelector("[data-count]").textContent = entries.length;
  const list = document.querySelector("[data-waiting]");
  if (!list) return;
  list.replaceChildren(...entries.map(drawn));
  document.querySelector("[data-nothing-waits]").hidden = entries.length > 0;
}

function drawn(entry) {
  const item = document.getElementById("waiting-entry").content.firstElementChild.cloneNode(true);
  item.querySelector("[data-title]").textContent = entry.title;
  item.querySelector("[data-moment]").textContent = new Date(entry.recorded_at).toLocaleString(document.documentElement.lang);
  item.querySelector("[data-refused]").hidden = !entry.refusal;
  item.querySelector("[data-unsent]").hidden = Boolean(entry.refusal);
  item.querySelector("[data-reasons]").replaceChildren(...(entry.refusal ?? []).map(sentence));
  item.querySelector("[data-open]").addEventListener("click", () => mend(entry));
  item.querySelector("[data-throw-away]").addEventListener("submit", async (event) => {
    event.preventDefault();
    await remove(entry.key);
    await show();
  });
  return item;
}

function sentence(words) {
  const line = document.createElement("li");
  line.textContent = words;
  return line;
}

// Sent as a page sends it, the form comes back with everything that was typed and what is wrong beside it.
async function mend(entry) {
  await put({ ...entry, opened: true });
  const form = document.createElement("form");
  Object.assign(form, { method: "post", action: entry.url, enctype: "multipart/form-data", hidden: true });
  const token = document.querySelector('meta[name="csrf-token"]').content;
  for (const [name, value] of [...entry.fields, ["csrf_token", token]]) form.append(input(name, value));
  document.body.append(form);
  form.submit();
}

function input(name, value) {
  const made = document.createElement("input");
  made.name = name;
  if (typeof value === "string") {
    made.type = "hidden";
    made.value = value;
  } else {
    const files = new DataTransfer();
    files.items.add(value);
    made.type = "file";
    made.files = files.files;
  }
  return made;
}
