// The two texts that are shown, and what happens when one changes.
import { askYes, tell } from "./dialogs.js";
import { $, options } from "./dom.js";
import { Editor } from "./editors.js";
import { keep, leave } from "./kept.js";
import { MOST_TEXT } from "./link.js";
import { endings, fits, hold, replaced, state, unsaved } from "./state.js";

// What others do when texts or their choice changed; each part of the page puts its own in.
export const changes = [];

// What others do for the editors: `run()`, and `at`, `define`, `references` and `rename` of a place.
export const help = {};

const hooks = {
  changed: edited,
  full: (length) => tell("Too much text", `That would make ${length.toLocaleString("en")} characters; this page takes ${MOST_TEXT.toLocaleString("en")}. The command line takes more.`),
};
export const left = new Editor($("left"), "Rulebook", hooks, help);
export const right = new Editor($("right"), "Event or second version", hooks, help);
export const editors = [left, right];

export const editorOf = (name) => editors.find((editor) => editor.name === name);

function edited(name) {
  const by = editors.find((editor) => editor.name === name && editor.view.hasFocus) ?? editorOf(name);
  state.files.set(name, by.text);
  for (const other of editors) if (other !== by && other.name === name) other.replace(by.text);
  changed();
}

export function changed() {
  for (const act of changes) act();
  keep();
}

// Ask before texts that changed are put away for others.
export async function leaving() {
  if (!unsaved()) return true;
  return askYes("Put your changes away?", "The texts of this page were changed and are saved nowhere. Other texts would take their place.", "Open the others", "Keep these");
}

// Show other texts. They are saved to a folder only if they are `of` it, and kept only if they come from what was kept, or on request.
export function open(given, { example = "", of = null, kept = false } = {}) {
  leave();
  hold(given.files);
  editors.forEach((editor) => editor.forget());
  const rules = endings(".rules"), events = endings(".event", ".history");
  const plain = rules.find((name) => /(^|\/)(before|rulebook)/.test(name)) ?? rules[0];
  Object.assign(state, { folder: of, kept, example, event: null, versions: null, compared: null, tab: given.tab ?? state.tab });
  state.left = given.left ?? plain ?? events[0] ?? [...state.files.keys()][0];
  state.right = given.right ?? events.find((name) => name.endsWith(".event") && fits(name)) ?? events[0] ?? rules.find((name) => name !== state.left) ?? null;
  $("examples").value = example;
  choose();
}

// Show the texts that are chosen.
export function choose() {
  if (state.right !== null && /\.(event|history|json)$/.test(state.right)) state.event = state.right;
  else if (!state.files.has(state.event)) state.event = endings(".event", ".history").find(fits) ?? null;
  const names = [...state.files.keys()].sort();
  options($("left-name"), names.filter((name) => name.endsWith(".rules") || name === state.left).map((name) => [name, name]), state.left);
  options($("right-name"), [["", "(nothing)"], ...names.map((name) => [name, name])], state.right ?? "");
  left.show(state.left, state.files.get(state.left) ?? "");
  right.show(state.right, state.right === null ? "" : state.files.get(state.right));
  $("right").inert = state.right === null;
  changed();
}

$("left-name").onchange = ({ target }) => {
  Object.assign(state, { left: target.value, versions: null });
  choose();
};
$("right-name").onchange = ({ target }) => {
  Object.assign(state, { right: target.value || null, versions: null, compared: null });
  choose();
};

// Show a place of a text, and the text too if it is not shown.
export function goTo(name, from, till = from) {
  if (!state.files.has(name)) return;
  if (!editorOf(name)) {
    state[name.endsWith(".rules") ? "left" : "right"] = name;
    choose();
  }
  editorOf(name).goTo(from ?? 0, till ?? 0);
}

// Put others into the place of pieces of a text, shown or not.
export function replace(name, pieces) {
  const editor = editorOf(name);
  if (editor) return editor.change(pieces);
  state.files.set(name, replaced(state.files.get(name), pieces));
  return changed();
}
