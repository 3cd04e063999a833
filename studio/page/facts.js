// What the language server knows of a whole text, in its editor: what each word is, what folds, and amounts beside steps.
import { foldService } from "@codemirror/language";
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
const held = StateField.define({
  create: () => ({ marks: Decoration.none, folds: [] }),
  update(value, { effects, changes, docChanged }) {
    const told = effects.find((effect) => effect.is(learnt));
    if (told) return told.value;
    return docChanged ? { marks: value.marks.map(changes), folds: value.folds.map((ends) => ends.map((end) => changes.mapPos(end))) } : value;
  },
  provide: (field) => Prec.highest(EditorView.decorations.from(field, ({ marks }) => marks)),
});

export const facts = [
  held,
  foldService.of((state, start, end) => {
    const [from, to] = state.field(held).folds.find(([at]) => at >= start && at <= end) ?? [];
    return to > end ? { from, to } : null;
  }),
];

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
export function known(doc, { tokens, folds, hints }) {
  const amounts = hints.map((hint) => Decoration.widget({ widget: new Amount(hint.label), side: 1 }).range(offsetOf(doc, hint.position)));
  const ends = folds.map(({ startLine, endLine }) => [startLine, endLine].map((line) => doc.line(line + 1).to));
  return learnt.of({ marks: Decoration.set([...words(doc, tokens), ...amounts], true), folds: ends });
}
