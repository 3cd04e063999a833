// Whether the page opens without network. A copy of it on a web server has a service worker that keeps its files, where the browser has such and the server
// lets them be stored, which `rulelang studio` does not: its address ends with it.
import { engine } from "./ask.js";
import { $ } from "./dom.js";

const KEEPER = new URL("../keeper.js", import.meta.url).href;
// A worker as that of the language is made; some browsers may give what they keep to the page alone.
const ASK = `fetch(${JSON.stringify(new URL("../kept", import.meta.url))}).then(({ ok }) => postMessage(ok), () => postMessage(false)).then(close);`;
const ASKER = URL.createObjectURL(new Blob([ASK], { type: "text/javascript" }));
const FAILED = "this browser could not keep its files";

function told(words, kept = false) {
  $("offline").textContent = words;
  $("offline").classList.toggle("kept", kept);
  $("offline").hidden = false;
}

const not = (why) => told(`It opens only while its server answers: ${why}.`);

// Whether all files of this very version are kept, and reach a worker of ours; what was lost is had again.
async function kept() {
  const keeper = (await navigator.serviceWorker.getRegistration())?.active;
  if (keeper?.scriptURL !== KEEPER) return false; // another page of this server may have one too
  const { port1, port2 } = new MessageChannel();
  keeper.postMessage(import.meta.url, [port2]);
  return (await answer(port1)) && answer(new Worker(ASKER));
}

const answer = (port) => new Promise((resolve) => (port.onmessage = ({ data }) => resolve(data)));

async function show() {
  const there = await kept();
  if (there) told("It opens without network too: this browser keeps its files.", true);
  return there;
}

// `headers` are those of any file of the page.
export async function keepPage(headers) {
  if (/\bno-store\b/i.test(headers.get("Cache-Control") ?? "")) return not("the server lets nothing be kept");
  if (!isSecureContext) return not("browsers keep pages only of https addresses");
  const { serviceWorker } = navigator;
  if (!serviceWorker) return not("this browser keeps no pages");
  serviceWorker.addEventListener("controllerchange", show);
  await show();
  await engine.loaded; // which comes first
  try {
    if (!(await show())) told("Its files are being kept, so that it opens without network …");
    const registration = await serviceWorker.register(KEEPER, { updateViaCache: "none" });
    const { installing } = registration;
    installing?.addEventListener("statechange", async () => {
      if (["activated", "redundant"].includes(installing.state) && !(await show())) not(FAILED);
    });
    if (!installing && !registration.waiting && !(await show())) not(FAILED);
  } catch {
    if (!(await show())) not(FAILED);
  }
  return undefined;
}
