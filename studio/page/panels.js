// What the tabs show of the event, of every loss and of the tests.
import { asked } from "./ask.js";
import { documentParts } from "./document.js";
import { $, button, element } from "./dom.js";
import { Losses } from "./losses.js";
import { ensures, paragraphs, payersTable, picture } from "./pays.js";
import { acts, refusal } from "./problems.js";
import { state } from "./state.js";
import { again, panel, shows } from "./tabs.js";
import { testParts } from "./tests.js";
import { left } from "./texts.js";

const isHistory = () => state.event.endsWith(".history");
const goToLine = (line) => left.goToLine(line);
const say = (words) => [element("p", {}, words)];

// What is shown of an answer: the parts of what is told, or why there is nothing; null where another question came later.
const shownOf = (answer, parts) => (answer === null ? null : answer.told === undefined ? refusal(answer) : parts(answer.told));

// Say in a place why somebody pays, or a step draws, what it does; with another loss if one is given.
async function why(what, place, loss = null) {
  const box = $(place);
  const answer = await asked({ ask: "cell", event: state.event, loss, ...what }, "why");
  if (answer === null || !box.isConnected) return;
  const parts = answer.told ? [element("h3", {}, answer.told.title), ...paragraphs(answer.told, goToLine, "h4")] : refusal(answer);
  box.replaceChildren(...parts, button("Close", () => box.replaceChildren()));
  box.scrollIntoView({ block: "nearest" });
}

shows("pays", async () => {
  if (!state.event) return say("Choose an event at the right to see who pays.");
  if (isHistory()) return shownOf(await asked({ ask: "history", event: state.event }, "pays"), documentParts);
  return shownOf(await asked({ ask: "run", event: state.event }, "pays"), (told) => [
    element("p", { class: "said" }, told.story.paragraphs[0].sentences.at(-1)),
    picture(told, (what) => why(what, "why")),
    payersTable(told, (what) => why(what, "why")),
    element("div", { class: "why", id: "why", "aria-live": "polite" }),
    ...ensures(told.allocation),
  ]);
});

shows("explain", async () => {
  if (!state.event) return say("Choose an event at the right to read its explanation.");
  if (isHistory()) return say("A history is told day by day under “Who pays”. To read one day, choose an event.");
  return shownOf(await asked({ ask: "run", event: state.event }, "explain"), (told) => [element("h2", {}, told.story.title), ...paragraphs(told.story, goToLine)]);
});

const losses = new Losses(
  panel("losses"),
  async (loss) => {
    const answer = await asked({ ask: "run", event: state.event, loss }, "slide");
    return answer === null ? null : (answer.told ?? { nodes: refusal(answer) });
  },
  (what, loss) => why(what, "why-loss", loss),
);

shows("losses", async () => {
  if (!state.event || isHistory()) return say("Choose an event at the right: its loss goes on the slider.");
  const { event } = state;
  const profile = await asked({ ask: "profile", event }, "losses");
  return shownOf(profile, (told) => {
    losses.show(told);
    return [];
  });
});

shows("tests", async () => shownOf(await asked({ ask: "tests" }, "tests"), (told) => [button("Run the tests again", () => again("tests")), ...testParts(told, acts)]));
