// The texts are kept in this browser on request, and then until something else is asked for.
import { tell } from "./dialogs.js";
import { state } from "./state.js";

const KEPT = "rulelang studio", REST = 500; // milliseconds after the last key
let keeping = 0;

export const stored = () => {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null;
  }
};

// Keep the texts as they are, soon.
export function keep() {
  clearTimeout(keeping);
  if (state.kept) keeping = setTimeout(() => setKeeping(true), REST);
}

export function setKeeping(on) {
  clearTimeout(keeping);
  state.kept = on;
  try {
    if (on) localStorage.setItem(KEPT, JSON.stringify({ v: 1, files: Object.fromEntries(state.files), left: state.left, right: state.right, tab: state.tab }));
    else localStorage.removeItem(KEPT);
  } catch {
    state.kept = false;
    tell("They cannot be kept", "This browser keeps nothing for this page.");
  }
}

// Other texts take the place of these, which stay as they were kept.
export function leave() {
  if (state.kept) setKeeping(true);
  clearTimeout(keeping);
}
