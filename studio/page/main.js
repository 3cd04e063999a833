// The page: two texts, and below them what the language says of them.
import { ChangeSet, Text } from "@codemirror/state";
import { $, button, element, options } from "./dom.js";
import { documentParts } from "./document.js";
import { Editor } from "./editors.js";
import { Broken, Engine, Superseded } from "./engine.js";
import { askName, askYes, chosenTexts, close, closer, dialog, download } from "./files.js";
import { findingList } from "./findings.js";
import { LONG_LINK, MOST_TEXT, Refused, believed, clash, fitting, named, packed, unpacked } from "./link.js";
import { Losses } from "./losses.js";
import { LanguageServer, Refusal, changesOf, locationOf, offsetOf, pointOf, uriOf } from "./server.js";
import { ensures, paragraphs, payersTable, picture } from "./pays.js";
import { testParts } from "./tests.js";

const TABS = { pays: "Who pays", explain: "Explanation", losses: "Every loss", compare: "Compare", tests: "Tests", problems: "Problems" };
const PAUSE = 120, REST = 300; // milliseconds after the last key: until the text is checked, until results follow
const KEPT = "rulelang studio";

const state = { files: new Map(), opened: new Map(), left: null, right: null, event: null, tab: "pays", versions: null, compared: null, full: false, example: "", shapes: new Map(), kept: false };
const panels = {};
let stale = new Set(Object.keys(TABS)), checking = 0, showing = 0, slow = 0, problems = [];

const engine = new Engine((how, words) => {
  const said = { starting: `starting: ${words || "the language"} …`, ready: "ready", working: "working …", failed: `not available: ${words}` };
  $("status").textContent = said[how];
  $("status").dataset.how = how;
  clearTimeout(slow);
  $("stop").hidden = how !== "failed";
  $("stop").textContent = how === "failed" ? "Try again" : "Stop";
  if (how === "working") slow = setTimeout(() => ($("stop").hidden = false), 3000);
});
$("stop").onclick = () => (engine.ready ? engine.stop() : engine.again());

// ------------------------------------------------------------------------------------------------ texts

const hooks = {
  changed: (name) => edited(name),
  full: (length) => tell("Too much text", `That would make ${length.toLocaleString("en")} characters; this page takes ${MOST_TEXT.toLocaleString("en")}. The command line takes more.`),
  run: () => ($("results").focus(), refresh()),
};
const server = new LanguageServer(engine, () => state.files, () => asked({ ask: "put" }));
const help = { at, define, rename };
const left = new Editor($("left"), "Rulebook", hooks, help);
const right = new Editor($("right"), "Event or second version", hooks, help);
const editors = () => [left, right];

function edited(name) {
  const by = editors().find((editor) => editor.name === name && editor.view.hasFocus) ?? editors().find((editor) => editor.name === name);
  state.files.set(name, by.text);
  for (const other of editors()) if (other !== by && other.name === name) other.replace(by.text);
  dirty();
}

// Ask the language server about a place; nothing is known where it cannot be asked.
async function at(method, editor, offset, more = {}) {
  if (editor.name === null || !engine.ready) return null;
  const { doc } = editor.view.state, { name } = editor;
  await server.sync([state.left, state.right].filter((each) => each !== null), state.left, state.event);
  return server.request(method, { textDocument: { uri: uriOf(name) }, position: pointOf(doc, offset), ...more });
}

async function define(editor, offset) {
  const told = await at("textDocument/definition", editor, offset);
  const first = Array.isArray(told) ? told[0] : told;
  if (!first) return;
  const { name, range } = locationOf(first);
  if (!state.files.has(name)) return;
  bring(name);
  const by = editors().find((each) => each.name === name), { doc } = by.view.state;
  by.goTo(offsetOf(doc, range.start), offsetOf(doc, range.end));
}

