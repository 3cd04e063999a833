// The language server, which runs in the worker beside the desk: it is asked what is at a place of a text.
import { FILES } from "./home.js";

const ROOT = `file://${FILES}`;
const LANGUAGES = { rules: "rulelang", event: "rulelang-event", history: "rulelang-history" };
const PATIENCE = 15_000;

export const uriOf = (name) => `${ROOT}/${name.split("/").map(encodeURIComponent).join("/")}`;
const nameOf = (uri) => decodeURIComponent(uri.slice(ROOT.length + 1));

export class Refusal extends Error {}

export class LanguageServer {
  // `texts()` are all texts by their names, `settle()` puts them where the server finds those that it was not told of.
  constructor(engine, texts, settle) {
    Object.assign(this, { engine, texts, settle });
    engine.heard = (text) => this.hear(JSON.parse(text));
    engine.born = () => this.forget();
    this.forget();
  }

  // A new worker knows nothing of what the one before was told.
  forget() {
    for (const { resolve } of this.waiting?.values() ?? []) resolve(null);
    Object.assign(this, { waiting: new Map(), number: 0, opened: new Map(), begun: null, chosen: "", settled: new Map() });
  }

  hear(message) {
    const waiting = this.waiting.get(message.id);
    if (message.method !== undefined || waiting === undefined) return; // findings come from the desk
    this.waiting.delete(message.id);
    if (message.error) waiting.reject(new Refusal(message.error.message));
    else waiting.resolve(message.result);
  }

  send(method, params) {
    this.engine.say(JSON.stringify({ jsonrpc: "2.0", method, params }));
  }

  request(method, params) {
    const id = ++this.number;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      setTimeout(() => this.waiting.delete(id) && resolve(null), PATIENCE);
      this.engine.say(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
    });
  }

  begin() {
    this.begun ??= (async () => {
      const told = await this.request("initialize", { processId: null, rootUri: ROOT, capabilities: {}, initializationOptions: { debounce: 10_000, codePages: null } });
      this.kinds = told?.capabilities.semanticTokensProvider.legend.tokenTypes ?? []; // by their numbers
      this.send("initialized", {});
    })();
    return this.begun;
  }

  // Tell the server how the texts are that it was told of, and those that are shown.
  async sync(shown, rulebook, event) {
    await this.begin();
    const texts = this.texts(), { settled } = this;
    if (texts.size !== settled.size || [...texts].some(([name, text]) => !this.opened.has(name) && settled.get(name) !== text)) {
      this.settled = new Map(texts);
      await this.settle();
      this.send("workspace/didChangeWatchedFiles", { changes: [] });
    }
    for (const name of new Set([...this.opened.keys(), ...shown])) {
      const known = this.opened.get(name), text = texts.get(name), uri = uriOf(name);
      if (text === undefined) {
        this.opened.delete(name);
        this.send("textDocument/didClose", { textDocument: { uri } });
      } else if (known === undefined) {
        this.opened.set(name, { text, version: 1 });
        this.send("textDocument/didOpen", { textDocument: { uri, languageId: LANGUAGES[name.split(".").at(-1)] ?? "csv", version: 1, text } });
      } else if (known.text !== text) {
        this.opened.set(name, { text, version: known.version + 1 });
        this.send("textDocument/didChange", { textDocument: { uri, version: known.version + 1 }, contentChanges: [{ text }] });
      }
    }
    const chosen = JSON.stringify([rulebook, event]);
    if (rulebook?.endsWith(".rules") && this.chosen !== chosen) {
      this.chosen = chosen;
      await this.request("workspace/executeCommand", { command: "rulelang.chooseEvent", arguments: [uriOf(rulebook), event?.endsWith(".event") ? uriOf(event) : null] });
    }
  }
}

// A place in a text as the protocol counts it, and back.
export function pointOf(doc, offset) {
  const line = doc.lineAt(offset);
  return { line: line.number - 1, character: offset - line.from };
}

export function offsetOf(doc, point) {
  if (point.line >= doc.lines) return doc.length;
  const line = doc.line(point.line + 1);
  return Math.min(line.from + point.character, line.to);
}

export const changesOf = (edit) => Object.entries(edit?.changes ?? {}).map(([uri, edits]) => [nameOf(uri), edits]);

export const locationOf = ({ uri, range }) => ({ name: nameOf(uri), range });
