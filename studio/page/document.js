// A document of the package, shown piece by piece: what its HTML page would show, with every text as text.
import { element, sentence } from "./dom.js";

export function documentParts(told) {
  const [title, ...others] = told.title;
  return [
    told.exercise && element("p", { class: "exercise" }, `Exercise: ${told.exercise}`),
    element("h2", {}, title),
    ...others.map((line) => element("p", { class: "note" }, line)),
    told.headline && verdict(told.headline),
    ...told.sections.flatMap(section),
  ].filter(Boolean);
}

function verdict(headline) {
  return element(
    "div",
    { class: headline.calm ? "verdict calm" : "verdict" },
    element("b", {}, headline.words),
    element("p", {}, sentence(headline.sentence)),
    headline.compared.length > 0 && element("p", { class: "note" }, "Compared: ", sentence(headline.compared)),
  );
}

function section(told) {
  const title = [sentence(told.title), told.unit && element("span", { class: "note" }, told.unit)];
  if (told.aside) return [element("details", {}, element("summary", {}, title), body(told))];
  const heading = told.title.length ? [element(told.level > 1 ? "h4" : "h3", {}, title)] : [];
  return [...heading, ...body(told)];
}

function body(told) {
  const list = (lines) => element("ul", {}, lines.map((line) => element("li", {}, sentence(line))));
  return [
    told.intro.length === 1 ? element("p", {}, sentence(told.intro[0])) : told.intro.length > 1 && list(told.intro),
    told.items.length > 0 && list(told.items),
    told.table && table(told.table),
    told.code.length > 0 && element("pre", {}, told.code.join("\n")),
    told.note && element("p", { class: "note" }, sentence(told.note)),
    told.strong && element("p", {}, told.strong[0], element("b", {}, told.strong[1]), told.strong[2]),
  ].filter(Boolean);
}

function table(told) {
  const right = told.columns.map((column) => (column.right ? "number" : null));
  const row = (each) =>
    element(
      "tr",
      { class: [each.whole && "whole", !each.changed && "idle"].filter(Boolean).join(" ") || null },
      each.cells.map((cell, place) =>
        element(
          "td",
          { class: [right[place], cell.tone].filter(Boolean).join(" ") || null },
          cell.code ? cell.text[0][0] !== "" && element("pre", {}, sentence(cell.text)) : sentence(cell.text),
          cell.beside && element("span", { class: "note" }, ` ${cell.beside}`),
        ),
      ),
    );
  return scroll(
    element(
      "table",
      {},
      element("thead", {}, element("tr", {}, told.columns.map((column, place) => element("th", { scope: "col", class: right[place] }, column.title)))),
      element("tbody", {}, told.rows.map(row)),
      told.total && element("tfoot", {}, row(told.total)),
    ),
  );
}

// What is wider than the page scrolls, by keyboard too.
export const scroll = (child, label = "Table") => element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": label }, child);
