// Processor time and memory of the language as the page runs it: `node measure.mjs` after the build. See docs/performance.md.
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";
import { loadPyodide } from "pyodide";
import { SETTINGS, connect, desk as makeDesk, unpack } from "./page/boot.js";

const STATIC = path.join(path.dirname(fileURLToPath(import.meta.url)), "rulelang_studio", "static");
const bundle = fs.readFileSync(path.join(STATIC, "bundle.zip"));
const spent = (since) => {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
};
const say = (what, value, unit) => console.log(what.padEnd(52), value.padStart(9), unit);
const milliseconds = (what, value) => say(what, value.toFixed(0), "ms");

async function started(snapshot) {
  const settings = { env: SETTINGS };
  if (snapshot) {
    const { default: make } = await import("./node_modules/pyodide/pyodide.asm.mjs");
    settings._loadSnapshot = snapshot;
    settings.createPyodideModule = async (given) => {
      const module = await make(given);
      module._free(module._malloc(snapshot.length));
      return module;
    };
  }
  const since = process.cpuUsage();
  const python = await loadPyodide(settings);
  unpack(python, bundle);
  const desk = makeDesk(python);
  milliseconds(snapshot ? "start with the memory" : "start without the memory", spent(since));
  return { python, desk };
}

const { files } = JSON.parse(fs.readFileSync(path.join(STATIC, "examples", "nasdaq-commodities-2018.json"), "utf8"));
const left = "rulebook.rules";

// An event of so many members, each with a contribution of its own.
function many(members) {
  const head = files["events/aas-2018.event"].split("member FORTUM")[0];
  const lines = Array.from({ length: members }, (_, n) => `member M${n}\n    contribution = EUR ${1_000_000 + n * 7919}\n`);
  return `${head}${lines.join("")}default of AAS loss EUR 150 million\n`;
}

function asked(desk, what, question, times = 7) {
  const taken = [];
  for (let time = 0; time < times; time += 1) {
    const texts = { ...files, ...question.files, [left]: `${files[left]}# ${time}\n` }; // as if a key had been pressed
    const since = process.cpuUsage();
    const answer = JSON.parse(desk.answer(JSON.stringify({ left, ...question, files: texts })));
    taken.push(spent(since));
    if (answer.told === undefined) throw new Error(JSON.stringify(answer).slice(0, 300));
  }
  milliseconds(what, taken.sort((a, b) => a - b)[Math.floor(times / 2)]);
}

await started(null);
const memory = path.join(STATIC, "memory.bin");
const { python, desk } = await started(fs.existsSync(memory) ? new Uint8Array(gunzipSync(fs.readFileSync(memory))) : null);
const event = "events/aas-2018.event", files100 = { "many.event": many(100) }, files300 = { "many.event": many(300) };
asked(desk, `check of ${files[left].split("\n").length - 1} lines and an event, after a key`, { ask: "check", right: event });
asked(desk, "check and run, after a key", { ask: "run", event });
asked(desk, "check, run and profile, after a key", { ask: "profile", event });
asked(desk, "the same, 100 members", { ask: "profile", event: "many.event", files: files100 });
asked(desk, "the same, 300 members", { ask: "profile", event: "many.event", files: files300 });
asked(desk, "two versions compared for every loss", { ask: "compare", event, old: "old.rules", files: { "old.rules": files[left].replace("230%", "200%") } });
asked(desk, "tests and what they reach", { ask: "tests" });
const since = process.cpuUsage();
const connection = connect(python, () => {});
const speak = (method, params, id) => connection.hear(JSON.stringify({ jsonrpc: "2.0", method, params, ...(id ? { id } : {}) }));
const uri = `file:///home/pyodide/files/${left}`;
speak("initialize", { processId: null, rootUri: "file:///home/pyodide/files", capabilities: {}, initializationOptions: { debounce: 10_000 } }, 1);
speak("initialized", {});
speak("textDocument/didOpen", { textDocument: { uri, languageId: "rulelang", version: 1, text: files[left] } });
const hover = () => speak("textDocument/hover", { textDocument: { uri }, position: { line: 63, character: 16 } }, 2);
hover();
milliseconds("start of the language server, with its first hover", spent(since));
const again = process.cpuUsage();
hover();
milliseconds("a further hover", spent(again));
say("memory of the language", (python._module.HEAP8.length / 1e6).toFixed(0), "MB");
const wire = (names) => names.reduce((sum, name) => sum + gzipSync(fs.readFileSync(path.join(STATIC, name)), { level: 6 }).length, 0) / 1e6;
const first = ["index.html", "page.css", "app.js", "worker.js", "bundle.zip", "examples/index.json", "examples/nasdaq-commodities-2018.json", ...["pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json"].map((name) => `pyodide/${name}`)];
say("over the wire, compressed, without the memory", wire(first).toFixed(1), "MB");
if (fs.existsSync(memory)) say("the memory", (fs.statSync(memory).size / 1e6).toFixed(1), "MB");