async function rename(editor, offset) {
  try {
    const now = await at("textDocument/prepareRename", editor, offset);
    if (!now) return;
    const given = await askName(`Another name for ${now.placeholder}, here and in all texts that use it`, now.placeholder, (name) => (name.trim() ? null : "Give a name."));
    if (given === null || given === now.placeholder) return;
    apply(await at("textDocument/rename", editor, offset, { newName: given }));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    tell("It keeps its name", error.message);
  }
}

// Carry out changes in several texts, those that are shown and those that are not.
function apply(edit) {
  for (const [name, edits] of changesOf(edit)) {
    if (!state.files.has(name)) continue;
    const by = editors().find((each) => each.name === name);
    const doc = by ? by.view.state.doc : Text.of(state.files.get(name).split("\n"));
    const changes = edits.map(({ range, newText }) => ({ from: offsetOf(doc, range.start), to: offsetOf(doc, range.end), insert: newText }));
    if (by) by.view.dispatch({ changes });
    else state.files.set(name, ChangeSet.of(changes, doc.length).apply(doc).toString());
  }
  server.stale = true;
  dirty();
}

function dirty() {
  stale = new Set(Object.keys(TABS));
  clearTimeout(checking);
  clearTimeout(showing);
  checking = setTimeout(check, PAUSE);
  showing = setTimeout(refresh, REST);
  keep();
}

const endings = (...all) => [...state.files.keys()].filter((name) => all.some((ending) => name.endsWith(ending)));

// Whether something changed since it was opened that is kept nowhere.
const unsaved = () => !state.kept && (state.files.size < state.opened.size || [...state.files].some(([name, text]) => state.opened.get(name) !== text));

// Ask before texts that changed are put away for others.
async function leaving() {
  if (!unsaved()) return true;
  return askYes("Put your changes away?", "The texts of this page were changed and are saved nowhere. Other texts would take their place.", "Open the others", "Keep these");
}

// How a text was written where it came from: what stands before its first letter, and how its lines end.
function shapeOf(text) {
  const ends = { "\r\n": text.split("\r\n").length - 1 };
  ends["\r"] = text.split("\r").length - 1 - ends["\r\n"];
  ends["\n"] = text.split("\n").length - 1 - ends["\r\n"];
  return { mark: text.startsWith("\ufeff") ? "\ufeff" : "", end: ["\n", "\r\n", "\r"].reduce((most, end) => (ends[end] > ends[most] ? end : most)) };
}

// A text as it is written where it came from.
function written(name) {
  const { mark, end } = state.shapes.get(name) ?? { mark: "", end: "\n" };
  return mark + state.files.get(name).replaceAll("\n", end);
}

// Show other texts. They are saved to a folder only if they are `of` it, and kept only if they come from what was kept, or on request.
function open(given, { example = "", of = null, kept = false } = {}) {
  if (state.kept) setKeeping(true);
  clearTimeout(keeping);
  folder = of;
  state.kept = kept;
  state.example = example;
  state.shapes = new Map([...given.files].map(([name, text]) => [name, shapeOf(text)]));
  state.files = new Map([...given.files].map(([name, text]) => [name, text.replace(/^\ufeff/, "").replace(/\r\n?/g, "\n")]));
  state.opened = new Map(state.files);
  editors().forEach((editor) => editor.forget());
  const rules = endings(".rules"), events = endings(".event", ".history");
  const plain = rules.find((name) => /(^|\/)(before|rulebook)/.test(name)) ?? rules[0] ?? null;
  state.left = given.left ?? plain ?? events[0] ?? [...state.files.keys()][0];
  state.right = given.right ?? events.find((name) => name.endsWith(".event") && fits(name)) ?? events[0] ?? rules.find((name) => name !== state.left) ?? null;
  state.event = null;
  state.versions = state.compared = null;
  state.tab = given.tab ?? state.tab;
  $("examples").value = example;
  choose();
}

// Whether an event names the rulebook that is shown.
function fits(name) {
  const under = /^[ \t]*under[ \t]+"([^"\n]*)"/m.exec(state.files.get(name));
  return !under || under[1].split("/").at(-1) === state.left?.split("/").at(-1);
}

