// The tabs below the texts. What one shows is worked out anew when it is looked at after the texts changed.
import { $, button, element } from "./dom.js";
import { TABS } from "./link.js";
import { state } from "./state.js";
import { changes, help } from "./texts.js";

const REST = 300; // milliseconds after the last key
const ALL = Object.keys(TABS);
const panels = {}, partsOf = {};
let stale = new Set(ALL), showing = 0;

// What a tab shows: `parts()` promises elements, or null where a later question took the place of its own.
export function shows(tab, parts) {
  partsOf[tab] = parts;
}

export const panel = (tab) => panels[tab];

for (const tab of ALL) {
  const first = element("p", { class: "note" }, "The language is being loaded; you can write meanwhile.");
  panels[tab] = element("div", { id: `panel-${tab}`, role: "tabpanel", "aria-labelledby": `tab-${tab}`, tabindex: 0, hidden: true }, first);
  $("panels").append(panels[tab]);
  $("tabs").append(button(TABS[tab], () => show(tab), { role: "tab", id: `tab-${tab}`, "aria-controls": `panel-${tab}` }));
}
$("tabs").onkeydown = (event) => {
  const at = ALL.indexOf(state.tab);
  const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: ALL.length - 1 }[event.key];
  if (next === undefined) return;
  event.preventDefault();
  show(ALL.at(next % ALL.length));
  $(`tab-${state.tab}`).focus();
};

function mark() {
  for (const tab of ALL) {
    const chosen = tab === state.tab;
    $(`tab-${tab}`).setAttribute("aria-selected", String(chosen));
    $(`tab-${tab}`).tabIndex = chosen ? 0 : -1;
    panels[tab].hidden = !chosen;
  }
}

export function show(tab) {
  state.tab = tab;
  mark();
  return refresh();
}

// Work out again what a tab shows.
export function again(tab) {
  stale.add(tab);
  return refresh();
}

// Bring the tab that is shown up to date with the texts.
export async function refresh() {
  const { tab } = state;
  if (!stale.has(tab) || state.left === null) return;
  stale.delete(tab);
  const parts = await partsOf[tab]();
  if (parts === null) stale.add(tab);
  else if (parts.length) panels[tab].replaceChildren(...parts);
}

changes.push(() => {
  stale = new Set(ALL);
  mark();
  clearTimeout(showing);
  showing = setTimeout(refresh, REST);
});
help.run = () => {
  $("results").focus();
  refresh();
};
