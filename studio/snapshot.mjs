// The memory of the language, loaded and warm, as a file: a page that can use it starts in seconds.
import fs from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { loadPyodide } from "pyodide";
import { SETTINGS, desk as makeDesk, unpack } from "./page/boot.js";

// Every kind of question is asked once, so that all that answers need is loaded.
export async function makeSnapshot(folder) {
  const python = await loadPyodide({ _makeSnapshot: true, env: SETTINGS });
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
  desk.answer(JSON.stringify({ ask: "code", code: "", files: {} }));
  desk.destroy();
  python.runPython("import gc\ngc.collect()");
  fs.writeFileSync(path.join(folder, "memory.bin"), gzipSync(python.makeMemorySnapshot(), { level: 9 }));
}