function choose() {
  const isEvent = state.right !== null && /\.(event|history|json)$/.test(state.right);
  if (isEvent) state.event = state.right;
  else if (!state.files.has(state.event)) state.event = endings(".event", ".history").find(fits) ?? null;
  const names = [...state.files.keys()].sort();
  options($("left-name"), names.filter((name) => name.endsWith(".rules") || name === state.left).map((name) => [name, name]), state.left);
  options($("right-name"), [["", "(nothing)"], ...names.map((name) => [name, name])], state.right ?? "");
  left.show(state.left, state.files.get(state.left) ?? "");
  right.show(state.right, state.right === null ? "" : state.files.get(state.right));
  $("right").inert = state.right === null;
  server.stale = true;
  tabs();
  dirty();
}

// Show a text, if it is not shown already.
function bring(name) {
  if (editors().some((editor) => editor.name === name)) return;
  state[name.endsWith(".rules") ? "left" : "right"] = name;
  choose();
}

$("left-name").onchange = (event) => ((state.left = event.target.value), (state.versions = null), choose());
$("right-name").onchange = (event) => ((state.right = event.target.value || null), (state.versions = state.compared = null), choose());
for (const [side, editor] of [["left", left], ["right", right]]) {
  $(`${side}-tidy`).onclick = async () => {
    if (editor.name === null) return;
    const name = editor.name, before = editor.text;
    const answer = await asked({ ask: "layout", name });
    if (answer?.told !== undefined && editor.name === name && editor.text === before) editor.replace(answer.told);
    else if (answer?.refused) show("problems");
  };
  $(`${side}-files`).onclick = () => fileDialog(side);
}

function fileDialog(side) {
  const name = state[side];
  const wrong = (given) => {
    if (!named(given)) return "Names end in .rules, .event, .history or .csv, without .. and \\.";
    if (state.files.has(given)) return "There is a file of that name.";
    return clash([...state.files.keys(), given]) === null ? null : "A file cannot be a folder of another.";
  };
  const add = async () => {
    const given = await askName("A new file", side === "left" ? "new.rules" : "new.event", wrong);
    if (given === null) return;
    state.files.set(given, "");
    state[side] = given;
    choose();
  };
  const copy = async () => {
    const given = await askName(`A copy of ${name}`, name.replace(/(\.\w+)$/, "-2$1"), wrong);
    if (given === null) return;
    state.files.set(given, state.files.get(name));
    state[side] = given;
    choose();
  };
  const rename = async () => {
    const given = await askName(`Another name for ${name}`, name, wrong);
    if (given === null) return;
    state.files = new Map([...state.files].map(([each, text]) => [each === name ? given : each, text]));
    if (state.shapes.has(name)) state.shapes.set(given, state.shapes.get(name));
    for (const key of ["left", "right", "event"]) if (state[key] === name) state[key] = given;
    choose();
  };
  const remove = () => {
    close();
    state.files.delete(name);
    for (const key of ["left", "right", "event"]) if (state[key] === name) state[key] = null;
    if (state.left === null) state.left = endings(".rules")[0] ?? [...state.files.keys()][0] ?? null;
    if (state.left === null) {
      state.files.set("rulebook.rules", "");
      state.left = "rulebook.rules";
    }
    choose();
  };
  dialog("Files of this page", element("p", {}, `${state.files.size} files; ${[...state.files.values()].reduce((sum, text) => sum + text.length, 0).toLocaleString("en")} of ${MOST_TEXT.toLocaleString("en")} characters.`),
    element("p", { class: "acts column" }, button("New file…", add), name !== null && [button(`Copy ${name}…`, copy), button(`Rename ${name}…`, rename), button(`Remove ${name}`, remove)], closer()));
}

// ------------------------------------------------------------------------------------------------ questions

