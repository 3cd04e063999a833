// The one dialog of the page: what it says, and what it asks.
import { $, button, element } from "./dom.js";

export function dialog(title, ...parts) {
  const box = $("dialog");
  box.replaceChildren(element("h2", { id: "dialog-title" }, title), ...parts.flat().filter(Boolean));
  if (!box.open) box.showModal();
  return box;
}

export const close = () => $("dialog").close();

export const closer = (words = "Close") => button(words, close);

export function tell(title, words) {
  dialog(title, element("p", {}, words), closer());
}

// Hear that what is asked now was closed; the dialog before it may have been closed just now.
function whenClosed(box, act) {
  const closed = () => {
    if (box.open) return;
    box.removeEventListener("close", closed);
    act();
  };
  box.addEventListener("close", closed);
}

// Ask a question that is answered with yes or no; no is the answer too where the dialog is closed.
export function askYes(title, words, yes, no) {
  return new Promise((resolve) => {
    const box = dialog(title, element("p", {}, words), element("p", { class: "acts" }, button(no, close), button(yes, () => (resolve(true), close()))));
    whenClosed(box, () => resolve(false));
  });
}

// Ask for a name; `wrong` says what is wrong with one, or null. The answer is null where none is given.
export function askName(title, first, wrong) {
  return new Promise((resolve) => {
    const field = element("input", { type: "text", id: "file-name", value: first, spellcheck: "false", autocomplete: "off" });
    const problem = element("p", { class: "bad", role: "alert" });
    const form = element("form", { method: "dialog" }, element("label", { for: "file-name" }, "Name "), field, problem, element("p", { class: "acts" }, element("button", { type: "submit" }, "OK"), button("Cancel", close)));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const why = wrong(field.value);
      problem.textContent = why ?? "";
      if (why !== null) return;
      resolve(field.value);
      close();
    });
    whenClosed(dialog(title, form), () => resolve(null));
    field.select();
  });
}
