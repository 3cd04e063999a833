// What the language server is asked of a place in a text: what it means, where it is declared and used, another name.
import { Text } from "@codemirror/state";
import { asked, engine } from "./ask.js";
import { askName, close, closer, dialog, tell } from "./dialogs.js";
import { $, button, element } from "./dom.js";
import { LanguageServer, Refusal, changesOf, locationOf, offsetOf, pointOf, uriOf } from "./server.js";
import { state } from "./state.js";
import { changes, editorOf, editors, goTo, help, replace } from "./texts.js";

const REST = 300; // milliseconds after the last key
const server = new LanguageServer(engine, () => state.files, () => asked({ ask: "put" }));

// Ask about a text that is shown; nothing is known while there is nobody to ask.
async function about(name, method, more = {}) {
  if (name === null || !engine.ready) return null;
  await server.sync([state.left, state.right].filter((each) => each !== null), state.left, state.event);
  return server.request(method, { textDocument: { uri: uriOf(name) }, ...more });
}

const at = (method, editor, offset, more = {}) => about(editor.name, method, { position: pointOf(editor.view.state.doc, offset), ...more });

const docOf = (name) => editorOf(name)?.view.state.doc ?? Text.of(state.files.get(name).split("\n"));

// Places as they come from the server, in texts that are here.
function placesOf(locations) {
  return (locations ?? []).map(locationOf).filter(({ name }) => state.files.has(name)).map(({ name, range }) => {
    const doc = docOf(name), from = offsetOf(doc, range.start);
    return { name, from, to: offsetOf(doc, range.end), line: doc.lineAt(from) };
  });
}

async function define(editor, offset) {
  const [first] = placesOf(await at("textDocument/definition", editor, offset));
  if (first) goTo(first.name, first.from, first.to);
}

async function references(editor, offset) {
  const found = placesOf(await at("textDocument/references", editor, offset, { context: { includeDeclaration: true } }));
  if (found.length) choice("Where it is declared and used", found.map((each) => ({ ...each, words: `${each.name}, line ${each.line.number}`, beside: element("code", {}, each.line.text.trim()) })));
}

async function rename(editor, offset) {
  try {
    const now = await at("textDocument/prepareRename", editor, offset);
    if (!now) return;
    const given = await askName(`Another name for ${now.placeholder}, here and in all texts that use it`, now.placeholder, (name) => (name.trim() ? null : "Give a name."));
    if (given === null || given === now.placeholder) return;
    const edit = await at("textDocument/rename", editor, offset, { newName: given });
    for (const [name, edits] of changesOf(edit)) {
      const doc = docOf(name);
      replace(name, edits.map(({ range, newText }) => ({ from: offsetOf(doc, range.start), to: offsetOf(doc, range.end), insert: newText })));
    }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    tell("It keeps its name", error.message);
  }
}

// Places to go to, in a dialog.
function choice(title, places) {
  const go = ({ name, from, to }) => (close(), goTo(name, from, to));
  dialog(title, element("ul", { class: "places" }, places.map((each) => element("li", { style: `margin-left: ${1.2 * (each.depth ?? 0)}rem` }, button(each.words, () => go(each), { class: "place" }), " ", each.beside))), closer());
}

// The parts of a text, each followed by those inside it.
async function outline(editor) {
  const { name } = editor, { doc } = editor.view.state;
  const flat = (symbols, depth) => symbols.flatMap((each) => [{ name, from: offsetOf(doc, each.selectionRange.start), to: offsetOf(doc, each.selectionRange.end), depth, words: each.name, beside: each.detail }, ...flat(each.children ?? [], depth + 1)]);
  const parts = flat((await about(name, "textDocument/documentSymbol")) ?? [], 0);
  if (parts.length) choice(`The parts of ${name}`, parts);
}

["left", "right"].forEach((side, place) => ($(`${side}-outline`).onclick = () => outline(editors[place])));

Object.assign(help, { at, define, references, rename, outline });

// What is known of a text as a whole: what each word is, and the amounts beside its steps in the event.
async function whole(editor) {
  const { name } = editor, { doc } = editor.view.state;
  const range = { start: pointOf(doc, 0), end: pointOf(doc, doc.length) };
  const tokens = await about(name, "textDocument/semanticTokens/full");
  const hints = await about(name, "textDocument/inlayHint", { range });
  if (tokens && editor.name === name && editor.view.state.doc.eq(doc)) editor.know({ tokens: { data: tokens.data, kinds: server.kinds }, hints: hints ?? [] });
}

let waiting = 0;
const wholes = async () => {
  for (const editor of editors) await whole(editor);
};
changes.push(() => {
  clearTimeout(waiting);
  waiting = setTimeout(wholes, REST);
});
engine.begun = () => {
  engine.begun = null; // a text that ended the worker is not looked at again until it changes
  wholes();
};