async function asked(question, slot = null) {
  try {
    return await engine.ask({ left: state.left, files: Object.fromEntries(state.files), ...question }, slot);
  } catch (error) {
    if (error instanceof Superseded) return null;
    if (error instanceof Broken) return { fault: error.message };
    throw error;
  }
}

const to = {
  goTo(name, from, till) {
    const side = editors().find((editor) => editor.name === name);
    if (side) return side.goTo(from ?? 0, till ?? from ?? 0);
    if (!state.files.has(name)) return undefined;
    bring(name);
    return editors().find((editor) => editor.name === name)?.goTo(from ?? 0, till ?? from ?? 0);
  },
  // The text may have changed since: what is replaced must be what was found.
  async fix(found, one) {
    const fresh = await check();
    const again = fresh?.find((each) => each.code === found.code && each.offset === found.offset && each.message === found.message);
    const fix = again?.fixes.find((each) => each.replacement === one.replacement && each.offset === one.offset);
    if (!fix || !state.files.has(fix.file)) return;
    const text = state.files.get(fix.file);
    const mended = text.slice(0, fix.offset) + fix.replacement + text.slice(fix.end_offset);
    const editor = editors().find((each) => each.name === fix.file);
    if (editor) editor.view.dispatch({ changes: { from: fix.offset, to: fix.end_offset, insert: fix.replacement }, selection: { anchor: fix.offset + fix.replacement.length } });
    else state.files.set(fix.file, mended), dirty();
  },
  code: async (code) => (await asked({ ask: "code", code }))?.told ?? "",
};

// What is wrong with the two texts, marked in them and listed.
async function check() {
  const before = [...state.files.values()];
  const answer = await asked({ ask: "check", right: state.right }, "check");
  if (answer === null) return null;
  problems = answer.told ?? answer.refused ?? [];
  const same = before.every((text, place) => [...state.files.values()][place] === text);
  if (same) editors().forEach((editor) => editor.name !== null && editor.mark(problems, to.fix));
  stale.delete("problems");
  panel("problems").replaceChildren(...(answer.fault ? [warning(answer.fault)] : problems.length ? [findingList(problems, to)] : [element("p", { class: "good" }, "Nothing was found in the texts that are open.")]));
  panel("problems").dataset.checked = String(performance.now());
  tabs();
  return problems;
}

const warning = (words) => element("p", { class: "warning", role: "alert" }, words);

const refusal = (answer) => (answer.fault ? [warning(answer.fault)] : [element("p", {}, "There is no answer, and this is why:"), findingList(answer.refused, to)]);

const goToLine = (line) => left.goToLine(line);

const shownBy = {
  async pays() {
    if (!state.event) return [element("p", {}, "Choose an event at the right to see who pays.")];
    if (state.event.endsWith(".history")) return whole(await asked({ ask: "history", event: state.event, left: state.left }, "pays"), documentParts);
    const answer = await asked({ ask: "run", event: state.event }, "pays");
    return whole(answer, (told) => [
      element("p", { class: "said" }, told.story.paragraphs[0].sentences.at(-1)),
      picture(told, (what) => why(what, null, "why")),
      payersTable(told, (what) => why(what, null, "why")),
      element("div", { class: "why", id: "why", "aria-live": "polite" }),
      ...(ensures(told.allocation) ?? []),
    ]);
  },
  async explain() {
    if (!state.event) return [element("p", {}, "Choose an event at the right to read its explanation.")];
    if (state.event.endsWith(".history")) return [element("p", {}, "A history is told day by day under “Who pays”. To read one day, choose an event.")];
    return whole(await asked({ ask: "run", event: state.event }, "explain"), (told) => [element("h2", {}, told.story.title), ...paragraphs(told.story, goToLine)]);
  },
  async losses() {
    if (!state.event || state.event.endsWith(".history")) return [element("p", {}, "Choose an event at the right: its loss goes on the slider.")];
    const { event } = state;
    const [profile, run] = [await asked({ ask: "profile", event }, "losses"), await asked({ ask: "run", event }, "losses-run")];
    if (profile === null || run === null) return null;
    if (!profile.told || !run.told) return refusal(profile.told ? run : profile);
    losses.show(profile.told, run.told.steps);
    return [];
  },
  async compare() {
    const all = versions();
    if (all.length < 2) return [element("p", {}, "Change the rulebook, or open a second version, to compare.")];
    const chosen = state.versions ?? standardVersions();
    const head = compareHead(all, chosen);
    const sources = new Map(all.map((each) => [each.key, each]));
    const opened = {}; // these do not count toward what the page takes
    const path = (key) => {
      const each = sources.get(key) ?? all[0];
      if (!each.opened) return each.name;
      opened[`as opened/${each.name}`] = state.opened.get(each.name);
      return `as opened/${each.name}`;
    };
    const question = { ask: "compare", old: path(chosen.old), left: path(chosen.now), event: comparedIn(), full: state.full, opened };
    const answer = await asked(question, "compare");
    if (answer === null) return null;
    return [head, ...whole(answer, documentParts)];
  },
  async tests() {
    return whole(await asked({ ask: "tests" }, "tests"), (told) => [button("Run the tests again", () => ((stale.add("tests")), refresh())), ...testParts(told, to)]);
  },
  async problems() {
    await check();
    return [];
  },
};

