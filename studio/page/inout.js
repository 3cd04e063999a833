// Texts in and out: Open, Save and Share.
import { asked, engine } from "./ask.js";
import { close, closer, dialog, tell } from "./dialogs.js";
import { $, button, element } from "./dom.js";
import { Broken } from "./engine.js";
import { chosenTexts, download } from "./files.js";
import { readFolder, saveFolder, shared } from "./folder.js";
import { setKeeping, stored } from "./kept.js";
import { LONG_LINK, Refused, believed, packed, unpacked } from "./link.js";
import { state, written } from "./state.js";
import { leaving, open } from "./texts.js";

// Open what `had` promises, unless changes would be put away; `failed` is the title of a refusal, `other` its words for what is no text.
async function taken(had, failed, other, how = {}) {
  try {
    const given = await had();
    if (await leaving()) open(given, how);
    close();
  } catch (error) {
    tell(failed, error instanceof Refused || error instanceof Broken ? error.message : other);
  }
}

$("open").onclick = () => {
  const link = element("input", { type: "text", id: "open-link", spellcheck: "false", autocomplete: "off" });
  const chosen = ({ target }) => taken(async () => ({ files: await chosenTexts(target.files, engine) }), "These cannot be opened", "A file is no text in UTF-8.");
  const linked = () => taken(() => unpacked(link.value.slice(Math.max(0, link.value.indexOf("#state=")))), "The link cannot be opened", "It is damaged.");
  const kept = () => taken(async () => believed(JSON.parse(stored())), "The kept texts cannot be opened", "They are damaged.", { kept: true });
  const input = (more) => element("input", { type: "file", ...more, onchange: chosen });
  dialog("Open", element("p", {}, "Files stay in this page; nothing is sent."),
    element("p", {}, element("label", {}, "Files, or a .zip of them ", input({ id: "open-files", multiple: true, accept: ".rules,.event,.history,.csv,.json,.zip" }))),
    element("p", {}, element("label", {}, "A folder ", input({ id: "open-folder", webkitdirectory: true }))),
    element("p", { class: "choices" }, element("label", {}, "A link, or its end from # on ", link), button("Open the link", linked)),
    shared && element("p", {}, button(`Read ${shared} again`, async () => (await leaving()) && (close(), readFolder()))),
    !state.kept && stored() !== null && element("p", {}, button("The texts that are kept in this browser", kept)),
    closer("Cancel"));
};

async function zipped() {
  const answer = await asked({ ask: "zip", files: Object.fromEntries([...state.files.keys()].map((name) => [name, written(name)])) });
  if (answer?.told) download("rulelang.zip", answer.told, "application/zip");
}

$("save").onclick = () => {
  const one = (name) => name !== null && button(`This file: ${name}`, () => download(name.split("/").at(-1), written(name), "text/plain"));
  const keeping = element("input", { type: "checkbox", checked: state.kept, onchange: ({ target }) => setKeeping(target.checked) });
  dialog("Save",
    element("p", { class: "acts column" }, state.folder && button(`All that changed, to ${state.folder.name} on this machine`, saveFolder), one(state.left), state.right !== state.left && one(state.right), button("All files as a .zip", zipped)),
    element("p", {}, element("label", {}, keeping, " Keep my texts in this browser, so that they are here next time", !state.kept && stored() !== null && " (in place of those that were kept before)")),
    closer());
};

$("share").onclick = async () => {
  const { files, left, right, tab } = state;
  const fragment = await packed({ files: Object.fromEntries(files), left, ...(right === null ? {} : { right }), tab });
  const alone = ["127.0.0.1", "localhost"].includes(location.hostname);
  const link = alone ? fragment : location.href.split("#")[0] + fragment;
  history.replaceState(null, "", fragment);
  const field = element("textarea", { id: "link", readonly: true, rows: 4, "aria-label": "The link", onfocus: ({ target }) => target.select() }, link);
  const done = element("span", { role: "status" });
  const copy = async () => {
    field.select();
    done.textContent = await navigator.clipboard.writeText(link).then(() => "copied", () => "press Ctrl+C to copy");
  };
  dialog("A link that carries all texts", element("p", {}, `Whoever opens it has all ${files.size} files: they are in the link itself (${link.length.toLocaleString("en")} characters), behind the #, which no browser sends to a server.`),
    alone && element("p", { class: "note" }, "This page is served to this machine alone, at a secret address. What stands below goes behind the address of any playground, or into “Open…”."),
    link.length > LONG_LINK && element("p", { class: "warning" }, "It is longer than 8 KB: some chat and mail programs cut such links off. A .zip (Save…) is safer."),
    field, element("p", { class: "acts" }, button("Copy", copy), closer(), done));
  field.focus();
};
