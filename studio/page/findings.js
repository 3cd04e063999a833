// Findings at their place: what is wrong, where, and what to write instead.
import { button, element, marked } from "./dom.js";
import { fixWords } from "./editors.js";

// `to` has goTo(file, from, to), fix(found, one) and code(code) → promise of a text.
export function findingList(findings, to) {
  return element("ul", { class: "findings" }, ...findings.map((found) => finding(found, to)));
}

function finding(found, to) {
  const place = found.line === null || !found.file ? null : button(`${found.file}, line ${found.line}`, () => to.goTo(found.file, found.offset, found.end_offset), { class: "place" });
  const labels = found.labels.filter((label) => label.line).map((label) => element("li", {}, button(`${label.file ?? found.file}, line ${label.line}`, () => to.goTo(label.file ?? found.file, label.offset, label.end_offset), { class: "place" }), " ", marked(label.text)));
  return element(
    "li",
    { class: `finding is-${found.severity}` },
    element("p", {}, element("strong", { class: "severity" }, found.severity), " ", marked(found.message), " ", place),
    labels.length > 0 && element("ul", { class: "labels" }, labels),
    ...found.helps.map((help) => element("p", { class: "help" }, "Help: ", marked(help))),
    ...found.notes.map((note) => element("p", { class: "note" }, marked(note))),
    element("p", { class: "acts" }, ...found.fixes.map((one) => button(fixWords(one), () => to.fix(found, one), { class: "fix" })), codePage(found.code, to)),
  );
}

// The page of a code, fetched when it is opened.
function codePage(code, to) {
  const text = element("pre", {}, "…");
  const details = element("details", {}, element("summary", {}, `What ${code} means`), text);
  details.addEventListener("toggle", async () => {
    if (details.open) text.textContent = await to.code(code);
  }, { once: true });
  return details;
}