const whole = (answer, parts) => (answer === null ? null : answer.told === undefined ? refusal(answer) : parts(answer.told));

// Every rulebook as it is now, and as it was opened where that is another text.
function versions() {
  const rules = endings(".rules");
  const changed = rules.filter((name) => state.opened.has(name) && state.opened.get(name) !== state.files.get(name));
  return [...rules.map((name) => ({ key: name, name, words: name })), ...changed.map((name) => ({ key: `opened:${name}`, name, words: `${name}, as opened`, opened: true }))];
}

function standardVersions() {
  const all = versions().map((each) => each.key);
  if (all.includes(`opened:${state.left}`)) return { old: `opened:${state.left}`, now: state.left };
  if (state.right?.endsWith(".rules")) return { old: state.left, now: state.right };
  const other = all.find((key) => key !== state.left) ?? state.left;
  return /before/.test(other) || /after/.test(state.left) ? { old: other, now: state.left } : { old: state.left, now: other };
}

// The event that versions are compared in: that beside the rulebook, unless another (or none) was chosen there.
const comparedIn = () => (state.compared === null || (state.compared && !state.files.has(state.compared)) ? state.event : state.compared || null);

function compareHead(all, chosen) {
  const select = (which, words) => {
    const made = element("select", { onchange: (event) => ((state.versions = { ...chosen, [which]: event.target.value }), again("compare")) });
    options(made, all.map((each) => [each.key, each.words]), chosen[which]);
    return element("label", {}, `${words} `, made);
  };
  const event = element("select", { onchange: (change) => ((state.compared = change.target.value), again("compare")) });
  options(event, [["", "(the texts alone)"], ...endings(".event", ".history").map((name) => [name, name])], comparedIn() ?? "");
  const full = element("input", { type: "checkbox", checked: state.full, onchange: (change) => ((state.full = change.target.checked), again("compare")) });
  return element("p", { class: "choices" }, select("old", "Old"), " ", select("now", "New"), " ", element("label", {}, "Event ", event), " ", element("label", {}, full, " everything"));
}

function again(tab) {
  stale.add(tab);
  refresh();
}

async function why(what, loss, place) {
  const box = $(place);
  if (!box) return;
  const answer = await asked({ ask: "cell", event: state.event, loss, ...what }, "why");
  if (answer === null || !box.isConnected) return;
  const nodes = answer.told ? [element("h3", {}, answer.told.title), ...paragraphs(answer.told, goToLine, "h4")] : refusal(answer);
  box.replaceChildren(...nodes, button("Close", () => box.replaceChildren()));
  box.scrollIntoView({ block: "nearest" });
}

// ------------------------------------------------------------------------------------------------ tabs

