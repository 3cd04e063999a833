// What is wrong with the two texts, marked in them and listed.
import { asked } from "./ask.js";
import { $, element } from "./dom.js";
import { findingList } from "./findings.js";
import { TABS } from "./link.js";
import { state } from "./state.js";
import { panel, shows } from "./tabs.js";
import { changes, editors, goTo, replace } from "./texts.js";

const PAUSE = 120; // milliseconds after the last key
let checking = 0;

// What can be done with a finding.
export const acts = { goTo, fix, code: async (code) => (await asked({ ask: "code", code }))?.told ?? "" };

// The text may have changed since: what is replaced must be what was found.
async function fix(found, one) {
  const fresh = await check();
  const again = fresh?.find((each) => each.code === found.code && each.offset === found.offset && each.message === found.message);
  const fresher = again?.fixes.find((each) => each.replacement === one.replacement && each.offset === one.offset);
  if (fresher && state.files.has(fresher.file)) replace(fresher.file, [{ from: fresher.offset, to: fresher.end_offset, insert: fresher.replacement }]);
}

async function check() {
  const before = new Map(state.files);
  const answer = await asked({ ask: "check", right: state.right }, "check");
  if (answer === null) return null;
  const found = answer.told ?? answer.refused ?? [];
  if ([...before].every(([name, text]) => state.files.get(name) === text)) editors.forEach((editor) => editor.name !== null && editor.mark(found, fix));
  const list = found.length ? findingList(found, acts) : element("p", { class: "good" }, "Nothing was found in the texts that are open.");
  panel("problems").replaceChildren(answer.fault ? warning(answer.fault) : list);
  $("tab-problems").textContent = found.length ? `${TABS.problems} (${found.length})` : TABS.problems;
  $("tab-problems").classList.toggle("bad", found.some((each) => each.severity === "error"));
  return found;
}

export const warning = (words) => element("p", { class: "warning", role: "alert" }, words);

// What stands where an answer would, if there is none.
export const refusal = (answer) => (answer.fault ? [warning(answer.fault)] : [element("p", {}, "There is no answer, and this is why:"), findingList(answer.refused, acts)]);

shows("problems", async () => ((await check()) === null ? null : []));

changes.push(() => {
  clearTimeout(checking);
  checking = setTimeout(check, PAUSE);
});
