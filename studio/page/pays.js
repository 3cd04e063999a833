// Who pays: a picture of the waterfall, and a table in which every cell can be asked for its reason.
import { button, drawn, element } from "./dom.js";
import { scroll } from "./document.js";
import { grouped, shown, units } from "./money.js";

const CLASS_WORDS = { defaulters: "the defaulters", ccp: "the CCP", parties: "other parties", survivors: "the surviving members" };

export function picture(told, why) {
  const { allocation, decimals, steps } = told;
  const loss = Number(units(allocation.loss, decimals)) || 1;
  const classes = new Map(steps.map((step) => [step.name, step]));
  let before = 0;
  const rows = allocation.tranches.map((line) => {
    const drawnUnits = Number(units(line.drawn, decimals)), step = classes.get(line.tranche);
    const capacity = line.capacity === null ? null : Number(units(line.capacity, decimals));
    const row = bar(told, line, step, { loss, before, drawnUnits, capacity }, why);
    before += drawnUnits;
    return row;
  });
  const uncovered = Number(units(allocation.uncovered, decimals));
  if (uncovered > 0) rows.push(last(told, { loss, before, uncovered }));
  return element(
    "figure",
    {},
    element("div", { class: "falls" }, rows),
    element("figcaption", {}, key(steps.map((step) => step.class), uncovered > 0), ` From left to right the whole loss of ${allocation.currency} ${grouped(allocation.loss)}; a pale bar is what the step could have paid.`),
  );
}

function bar(told, line, step, { loss, before, drawnUnits, capacity }, why) {
  const percent = (value) => `${Math.min(100, (100 * value) / loss)}%`;
  const could = capacity === null ? 0 : Math.min(capacity, loss - before);
  const words = [step?.title ?? line.tranche, line.segment && `(${line.segment})`, line.round && `round ${line.round}`, line.defaulter && `for ${line.defaulter}`].filter(Boolean).join(" ");
  return element(
    "div",
    { class: line.skipped || drawnUnits === 0 ? "fall idle" : "fall" },
    button(words, () => why({ step: line.tranche }), { class: "name", title: `Why ${line.tranche} pays this` }),
    drawn(
      "svg",
      { class: `bar ${step?.class ?? ""}`, "aria-hidden": "true" },
      drawn("rect", { class: "whole", width: "100%", height: "100%" }),
      drawn("rect", { class: "could", x: percent(before), width: percent(could), height: "100%" }),
      drawn("rect", { class: "paid", x: percent(before), width: percent(drawnUnits), height: "100%" }),
    ),
    element("span", { class: "number" }, line.skipped ?? grouped(line.drawn)),
  );
}

function last(told, { loss, before, uncovered }) {
  return element(
    "div",
    { class: "fall" },
    element("span", { class: "name" }, "Uncovered"),
    drawn(
      "svg",
      { class: "bar uncovered", "aria-hidden": "true" },
      drawn("rect", { class: "whole", width: "100%", height: "100%" }),
      drawn("rect", { class: "paid", x: `${(100 * before) / loss}%`, width: `${(100 * uncovered) / loss}%`, height: "100%" }),
    ),
    element("span", { class: "number bad" }, grouped(told.allocation.uncovered)),
  );
}

export function key(classes, uncovered) {
  const used = [...new Set(classes)];
  const mark = (name, words) => element("span", { class: "key" }, element("span", { class: `swatch ${name}`, "aria-hidden": "true" }), words);
  return [...used.map((name) => mark(name, CLASS_WORDS[name])), uncovered && mark("uncovered", "uncovered")];
}

// Rows are payers, columns the steps that drew something; rounds and passes of a step stand together.
export function payersTable(told, why) {
  const { allocation, decimals, names, classes } = told;
  const columns = [], cells = new Map(), rows = new Map();
  const columnOf = (line) => JSON.stringify([line.tranche, line.segment]);
  for (const line of allocation.tranches) if (units(line.drawn, decimals) > 0n && !columns.includes(columnOf(line))) columns.push(columnOf(line));
  for (const line of allocation.allocations) {
    const amount = units(line.amount, decimals), at = `${columnOf(line)} ${line.payer}`;
    cells.set(at, (cells.get(at) ?? 0n) + amount);
    rows.set(line.payer, (rows.get(line.payer) ?? 0n) + amount);
  }
  const say = (amount) => shown(amount, decimals);
  const totals = columns.map((column) => [...rows.keys()].reduce((sum, payer) => sum + (cells.get(`${column} ${payer}`) ?? 0n), 0n));
  const head = columns.map((column) => {
    const [step, segment] = JSON.parse(column);
    return element("th", { scope: "col", class: "number" }, button(segment ? `${step} ${segment}` : step, () => why({ step })));
  });
  const line = (payer) =>
    element(
      "tr",
      {},
      element("th", { scope: "row" }, element("span", { class: `swatch ${classes[payer] ?? ""}`, "aria-hidden": "true" }), button(payer, () => why({ payer })), names[payer] && names[payer] !== payer && element("span", { class: "note" }, ` ${names[payer]}`)),
      columns.map((column) => {
        const amount = cells.get(`${column} ${payer}`), [step] = JSON.parse(column);
        return element("td", { class: "number" }, amount ? button(say(amount), () => why({ payer, step }), { class: "cell", title: `Why ${payer} pays this under ${step}` }) : "");
      }),
      element("td", { class: "number total" }, say(rows.get(payer))),
    );
  if (!rows.size) return element("p", {}, "Nobody pays anything.");
  return scroll(
    element(
      "table",
      { class: "payers" },
      element("caption", {}, `Who pays (${allocation.currency}); press a figure to read why`),
      element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "payer"), head, element("th", { scope: "col", class: "number" }, "total"))),
      element("tbody", {}, [...rows.keys()].map(line)),
      element("tfoot", {}, element("tr", {}, element("th", { scope: "row" }, "all"), totals.map((sum) => element("td", { class: "number" }, say(sum))), element("td", { class: "number" }, say(totals.reduce((a, b) => a + b, 0n))))),
    ),
    "Who pays",
  );
}

export function ensures(allocation) {
  const lines = allocation.ensures ?? [];
  if (!lines.length) return [];
  return [
    element("h3", {}, "What must hold"),
    element("ul", { class: "ensures" }, lines.map((line) => element("li", { class: line.holds ? "good" : "bad" }, line.holds ? "holds: " : "BROKEN: ", line.text, line.breaches.length > 0 && ` (for ${line.breaches.join(", ")})`))),
  ];
}

// Paragraphs of an explanation, each with a way to the line of the rulebook that it tells of.
export function paragraphs(told, goToLine, level = "h3") {
  return told.paragraphs.map((each) =>
    element(
      "section",
      {},
      element(level, {}, each.heading, each.facts?.line ? [" ", button(`line ${each.facts.line}`, () => goToLine(each.facts.line), { class: "place" })] : null),
      element("p", {}, each.sentences.join(" ")),
      each.lines.length > 0 && element("ul", {}, each.lines.map((line) => element("li", {}, line))),
    ),
  );
}