function panel(tab) {
  return panels[tab];
}

for (const tab of Object.keys(TABS)) {
  const first = element("p", { class: "note" }, "The language is being loaded; you can write meanwhile.");
  panels[tab] = element("div", { id: `panel-${tab}`, role: "tabpanel", "aria-labelledby": `tab-${tab}`, tabindex: 0, hidden: true }, first);
  $("panels").append(panels[tab]);
  $("tabs").append(button(TABS[tab], () => show(tab), { role: "tab", id: `tab-${tab}`, "aria-controls": `panel-${tab}` }));
}
$("tabs").onkeydown = (event) => {
  const all = Object.keys(TABS), at = all.indexOf(state.tab);
  const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 }[event.key];
  if (next === undefined) return;
  event.preventDefault();
  show(all[(next + all.length) % all.length]);
  $(`tab-${state.tab}`).focus();
};

function tabs() {
  for (const tab of Object.keys(TABS)) {
    const chosen = tab === state.tab;
    $(`tab-${tab}`).setAttribute("aria-selected", String(chosen));
    $(`tab-${tab}`).tabIndex = chosen ? 0 : -1;
    panels[tab].hidden = !chosen;
  }
  const count = problems.length;
  $("tab-problems").textContent = count ? `${TABS.problems} (${count})` : TABS.problems;
  $("tab-problems").classList.toggle("bad", problems.some((found) => found.severity === "error"));
}

function show(tab) {
  state.tab = tab;
  tabs();
  return refresh();
}

// Bring what is shown up to date with the texts.
async function refresh() {
  const { tab } = state;
  if (!stale.has(tab) || state.left === null) return;
  stale.delete(tab);
  const parts = await shownBy[tab]();
  if (parts === null) {
    stale.add(tab);
    return;
  }
  if (parts.length) panel(tab).replaceChildren(...parts);
  panel(tab).dataset.shown = String(performance.now());
}

const losses = new Losses(
  panels.losses,
  async (loss) => {
    const answer = await asked({ ask: "run", event: state.event, loss }, "slide");
    if (answer === null) return null;
    return answer.told ?? { nodes: refusal(answer) };
  },
  (what, loss) => why(what, loss, "why-loss"),
);

// ------------------------------------------------------------------------------------------------ in and out

function tell(title, words) {
  dialog(title, element("p", {}, words), closer());
}

async function taking(files) {
  try {
    const given = { files: await chosenTexts(files, engine) };
    if (await leaving()) open(given);
    close();
  } catch (error) {
    tell("These cannot be opened", error instanceof Refused || error instanceof Broken ? error.message : "A file is no text in UTF-8.");
  }
}

$("open").onclick = () => {
  const link = element("input", { type: "text", id: "open-link", spellcheck: "false", autocomplete: "off" });
  const input = (more) => element("input", { type: "file", ...more, onchange: (event) => taking(event.target.files) });
  dialog("Open", element("p", {}, "Files stay in this page; nothing is sent."),
    element("p", {}, element("label", {}, "Files, or a .zip of them ", input({ id: "open-files", multiple: true, accept: ".rules,.event,.history,.csv,.json,.zip" }))),
    element("p", {}, element("label", {}, "A folder ", input({ id: "open-folder", webkitdirectory: true }))),
    element("p", { class: "choices" }, element("label", {}, "A link, or its end from # on ", link), button("Open the link", async () => {
      try {
        const given = await unpacked(link.value.slice(Math.max(0, link.value.indexOf("#state="))));
        if (await leaving()) open(given);
        close();
      } catch (error) {
        tell("The link cannot be opened", error instanceof Refused ? error.message : "It is damaged.");
      }
    })),
    shared && element("p", {}, button(`Read ${shared} again`, async () => (await leaving()) && (close(), readFolder()))),
    !state.kept && keeps() && element("p", {}, button("The texts that are kept in this browser", async () => {
      try {
        const given = believed(JSON.parse(stored()));
        if (await leaving()) open(given, { kept: true });
        close();
      } catch (error) {
        tell("The kept texts cannot be opened", error instanceof Refused ? error.message : "They are damaged.");
      }
    })),
    closer("Cancel"));
};

