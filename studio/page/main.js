// The page starts: with a link, the folder of this machine, kept texts, or the first example.
import { engine } from "./ask.js";
import "./compare.js";
import { tell } from "./dialogs.js";
import { $, element } from "./dom.js";
import "./filelist.js";
import { readFolder } from "./folder.js";
import "./inout.js";
import { stored } from "./kept.js";
import { Refused, believed, unpacked } from "./link.js";
import { keepPage } from "./offline.js";
import "./panels.js";
import "./places.js";
import { state, unsaved } from "./state.js";
import { leaving, left, open, right } from "./texts.js";

const FIRST = "nasdaq-commodities-2018";
const ours = (name) => new URL(name, import.meta.url);

addEventListener("beforeunload", (event) => {
  if (unsaved()) event.preventDefault();
});

const dark = () => document.documentElement.dataset.theme === "dark" || (!document.documentElement.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches);
const showTheme = () => $("theme").setAttribute("aria-pressed", String(dark()));
$("theme").onclick = () => {
  document.documentElement.dataset.theme = dark() ? "light" : "dark";
  showTheme();
};
showTheme();

async function example(name) {
  const reply = await fetch(ours(`./examples/${encodeURIComponent(name)}.json`));
  if (!reply.ok) throw new Refused("There is no such example.");
  const given = believed(await reply.json());
  if (await leaving()) open(given, { example: name });
  else $("examples").value = state.example;
}

async function examples() {
  const reply = await fetch(ours("./examples/index.json")), list = await reply.json();
  const group = (words, entries) => element("optgroup", { label: words }, entries.map((each) => element("option", { value: each.name }, each.title)));
  $("examples").replaceChildren(element("option", { value: "" }, "(your own texts)"), group("Services", list.filter((each) => !each.change)), group("Changes", list.filter((each) => each.change)));
  $("examples").onchange = ({ target }) => target.value && example(target.value).catch((error) => tell("The example cannot be opened", error instanceof Refused ? error.message : "It cannot be had."));
  return reply.headers;
}

async function fromAddress(first) {
  const { hash } = location;
  try {
    if (hash.startsWith("#state=")) {
      const given = await unpacked(hash);
      if (await leaving()) open(given);
      else history.replaceState(null, "", location.pathname + location.search);
    } else if (/^#example=[a-z0-9-]+$/.test(hash)) await example(hash.slice("#example=".length));
    else if (!first || (await readFolder())) return;
    else if (stored() !== null) open(believed(JSON.parse(stored())), { kept: true });
    else await example(FIRST);
  } catch (error) {
    if (first) await example(FIRST);
    tell("The link cannot be opened", error instanceof Refused ? error.message : "It is damaged.");
  }
}

addEventListener("hashchange", () => fromAddress(false));
const headers = await examples();
await fromAddress(true);
keepPage(headers);

// For the tests of the page, which look and never change anything by it.
window.studio = { state, engine, editors: { left, right } };
