// The memory of the language, loaded and warm, as a file: a page that can use it starts in seconds.
import fs from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { loadPyodide } from "pyodide";
import { SETTINGS, connect, desk as makeDesk, unpack } from "./page/boot.js";
import { FILES, HOME } from "./page/home.js";

const RENAMED = 20; // the number of the request for another name

// Every kind of question is asked once, so that all that answers need is loaded.
export async function makeSnapshot(folder) {
  // What tells of the machine that builds stays out of the memory.
  const { argv } = process;
  const program = `${HOME}/this.program`;
  process.argv = ["node", program];
  const python = await loadPyodide({ _makeSnapshot: true, env: { ...SETTINGS, _: program, LANG: "en_US.UTF-8" } });
  process.argv = argv;
  unpack(python, fs.readFileSync(path.join(folder, "bundle.zip")));
  const desk = makeDesk(python);
  const { files } = JSON.parse(fs.readFileSync(path.join(folder, "examples", "nasdaq-commodities-2018.json"), "utf8"));
  const event = "events/aas-2018.event", left = "rulebook.rules", wrong = { ...files, [left]: files[left].replace("survivors", "survivor") };
  const told = [
    { ask: "check", right: event },
    { ask: "run", event },
    { ask: "cell", event, payer: "FORTUM", step: "fund_draw" },
    { ask: "profile", event },
    { ask: "run", event, loss: "100000" },
    { ask: "compare", event, old: "old.rules", files: { ...files, "old.rules": files[left].replace("230%", "200%").replace("from contribution", "from mutual_contribution") } },
    { ask: "tests" },
    { ask: "layout", name: left },
    { ask: "code", code: "foreign-word" },
    { ask: "check", right: event, files: wrong },
  ].map((question) => JSON.parse(desk.answer(JSON.stringify({ left, files, ...question }))));
  if (told.some((answer) => answer.told === undefined)) throw new Error(`a question was not answered: ${JSON.stringify(told).slice(0, 500)}`);
  desk.answer(JSON.stringify({ ask: "put", left, files }));
  speak(python, files[left], left, event);
  desk.answer(JSON.stringify({ ask: "code", code: "", files: {} }));
  desk.destroy();
  python.runPython("import gc\nconnection.tell = None\ngc.collect()");
  fs.writeFileSync(path.join(folder, "memory.bin"), gzipSync(python.makeMemorySnapshot(), { level: 9 }));
}

// The language server is asked once of everything too; what it was told is taken back.
function speak(python, text, left, event) {
  const told = [], connection = connect(python, (message) => told.push(JSON.parse(message)));
  const root = `file://${FILES}`, uri = `${root}/${left}`, textDocument = { uri }, position = { line: 63, character: 16 };
  const say = (method, params, id) => connection.hear(JSON.stringify({ jsonrpc: "2.0", method, params, ...(id ? { id } : {}) }));
  say("initialize", { processId: null, rootUri: root, capabilities: {}, initializationOptions: { debounce: 10_000, codePages: null } }, 1);
  say("initialized", {});
  say("textDocument/didOpen", { textDocument: { uri, languageId: "rulelang", version: 1, text } });
  say("workspace/didChangeWatchedFiles", { changes: [] });
  say("textDocument/didChange", { textDocument: { uri, version: 2 }, contentChanges: [{ text: `${text}\n` }] });
  say("workspace/executeCommand", { command: "rulelang.chooseEvent", arguments: [uri, `${root}/${event}`] }, 2);
  const whole = { start: { line: 0, character: 0 }, end: { line: 999, character: 0 } };
  ["hover", "completion", "definition", "prepareRename"].forEach((what, place) => say(`textDocument/${what}`, { textDocument, position }, 3 + place));
  say("textDocument/references", { textDocument, position, context: { includeDeclaration: true } }, 7);
  ["documentSymbol", "semanticTokens/full"].forEach((what, place) => say(`textDocument/${what}`, { textDocument }, 8 + place));
  say("textDocument/inlayHint", { textDocument, range: whole }, 10);
  say("textDocument/rename", { textDocument, position, newName: "another" }, RENAMED);
  say("workspace/executeCommand", { command: "rulelang.chooseEvent", arguments: [uri, null] }, RENAMED + 1);
  say("textDocument/didClose", { textDocument });
  connection.destroy();
  const wrong = told.filter((message) => message.error);
  if (wrong.length || !told.some((message) => message.id === RENAMED && message.result)) throw new Error(JSON.stringify(wrong).slice(0, 500));
}