$("save").onclick = () => {
  const one = (name) => name !== null && button(`This file: ${name}`, () => download(name.split("/").at(-1), written(name), "text/plain"));
  const keeping = element("input", { type: "checkbox", checked: state.kept, onchange: (event) => setKeeping(event.target.checked) });
  dialog("Save", element("p", { class: "acts column" }, folder && button(`All that changed, to ${folder.name} on this machine`, saveFolder), one(state.left), state.right !== state.left && one(state.right),
      button("All files as a .zip", async () => {
        const answer = await asked({ ask: "zip", files: Object.fromEntries([...state.files.keys()].map((name) => [name, written(name)])) });
        if (answer?.told) download("rulelang.zip", answer.told, "application/zip");
      })),
    element("p", {}, element("label", {}, keeping, " Keep my texts in this browser, so that they are here next time", !state.kept && keeps() && " (in place of those that were kept before)")), closer());
};

$("share").onclick = async () => {
  const { left: shownLeft, right: shownRight, tab } = state;
  const fragment = await packed({ files: Object.fromEntries(state.files), left: shownLeft, ...(shownRight === null ? {} : { right: shownRight }), tab });
  const alone = ["127.0.0.1", "localhost"].includes(location.hostname);
  const link = alone ? fragment : location.href.split("#")[0] + fragment;
  history.replaceState(null, "", fragment);
  const field = element("textarea", { id: "link", readonly: true, rows: 4, "aria-label": "The link", onfocus: (event) => event.target.select() }, link);
  const done = element("span", { role: "status" });
  dialog("A link that carries all texts", element("p", {}, `Whoever opens it has all ${state.files.size} files: they are in the link itself (${link.length.toLocaleString("en")} characters), behind the #, which no browser sends to a server.`),
    alone && element("p", { class: "note" }, "This page is served to this machine alone, at a secret address. What stands below goes behind the address of any playground, or into “Open…”."),
    link.length > LONG_LINK && element("p", { class: "warning" }, "It is longer than 8 KB: some chat and mail programs cut such links off. A .zip (Save…) is safer."),
    field, element("p", { class: "acts" }, button("Copy", async () => {
      field.select();
      try {
        await navigator.clipboard.writeText(link);
        done.textContent = "copied";
      } catch {
        done.textContent = "press Ctrl+C to copy";
      }
    }), closer(), done));
  field.focus();
};

// The name of the folder that `rulelang studio FOLDER` was started with, and, while its texts are open, what stands in it.
// Texts of anything else are never saved there.
let shared = null, folder = null;

async function readFolder() {
  const reply = await fetch("./folder.json", { cache: "no-store" }).catch(() => null);
  const told = await reply?.json().catch(() => null); // some servers answer whatever is asked with a page
  if (reply?.status === 500 && told?.problem) tell("The folder cannot be read", told.problem);
  if (!reply?.ok || typeof told?.name !== "string" || typeof told.files !== "object") return false;
  shared = told.name;
  const files = new Map(Object.entries(told.files)), left_out = told.left_out ?? [];
  const list = left_out.length > 0 && element("ul", {}, left_out.map((line) => element("li", {}, line)));
  try {
    fitting([...files.values()]);
  } catch (error) {
    dialog("The folder holds too much", element("p", {}, error.message), list, closer());
    return false;
  }
  if (!files.size) files.set("rulebook.rules", "");
  open({ files }, { of: { name: shared, digests: new Map(Object.entries(told.digests ?? {})) } });
  if (list) dialog("Not everything was opened", element("p", {}, `This was left out of ${shared}:`), list, closer());
  return true;
}

