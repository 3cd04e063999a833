// Two versions: which are compared, in which event, and what is said of them.
import { asked } from "./ask.js";
import { documentParts } from "./document.js";
import { element, options } from "./dom.js";
import { refusal } from "./problems.js";
import { endings, state } from "./state.js";
import { again, shows } from "./tabs.js";

// Every rulebook as it is now, and as it was opened where that is another text.
function versions() {
  const rules = endings(".rules"), changed = rules.filter((name) => (state.opened.get(name) ?? state.files.get(name)) !== state.files.get(name));
  const opened = changed.map((name) => ({ key: `opened:${name}`, words: `${name}, as opened`, path: `as opened/${name}`, text: state.opened.get(name) }));
  return [...rules.map((name) => ({ key: name, words: name, path: name })), ...opened];
}

function standard(all) {
  const before = all.find(({ key }) => key === `opened:${state.left}`);
  if (before) return { old: before.key, now: state.left };
  if (state.right?.endsWith(".rules")) return { old: state.left, now: state.right };
  const other = all.find(({ key }) => key !== state.left).key;
  return /before/.test(other) || /after/.test(state.left) ? { old: other, now: state.left } : { old: state.left, now: other };
}

// The event that was chosen for it, or that beside the rulebook.
function event() {
  if (state.compared === "") return null;
  return state.files.has(state.compared) ? state.compared : state.event;
}

function head(all, chosen) {
  const select = (words, entries, value, act) => {
    const made = element("select", { onchange: ({ target }) => (act(target.value), again("compare")) });
    options(made, entries, value);
    return element("label", {}, `${words} `, made);
  };
  const version = (which, words) => select(words, all.map((each) => [each.key, each.words]), chosen[which], (key) => (state.versions = { ...chosen, [which]: key }));
  const events = [["", "(the texts alone)"], ...endings(".event", ".history").map((name) => [name, name])];
  const full = element("input", { type: "checkbox", checked: state.full, onchange: ({ target }) => ((state.full = target.checked), again("compare")) });
  return element("p", { class: "choices" }, version("old", "Old"), version("now", "New"), select("Event", events, event() ?? "", (name) => (state.compared = name)), element("label", {}, full, " everything"));
}

shows("compare", async () => {
  const all = versions();
  if (all.length < 2) return [element("p", {}, "Change the rulebook, or open a second version, to compare.")];
  const chosen = state.versions ?? standard(all);
  const [old, now] = [chosen.old, chosen.now].map((key) => all.find((each) => each.key === key) ?? all[0]);
  const opened = Object.fromEntries([old, now].filter((each) => each.text !== undefined).map((each) => [each.path, each.text])); // these do not count toward what the page takes
  const answer = await asked({ ask: "compare", old: old.path, left: now.path, event: event(), full: state.full, opened }, "compare");
  if (answer === null) return null;
  return [head(all, chosen), ...(answer.told ? documentParts(answer.told) : refusal(answer))];
});
