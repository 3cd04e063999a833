// Texts in and out: files, folders and archives that a person chooses, and what a person saves.
import { $, button, element } from "./dom.js";
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

// A dialog of the page; `parts` are elements, and what a button says of itself closes it.
export function dialog(title, ...parts) {
  const box = $("dialog");
  box.replaceChildren(element("h2", { id: "dialog-title" }, title), ...parts.flat().filter(Boolean));
  if (!box.open) box.showModal();
  return box;
}

export const close = () => $("dialog").close();

export const closer = (words = "Close") => button(words, close);

// Ask a question that is answered with yes or no; no is the answer too where the dialog is closed.
export function askYes(title, words, yes, no) {
  return new Promise((resolve) => {
    const box = dialog(title, element("p", {}, words), element("p", { class: "acts" }, button(no, close), button(yes, () => (resolve(true), close()))));
    const closed = () => {
      if (box.open) return; // an earlier dialog was closed
      box.removeEventListener("close", closed);
      resolve(false);
    };
    box.addEventListener("close", closed);
  });
}

// Ask for the name of a file.
export function askName(title, first, given) {
  return new Promise((resolve) => {
    const field = element("input", { type: "text", id: "file-name", value: first, spellcheck: "false", autocomplete: "off" });
    const problem = element("p", { class: "bad", role: "alert" });
    const form = element("form", { method: "dialog" }, element("label", { for: "file-name" }, "Name "), field, problem, element("p", { class: "acts" }, element("button", { type: "submit" }, "OK"), button("Cancel", () => (close(), resolve(null)))));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const why = given(field.value);
      problem.textContent = why ?? "";
      if (why === null) {
        close();
        resolve(field.value);
      }
    });
    dialog(title, form);
    field.select();
  });
}