async function saveFolder() {
  const lines = [], to = folder;
  for (const [name, text] of [...state.files]) {
    if (state.opened.get(name) === text) continue;
    const reply = await fetch(`./folder/${name.split("/").map(encodeURIComponent).join("/")}`, { method: "PUT", headers: { "X-Digest": to.digests.get(name) ?? "" }, body: written(name) }).catch(() => null);
    const said = (await reply?.json().catch(() => null)) ?? { problem: reply?.statusText ?? "nobody answers; was `rulelang studio` ended?" };
    if (reply?.ok) to.digests.set(name, said.digest);
    if (folder !== to) break; // other texts were opened meanwhile
    if (reply?.ok) state.opened.set(name, text);
    lines.push(reply?.ok ? `saved ${name}` : `NOT saved ${name}: ${said.problem}`);
  }
  dialog("Saved", element("ul", {}, (lines.length ? lines : ["Nothing had changed."]).map((line) => element("li", {}, line))), closer());
}

// ------------------------------------------------------------------------------------------------ kept on request

const stored = () => {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null;
  }
};
const keeps = () => stored() !== null;
let keeping = 0;

function keep() {
  if (!state.kept) return;
  clearTimeout(keeping);
  keeping = setTimeout(() => setKeeping(true), 500);
}

function setKeeping(on) {
  clearTimeout(keeping);
  state.kept = on;
  try {
    if (on) localStorage.setItem(KEPT, JSON.stringify({ v: 1, files: Object.fromEntries(state.files), left: state.left, right: state.right, tab: state.tab }));
    else localStorage.removeItem(KEPT);
  } catch {
    state.kept = false;
    tell("They cannot be kept", "This browser keeps nothing for this page.");
  }
}

addEventListener("beforeunload", (event) => {
  if (unsaved()) event.preventDefault();
});

// ------------------------------------------------------------------------------------------------ light and dark

const dark = () => document.documentElement.dataset.theme === "dark" || (!document.documentElement.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches);
const showTheme = () => $("theme").setAttribute("aria-pressed", String(dark()));
$("theme").onclick = () => {
  document.documentElement.dataset.theme = dark() ? "light" : "dark";
  showTheme();
};
showTheme();

// ------------------------------------------------------------------------------------------------ the start

async function example(name) {
  const reply = await fetch(`./examples/${encodeURIComponent(name)}.json`);
  if (!reply.ok) throw new Refused("There is no such example.");
  const given = believed(await reply.json());
  if (await leaving()) open(given, { example: name });
  else $("examples").value = state.example;
}

const FIRST = "nasdaq-commodities-2018";

async function start() {
  const list = await (await fetch("./examples/index.json")).json();
  const group = (words, entries) => element("optgroup", { label: words }, entries.map((each) => element("option", { value: each.name }, each.title)));
  $("examples").replaceChildren(element("option", { value: "" }, "(your own texts)"), group("Services", list.filter((each) => !each.change)), group("Changes", list.filter((each) => each.change)));
  $("examples").onchange = (event) => event.target.value && example(event.target.value).catch((error) => tell("The example cannot be opened", error instanceof Refused ? error.message : "It cannot be had."));
  await fromAddress(true);
}

async function fromAddress(first) {
  try {
    const { hash } = location;
    if (hash.startsWith("#state=")) {
      const given = await unpacked(hash);
      if (await leaving()) open(given);
      else history.replaceState(null, "", location.pathname + location.search);
    }
    else if (/^#example=[a-z0-9-]+$/.test(hash)) await example(hash.slice("#example=".length));
    else if (first && (await readFolder())) return;
    else if (first && keeps()) open(believed(JSON.parse(stored())), { kept: true });
    else if (first) await example(FIRST);
  } catch (error) {
    if (first) await example(FIRST);
    tell("The link cannot be opened", error instanceof Refused ? error.message : "It is damaged.");
  }
}

addEventListener("hashchange", () => fromAddress(false));
start();

// For the tests of the page, which look and never change anything by it.
window.studio = { state, engine, editors: { left, right } };
