// Elements are made here and nowhere else: whatever is a text becomes a text node, never markup.
const SVG = "http://www.w3.org/2000/svg";

export const $ = (id) => document.getElementById(id);

export function element(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

export function drawn(tag, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

function filled(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, String(value));
  }
  made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

// A sentence as the package gives it: pieces, each a text and whether it is a piece of a rulebook.
export const sentence = (pieces) => pieces.map(([text, code]) => (code ? element("code", {}, text) : text));

// A sentence whose pieces of a rulebook stand between backticks.
export const marked = (text) => sentence(text.split("`").map((piece, place, all) => [piece, place % 2 === 1 && all.length % 2 === 1]));

export function button(words, act, attributes = {}) {
  return element("button", { type: "button", onclick: act, ...attributes }, words);
}

export function options(select, entries, chosen) {
  select.replaceChildren(...entries.map(([value, words]) => element("option", { value, selected: value === chosen }, words)));
  if (chosen !== undefined && chosen !== null) select.value = chosen;
}
