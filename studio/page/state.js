// What the page holds: the texts by their names, which of them are shown, and what stands elsewhere.
export const state = {
  files: new Map(), // as they are now
  opened: new Map(), // as they were opened, or saved last
  shapes: new Map(), // how each was written where it came from
  left: null,
  right: null,
  event: null, // in which the rulebook is run: that beside it, or the last that was
  tab: "pays",
  versions: null, // the two that were chosen to be compared
  compared: null, // the event that was chosen for that
  full: false,
  example: "",
  folder: null, // on this machine, while its texts are open; texts of anything else are never saved there
  kept: false, // in this browser
};

export const endings = (...all) => [...state.files.keys()].filter((name) => all.some((ending) => name.endsWith(ending)));

// Whether something changed since it was opened that is kept nowhere.
export const unsaved = () => !state.kept && (state.files.size < state.opened.size || [...state.files].some(([name, text]) => state.opened.get(name) !== text));

// Whether an event names the rulebook that is shown.
export function fits(name) {
  const under = /^[ \t]*under[ \t]+"([^"\n]*)"/m.exec(state.files.get(name));
  return !under || under[1].split("/").at(-1) === state.left?.split("/").at(-1);
}

// What stands before the first letter of a text, and how its lines end.
function shapeOf(text) {
  const ends = { "\r\n": text.split("\r\n").length - 1 };
  ends["\r"] = text.split("\r").length - 1 - ends["\r\n"];
  ends["\n"] = text.split("\n").length - 1 - ends["\r\n"];
  return { mark: text.startsWith("\ufeff") ? "\ufeff" : "", end: ["\n", "\r\n", "\r"].reduce((most, end) => (ends[end] > ends[most] ? end : most)) };
}

// Hold these texts and no others, without their marks and with one kind of line end.
export function hold(files) {
  state.shapes = new Map([...files].map(([name, text]) => [name, shapeOf(text)]));
  state.files = new Map([...files].map(([name, text]) => [name, text.replace(/^\ufeff/, "").replace(/\r\n?/g, "\n")]));
  state.opened = new Map(state.files);
}

// A text with others in the place of some pieces, each with `from`, `to` and `insert`.
export function replaced(text, pieces) {
  const all = [...pieces].sort((one, other) => one.from - other.from);
  return all.map(({ from, insert }, place) => text.slice(all[place - 1]?.to ?? 0, from) + insert).join("") + text.slice(all.at(-1)?.to ?? 0);
}

// A text as it is written where it came from.
export function written(name) {
  const { mark, end } = state.shapes.get(name) ?? { mark: "", end: "\n" };
  return mark + state.files.get(name).replaceAll("\n", end);
}
