// Whether the page opens without network. A copy of it on a web server has a service worker that keeps its files, where the browser has such and the server
// lets them be stored, which `rulelang studio` does not: its address ends with it.
import { engine } from "./ask.js";
import { $ } from "./dom.js";

const KEEPER = new URL("../keeper.js", import.meta.url).href;
const FAILED = "this browser could not keep its files";

function told(words, kept = false) {
  $("offline").textContent = words;
  $("offline").classList.toggle("kept", kept);
  $("offline").hidden = false;
}

const not = (why) => told(`It opens only while its server answers: ${why}.`);

// Whether all files of this very version are kept; the worker has them again if some were lost.
async function kept() {
  const worker = (await navigator.serviceWorker.getRegistration())?.active;
  if (worker?.scriptURL !== KEEPER) return false; // another page of this server may have a worker too
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => resolve(data);
    worker.postMessage(import.meta.url, [port2]);
  });
}

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
