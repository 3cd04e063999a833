// The worker: Python, compiled to WebAssembly, with the package as it is. It answers the page and talks to nobody else.
import { loadPyodide } from "./pyodide/pyodide.mjs";
import { SETTINGS, connect, desk as makeDesk, unpack } from "./boot.js";

const at = (name) => new URL(name, import.meta.url).href; // the worker itself has no place
const began = performance.now();
const marks = {};

function mark(name, words) {
  marks[name] = Math.round(performance.now() - began);
  if (words) postMessage({ kind: "phase", words });
}

async function loaded(name) {
  const reply = await fetch(at(name));
  if (!reply.ok) throw new Error(`${name}: ${reply.status}`);
  return reply;
}

// The memory of a Python that has loaded everything already, if there is one: an accelerator, which may fail.
async function memory() {
  if (self.name === "plain") return null;
  try {
    const reply = await loaded("./memory.bin");
    return new Uint8Array(await new Response(reply.body.pipeThrough(new DecompressionStream("gzip"))).arrayBuffer());
  } catch {
    return null;
  }
}

async function begun(bundle, snapshot) {
  const settings = { indexURL: at("./pyodide/"), env: SETTINGS };
  if (snapshot) {
    const { default: make } = await import("./pyodide/pyodide.asm.mjs");
    settings._loadSnapshot = snapshot;
    settings.createPyodideModule = async (given) => {
      const module = await make(given);
      module._free(module._malloc(snapshot.length)); // the memory must be as large as what is put into it
      return module;
    };
  }
  const python = await loadPyodide(settings);
  const { config } = python._api; // what was put into place would stay beside itself
  delete config._loadSnapshot;
  delete config.createPyodideModule;
  mark("runtime", "unpacking the package");
  unpack(python, new Uint8Array(await bundle));
  mark("unpacked", "loading the package");
  const desk = makeDesk(python);
  JSON.parse(desk.answer(JSON.stringify({ ask: "code", code: "", files: {} })));
  mark("package", "");
  return { python, desk };
}

async function started() {
  const bundle = loaded("./bundle.zip").then((reply) => reply.arrayBuffer());
  bundle.catch(() => {}); // it is awaited where it is needed
  const snapshot = await memory();
  let made = null;
  if (snapshot)
    try {
      made = await begun(bundle, snapshot);
      marks.memory = true;
    } catch {
      mark("fallback", "loading the language");
    }
  made ??= await begun(bundle, null);
  closed();
  return made;
}

// The policy lets the worker ask nobody but the page's own server; once all is loaded, there is nothing left to ask that with.
function closed() {
  for (const name of ["fetch", "XMLHttpRequest", "WebSocket", "EventSource", "WebTransport", "importScripts", "BroadcastChannel"])
    try {
      Object.defineProperty(self, name, { value: undefined, configurable: false, writable: false });
    } catch {} // an engine that does not let it go has the policy
}

const ready = started();
ready.then(
  () => postMessage({ kind: "ready", marks }),
  (error) => postMessage({ kind: "fatal", words: said(error) }),
);

const said = (error) => String(error?.message ?? error).trim().split("\n").at(-1).slice(0, 300);

let server = null;

// The language server is started when it is first spoken to.
function heard(python, message) {
  server ??= connect(python, (told) => postMessage({ kind: "server", message: told }));
  server.hear(message);
}

onmessage = async ({ data: { number, question, message } }) => {
  const { python, desk } = await ready;
  try {
    if (message !== undefined) return heard(python, message);
    const answer = answered(python, desk, question);
    postMessage({ number, answer, heap: python._module.HEAP8.length });
  } catch (error) {
    const ours = error?.constructor?.name === "PythonError" && !error.pyodide_fatal_error;
    if (ours && message !== undefined) console.warn(said(error));
    else if (ours)
      postMessage({ number, answer: { fault: `This is a fault of the program, not of your text: ${said(error)}` } });
    else postMessage({ kind: "fatal", words: said(error) });
  }
  return undefined;
};

function answered(python, desk, question) {
  if (question.ask === "unzip") return JSON.parse(desk.unzip(python.toPy(question.data)));
  if (question.ask === "zip") {
    const files = python.toPy(question.files), made = desk.zip(files), bytes = made.toJs();
    made.destroy();
    files.destroy();
    return { told: bytes };
  }
  return JSON.parse(desk.answer(JSON.stringify(question)));
}
