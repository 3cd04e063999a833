// The files of the page: made, copied, renamed, removed and laid out.
import { asked } from "./ask.js";
import { askName, close, closer, dialog } from "./dialogs.js";
import { $, button, element } from "./dom.js";
import { MOST_TEXT, clash, named } from "./link.js";
import { endings, state } from "./state.js";
import { show as showTab } from "./tabs.js";
import { choose, editors } from "./texts.js";

function wrong(name) {
  if (!named(name)) return "Names end in .rules, .event, .history or .csv, without .. and \\.";
  if (state.files.has(name)) return "There is a file of that name.";
  return clash([...state.files.keys(), name]) === null ? null : "A file cannot be a folder of another.";
}

// Ask for a name and make that file, shown at a side.
async function made(side, title, first, text) {
  const name = await askName(title, first, wrong);
  if (name === null) return;
  state.files.set(name, text);
  state[side] = name;
  choose();
}

async function renamed(name) {
  const given = await askName(`Another name for ${name}`, name, wrong);
  if (given === null) return;
  state.files = new Map([...state.files].map(([each, text]) => [each === name ? given : each, text]));
  if (state.shapes.has(name)) state.shapes.set(given, state.shapes.get(name));
  for (const key of ["left", "right", "event"]) if (state[key] === name) state[key] = given;
  choose();
}

function removed(name) {
  close();
  state.files.delete(name);
  if (!state.files.size) state.files.set("rulebook.rules", "");
  for (const key of ["left", "right", "event"]) if (state[key] === name) state[key] = null;
  state.left ??= endings(".rules")[0] ?? [...state.files.keys()][0];
  choose();
}

function show(side) {
  const name = state[side], size = [...state.files.values()].reduce((sum, text) => sum + text.length, 0);
  dialog("Files of this page", element("p", {}, `${state.files.size} files; ${size.toLocaleString("en")} of ${MOST_TEXT.toLocaleString("en")} characters.`),
    element("p", { class: "acts column" },
      button("New file…", () => made(side, "A new file", side === "left" ? "new.rules" : "new.event", "")),
      name !== null && [
        button(`Copy ${name}…`, () => made(side, `A copy of ${name}`, name.replace(/(\.\w+)$/, "-2$1"), state.files.get(name))),
        button(`Rename ${name}…`, () => renamed(name)),
        button(`Remove ${name}`, () => removed(name)),
      ], closer()));
}

// Lay out a text, unless it changed meanwhile.
async function tidy(editor) {
  const { name, text } = editor;
  if (name === null) return;
  const answer = await asked({ ask: "layout", name });
  if (answer?.told !== undefined && editor.name === name && editor.text === text) editor.replace(answer.told);
  else if (answer?.refused) showTab("problems");
}

["left", "right"].forEach((side, place) => {
  $(`${side}-files`).onclick = () => show(side);
  $(`${side}-tidy`).onclick = () => tidy(editors[place]);
});
