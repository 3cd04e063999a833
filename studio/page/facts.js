// What the language server knows of a whole text, in its editor: what each word is, and amounts beside steps.
import { Prec, StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, WidgetType } from "@codemirror/view";
import { element } from "./dom.js";
import { offsetOf } from "./server.js";

const learnt = StateEffect.define();

class Amount extends WidgetType {
  constructor(words) {
    super();
    this.words = words;
  }

  eq(other) {
    return other.words === this.words;
  }

  toDOM() {
    return element("span", { class: "amount" }, this.words);
  }
}

// Facts move with the text until new ones are learnt.
export const facts = StateField.define({
  create: () => Decoration.none,
  update: (marks, { effects, changes }) => effects.find((effect) => effect.is(learnt))?.value ?? marks.map(changes),
  provide: (field) => Prec.highest(EditorView.decorations.from(field)),
});

// Words come as the protocol numbers them: each counted from the one before.
function words(doc, { data, kinds }) {
  const found = [];
  let line = 1, column = 0;
  for (let at = 0; at < data.length; at += 5) {
    const [down, across, length, kind] = data.slice(at, at + 4);
    line += down;
    column = down ? across : column + across;
    const from = doc.line(line).from + column;
    found.push(Decoration.mark({ class: `is-${kinds[kind]}` }).range(from, from + length));
  }
  return found;
}

// The change of a state by which it knows facts of its text.
export function known(doc, { tokens, hints }) {
  const amounts = hints.map((hint) => Decoration.widget({ widget: new Amount(hint.label), side: 1 }).range(offsetOf(doc, hint.position)));
  return learnt.of(Decoration.set([...words(doc, tokens), ...amounts], true));
}
