// The folder on this machine that `rulelang studio FOLDER` was started with: read, and saved to.
import { closer, dialog, tell } from "./dialogs.js";
import { element } from "./dom.js";
import { fitting } from "./link.js";
import { state, written } from "./state.js";
import { open } from "./texts.js";

// Its name, if there is one.
export let shared = null;

const lines = (all) => element("ul", {}, all.map((line) => element("li", {}, line)));

// Open the texts of the folder; whether there is one.
export async function readFolder() {
  const reply = await fetch("./folder.json", { cache: "no-store" }).catch(() => null);
  const told = await reply?.json().catch(() => null); // some servers answer whatever is asked with a page
  if (reply?.status === 500 && told?.problem) tell("The folder cannot be read", told.problem);
  if (!reply?.ok || typeof told?.name !== "string" || typeof told.files !== "object") return false;
  shared = told.name;
  const files = new Map(Object.entries(told.files));
  const list = told.left_out.length > 0 && lines(told.left_out);
  try {
    fitting([...files.values()]);
  } catch (error) {
    dialog("The folder holds too much", element("p", {}, error.message), list, closer());
    return false;
  }
  if (!files.size) files.set("rulebook.rules", "");
  open({ files }, { of: { name: shared, digests: new Map(Object.entries(told.digests)) } });
  if (list) dialog("Not everything was opened", element("p", {}, `This was left out of ${shared}:`), list, closer());
  return true;
}

// Save what changed, each text over what was read of it.
export async function saveFolder() {
  const said = [], { folder } = state;
  for (const [name, text] of [...state.files]) {
    if (state.opened.get(name) === text) continue;
    const reply = await fetch(`./folder/${name.split("/").map(encodeURIComponent).join("/")}`, { method: "PUT", headers: { "X-Digest": folder.digests.get(name) ?? "" }, body: written(name) }).catch(() => null);
    const told = (await reply?.json().catch(() => null)) ?? { problem: reply?.statusText ?? "nobody answers; was `rulelang studio` ended?" };
    if (reply?.ok) folder.digests.set(name, told.digest);
    if (state.folder !== folder) break; // other texts were opened meanwhile
    if (reply?.ok) state.opened.set(name, text);
    said.push(reply?.ok ? `saved ${name}` : `NOT saved ${name}: ${told.problem}`);
  }
  dialog("Saved", lines(said.length ? said : ["Nothing had changed."]), closer());
}
