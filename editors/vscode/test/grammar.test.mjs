// The TextMate grammar, read by the tokenizer of VS Code itself, against the classes the parser gives: every token of every
// shipped rulebook, event and history.  PYTHON names the interpreter in which rulelang is installed (else `python3`).
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);
const textmate = require("vscode-textmate");
const oniguruma = require("vscode-oniguruma");
const here = dirname(fileURLToPath(import.meta.url));

await oniguruma.loadWASM(readFileSync(join(dirname(require.resolve("vscode-oniguruma")), "onig.wasm")).buffer);
const registry = new textmate.Registry({
  onigLib: Promise.resolve({
    createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
    createOnigString: (text) => new oniguruma.OnigString(text),
  }),
  loadGrammar: async () =>
    textmate.parseRawGrammar(readFileSync(join(here, "../syntaxes/rulelang.tmLanguage.json"), "utf8"), "rulelang.json"),
});
const grammar = await registry.loadGrammar("source.rulelang");

/** The scope of every piece of a text: start, end, innermost scope; offsets in UTF-16 units. */
function scopes(text) {
  const found = [];
  let state = textmate.INITIAL;
  let offset = 0;
  for (const line of text.split("\n")) {
    const read = grammar.tokenizeLine(line, state);
    state = read.ruleStack;
    for (const token of read.tokens) found.push([offset + token.startIndex, offset + token.endIndex, token.scopes.at(-1)]);
    offset += line.length + 1;
  }
  return found;
}

const WORD = /keyword|storage|constant|support|variable\.language/;

/** What a token of the parser may be called; the parser counts characters, which are UTF-16 units below U+10000. */
function due(kind, word) {
  if (kind === "NAME") return /variable|entity|property/;
  if (kind === "STRING") return /string/;
  if (["NUMBER", "PERCENTAGE", "DATE"].includes(kind)) return /constant/;
  if (kind === "CAPITALISED") return /constant|entity/;
  return /^[a-z]/.test(word) ? WORD : /./;
}

test("every token of the shipped texts has a scope of its class", () => {
  const python = process.env.PYTHON ?? "python3";
  const lines = execFileSync(python, [join(here, "tokens.py")], { encoding: "utf8", maxBuffer: 1e9 }).trim().split("\n");
  assert.ok(lines.length > 150, `${lines.length} files`);
  const wrong = new Map();
  let count = 0;
  for (const { name, text, tokens } of lines.map((line) => JSON.parse(line))) {
    assert.ok([...text].length === text.length, `${name} has characters outside the basic plane`);
    const found = scopes(text);
    let at = 0;
    for (const [kind, start, end] of tokens) {
      while (at < found.length && found[at][1] <= start) at += 1;
      const [scope, word] = [found[at]?.[2] ?? "", text.slice(start, end)];
      count += 1;
      if (!due(kind, word).test(scope)) wrong.set(`${kind} ${word} is ${scope}`, name);
    }
  }
  console.log(`${lines.length} files, ${count} tokens`);
  assert.deepEqual([...wrong].slice(0, 20), []);
});

test("comments, texts without an end and allowances", () => {
  const scope = (text, word) => {
    const start = text.indexOf(word);
    return scopes(text).find(([from, to]) => from <= start && start < to)[2];
  };
  assert.match(scope("# tranche a", "tranche"), /comment/);
  assert.match(scope('cite "CR 6 # not', "not"), /string/);
  assert.match(scope('cite "CR 6\ntranche a', "tranche"), /keyword\.control\.step/);
  assert.match(scope("# allow uncapped-assessment: CR 8", "uncapped"), /constant\.other\.code/);
  assert.match(scope("paid by ccp", "paid"), /keyword/);
  assert.match(scope("paid(calls)", "paid"), /support\.function/);
});
