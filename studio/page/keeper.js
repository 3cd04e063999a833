// The service worker of a copy of the page on a web server: it keeps the page's own files, so that the page opens without network. It has no policy but
// that which its server sends along, so nothing runs in it except what stands here, and no text is given to it.
// By their names, each with its digest; the build writes them here.
const FILES = {};
const INDEX = "index.html", PATIENCE = 5000; // milliseconds, for a server that takes its time

const home = self.registration.scope;
const at = (name) => new URL(name, home).href;
const OURS = `rulelang studio ${home} `; // an address holds no space: what another page of this server keeps begins otherwise
const KEPT = OURS + FILES[INDEX]; // which names the folder of all others, whose name is made of their digests

// A file as it was built, even where the browser has an older one.
async function had(name) {
  const integrity = FILES[name];
  const reply = await fetch(at(name), { integrity }).catch(() => fetch(at(name), { integrity, cache: "reload" }));
  if (!reply.ok) throw new Error(`${name}: ${reply.status}`);
  return reply.redirected ? new Response(reply.body, reply) : reply; // a page may not be answered with what was led elsewhere
}

// Keep all files, or none.
async function keep() {
  try {
    const cache = await caches.open(KEPT);
    for (const name of Object.keys(FILES)) await cache.put(at(name), await had(name));
  } catch (error) {
    await caches.delete(KEPT);
    throw error;
  }
}

const held = async (name) => (await caches.has(KEPT)) && (await caches.open(KEPT)).match(at(name), { ignoreVary: true });

async function whole() {
  return (await caches.has(KEPT)) && (await (await caches.open(KEPT)).keys()).length === Object.keys(FILES).length;
}

// What earlier versions of this page kept goes; nothing of others.
async function tidy() {
  for (const name of await caches.keys()) if (name.startsWith(OURS) && name !== KEPT) await caches.delete(name);
}

// The page itself is the server's as long as that answers, so another version is there at once.
async function opened(request) {
  const asked = fetch(new Request(request, { cache: "no-cache" }));
  const late = new Promise((_, reject) => setTimeout(reject, PATIENCE));
  try {
    const reply = await Promise.race([asked, late]);
    if (reply.status < 500) return reply;
  } catch {} // what is kept takes its place
  asked.catch(() => {});
  return (await held(INDEX)) || asked;
}

self.addEventListener("install", (event) => event.waitUntil(keep().then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(tidy().then(() => self.clients.claim())));

self.addEventListener("fetch", (event) => {
  const { request } = event, [place] = request.url.split(/[?#]/);
  const name = place === home ? INDEX : place.slice(home.length);
  if (place === at("kept")) event.respondWith(new Response()); // no file of the server
  if (request.method !== "GET" || !place.startsWith(home) || !Object.hasOwn(FILES, name)) return;
  event.respondWith(name === INDEX ? opened(request) : held(name).then((reply) => reply || fetch(request)));
});

// A page asks whether its files are kept, by the address of its script; what the browser has lost is had again. It is ours from now on, however it was loaded.
self.addEventListener("message", (event) => {
  const ours = Object.keys(FILES).some((name) => at(name) === event.data);
  const answered = async () => ours && ((await whole()) || (await keep().then(() => true, () => false)));
  event.waitUntil(self.clients.claim().then(answered).then((kept) => event.ports[0].postMessage(kept)));
});
