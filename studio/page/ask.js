// The language as the page asks it, and the line that says how it is.
import { $ } from "./dom.js";
import { Broken, Engine, Superseded } from "./engine.js";
import { state } from "./state.js";

const SLOW = 3000; // milliseconds until a question can be stopped
let slow = 0;

export const engine = new Engine((how, words) => {
  const said = { starting: `starting: ${words || "the language"} …`, ready: "ready", working: "working …", failed: `not available: ${words}` };
  $("status").textContent = said[how];
  $("status").dataset.how = how;
  clearTimeout(slow);
  $("stop").hidden = how !== "failed";
  $("stop").textContent = how === "failed" ? "Try again" : "Stop";
  if (how === "working") slow = setTimeout(() => ($("stop").hidden = false), SLOW);
});
$("stop").onclick = () => (engine.ready ? engine.stop() : engine.again());

// The answer to a question about the texts: `told`, `refused` or `fault`; null where a later one took its place.
export async function asked(question, slot = null) {
  try {
    return await engine.ask({ left: state.left, files: Object.fromEntries(state.files), ...question }, slot);
  } catch (error) {
    if (error instanceof Superseded) return null;
    if (error instanceof Broken) return { fault: error.message };
    throw error;
  }
}
