// What was filled in without a network lies here until the server has it. Pages and the service worker share it.
//
// An entry: key (the id under which the server knows it), member, title, url, fields as [name, text or file],
// recorded_at; refusal [sentences] once the server has said no, opened when somebody went to mend it.

const STORE = "waiting";

export const all = () => work("readonly", (store) => store.getAll());
export const put = (entry) => work("readwrite", (store) => store.put(entry));
export const remove = (key) => work("readwrite", (store) => store.delete(key));

async function work(mode, ask) {
  const database = await open();
  try {
    const change = database.transaction(STORE, mode);
    const asked = ask(change.objectStore(STORE));
    await new Promise((done, failed) => Object.assign(change, { oncomplete: done, onabort: failed, onerror: failed }));
    return asked.result;
  } finally {
    database.close();
  }
}

function open() {
  const opening = indexedDB.open("guantong", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE, { keyPath: "key" });
  return new Promise((done, failed) => {
    opening.onsuccess = () => done(opening.result);
    opening.onerror = () => failed(opening.error);
  });
}
