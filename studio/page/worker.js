// The worker: Python, compiled to WebAssembly, with the package as it is. It answers the page and talks to nobody else.
import { loadPyodide } from "./pyodide/pyodide.mjs";

const SITE = "/home/pyodide/site";
const began = performance.now();
const marks = {};

function mark(name, words) {
  marks[name] = Math.round(performance.now() - began);
  if (words) postMessage({ kind: "phase", words });
}

async function started() {
  const bundle = fetch("./bundle.zip").then((reply) => {
    if (!reply.ok) throw new Error(`bundle.zip: ${reply.status}`);
    return reply.arrayBuffer();
  });
  bundle.catch(() => {}); // it is awaited below
  const python = await loadPyodide({ indexURL: "./pyodide/", env: { HOME: "/home/pyodide", COLUMNS: "100" } });
  mark("runtime", "unpacking the package");
  python.unpackArchive(await bundle, "zip", { extractDir: SITE });
  closed();
  mark("unpacked", "loading the package");
  python.runPython(`import os, sys\nsys.path.insert(0, "${SITE}")\nfor place, _, _ in os.walk("/home/pyodide"):\n    os.chmod(place, 0o755)`);
  python.runPython("from pathlib import Path\nfrom rulelang_studio.desk import Desk\ndesk = Desk(Path('/home/pyodide/files'))");
  mark("package", "");
  return { python, desk: python.globals.get("desk") };
}

// The policy of the page lets nothing out; where the page's server sends none, there is nothing left to send with.
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

onmessage = async ({ data: { number, question } }) => {
  const { python, desk } = await ready;
  try {
    const answer = answered(python, desk, question);
    postMessage({ number, answer, heap: python._module.HEAP8.length });
  } catch (error) {
    if (error?.constructor?.name === "PythonError" && !error.pyodide_fatal_error)
      postMessage({ number, answer: { fault: `This is a fault of the program, not of your text: ${said(error)}` } });
    else postMessage({ kind: "fatal", words: said(error) });
  }
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
