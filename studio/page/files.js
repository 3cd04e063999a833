// Files, folders and archives that a person chooses, and what a person saves.
import { element } from "./dom.js";
import { Refused, clash, fitting, named } from "./link.js";

// Texts of chosen files; those of a folder without the folder's own name.
export async function chosenTexts(list, engine) {
  const files = new Map();
  for (const file of list) {
    if (file.name.endsWith(".zip")) {
      const answer = await engine.ask({ ask: "unzip", data: new Uint8Array(await file.arrayBuffer()) });
      if (answer.fault) throw new Refused(answer.fault);
      for (const [name, text] of Object.entries(answer.told)) files.set(name, text);
      continue;
    }
    const name = file.webkitRelativePath ? file.webkitRelativePath.split("/").slice(1).join("/") : file.name;
    if (!named(name) || name.split("/").some((part) => part.startsWith("."))) continue;
    if (file.size > 4_000_000) throw new Refused(`${name} has ${(file.size / 1e6).toFixed(1)} MB; this page takes texts of 200,000 characters together.`);
    files.set(name, new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer()));
  }
  if (!files.size) throw new Refused("There is no rulebook, event, history or table among them (.rules, .event, .history, .csv).");
  fitting([...files.values()]);
  if (clash([...files.keys()]) !== null) throw new Refused("A file cannot be a folder of another.");
  return files;
}

export function download(name, content, type) {
  const address = URL.createObjectURL(new Blob([content], { type }));
  element("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
