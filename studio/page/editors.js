// The two editors. Each text has a state of its own, so that its history of changes stays when another is looked at.
import { closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { basicSetup } from "codemirror";
import { HighlightStyle, StreamLanguage, foldService, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import words from "words.json";
import { assist } from "./assist.js";
import { element, marked } from "./dom.js";
import { facts, known } from "./facts.js";
import { MOST_TEXT } from "./link.js";

const KNOWN = new Set(words);
const TYPES = new Set(["money", "number", "ratio", "text", "date", "yes/no"]);

const language = StreamLanguage.define({
  name: "rulelang",
  languageData: { commentTokens: { line: "#" } },
  token(stream) {
    if (stream.eatSpace()) return null;
    if (stream.match(/^#.*/)) return "comment";
    if (stream.match(/^"[^"]*"?/)) return "string";
    if (stream.match(/^\d{4}-\d\d-\d\d/) || stream.match(/^\d[\d_.]*%?/)) return "number";
    if (stream.match(/^\p{Lu}[\p{L}\p{N}_]*/u)) return "atom";
    const word = stream.match(/^(yes\/no|[\p{Ll}_][\p{L}\p{N}_]*(-up|-default)?)/u);
    if (word) return TYPES.has(word[0]) ? "typeName" : KNOWN.has(word[0]) ? "keyword" : "variableName";
    stream.next();
    return "operator";
  },
});

const style = HighlightStyle.define([
  { tag: tags.comment, color: "var(--soft)", fontStyle: "italic" },
  { tag: tags.string, color: "var(--said)" },
  { tag: tags.number, color: "var(--figure)" },
  { tag: tags.atom, color: "var(--figure)" },
  { tag: tags.typeName, color: "var(--class-parties)" },
  { tag: tags.keyword, color: "var(--accent)", fontWeight: "600" },
]);

// What stands deeper than a line, right below it, folds into it: of each line of a text where that ends, worked out once.
const ends = new WeakMap();
const folds = foldService.of(({ doc }, start) => {
  if (!ends.has(doc)) ends.set(doc, foldEnds(doc));
  const first = doc.lineAt(start), to = ends.get(doc).get(first.number);
  return to === undefined ? null : { from: first.to, to };
});

function foldEnds(doc) {
  const found = new Map(), above = [];
  let number = 0, at = 0, last = { number: 0, to: 0 };
  const close = (depth) => {
    while (above.length && above.at(-1).depth >= depth) {
      const { number: first } = above.pop();
      if (last.number > first) found.set(first, last.to);
    }
  };
  for (const text of doc.iterLines()) {
    number += 1;
    const depth = text.search(/\S/), to = at + text.length;
    if (depth >= 0) {
      close(depth);
      above.push({ number, depth });
      last = { number, to };
    }
    at = to + 1;
  }
  close(0);
  return found;
}

const theme = EditorView.theme({
  "&": { height: "100%", fontSize: "13px", backgroundColor: "var(--paper)", color: "var(--ink)" },
  ".cm-scroller": { fontFamily: "ui-monospace, SFMono-Regular, Consolas, 'Liberation Mono', monospace", lineHeight: "1.45" },
  ".cm-gutters": { backgroundColor: "var(--card)", color: "var(--soft)", borderRight: "1px solid var(--line)" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--active)" },
  ".cm-content": { caretColor: "var(--ink)" },
  "&.cm-focused .cm-cursor": { borderLeftColor: "var(--ink)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--chosen) !important" },
  ".cm-tooltip, .cm-panels": { backgroundColor: "var(--card)", color: "var(--ink)", border: "1px solid var(--line)" },
  ".cm-tooltip": { maxWidth: "36rem" },
  ".cm-panel button, .cm-panel input, .cm-diagnosticAction": { color: "var(--ink)", backgroundColor: "var(--paper)", backgroundImage: "none", border: "1px solid var(--line)" },
  ".cm-diagnosticAction": { borderRadius: ".3rem", margin: ".3rem .3rem 0 0", cursor: "pointer" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--accent)", color: "var(--accent-ink)" },
});

export class Editor {
  // `changed(name)` hears of each change a person makes; `full()` is told when a text would grow beyond all bounds;
  // `help` has what is done at a key.
  constructor(parent, label, { changed, full }, help) {
    this.states = new Map();
    this.name = null;
    const guard = EditorState.transactionFilter.of((change) => {
      if (!change.docChanged || change.newDoc.length <= MOST_TEXT || change.newDoc.length < change.startState.doc.length) return change;
      full(change.newDoc.length);
      return [];
    });
    this.extensions = [
      keymap.of([{ key: "Mod-Enter", run: () => (help.run(), true) }, ...closeBracketsKeymap, ...lintKeymap, ...completionKeymap]),
      basicSetup,
      language,
      folds,
      syntaxHighlighting(style),
      theme,
      lintGutter(),
      guard,
      matchMedia("(max-width: 40rem)").matches ? EditorView.lineWrapping : [],
      EditorView.contentAttributes.of({ "aria-label": label }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged && this.name !== null) changed(this.name);
      }),
      facts,
      assist(() => this, help),
    ];
    this.view = new EditorView({ parent, state: this.made("") });
  }

  made(text) {
    return EditorState.create({ doc: text, extensions: this.extensions });
  }

  // Show a text; what was shown before keeps its history.
  show(name, text) {
    if (this.name !== null) this.states.set(this.name, this.view.state);
    this.name = name;
    const kept = this.states.get(name);
    this.view.setState(kept?.doc.toString() === text ? kept : this.made(text ?? ""));
  }

  forget() {
    this.states.clear();
    this.name = null;
  }

  get text() {
    return this.view.state.doc.toString();
  }

  // Put others into the place of pieces, each with `from`, `to` and `insert`.
  change(changes) {
    this.view.dispatch({ changes });
  }

  replace(text) {
    if (text !== this.text) this.view.dispatch({ changes: { from: 0, to: this.view.state.doc.length, insert: text } });
  }

  goTo(from, to) {
    const last = this.view.state.doc.length;
    const [anchor, head] = [Math.min(from, last), Math.min(to, last)];
    this.view.dispatch({ selection: { anchor, head }, effects: EditorView.scrollIntoView(anchor, { y: "center" }) });
    this.view.focus();
  }

  goToLine(line) {
    const { doc } = this.view.state;
    const { from, to } = doc.line(Math.min(Math.max(line, 1), doc.lines));
    this.goTo(from, to);
  }

  // Show what is known of the text as a whole.
  know(told) {
    this.view.dispatch({ effects: known(this.view.state.doc, told) });
  }

  // Mark what was found in the text that is shown; `fix` carries out what a finding offers.
  mark(findings, fix) {
    const last = this.view.state.doc.length;
    const found = findings
      .filter((each) => each.file === this.name)
      .map((each) => {
        const from = Math.min(each.offset ?? 0, last), to = Math.min(Math.max(each.end_offset ?? from, from), last);
        return {
          from,
          to,
          severity: each.severity === "note" ? "info" : each.severity,
          message: each.message,
          renderMessage: () => said(each),
          actions: each.fixes.map((one) => ({ name: fixWords(one), apply: () => fix(each, one) })),
        };
      });
    this.view.dispatch(setDiagnostics(this.view.state, found));
  }
}

// What a fix does, as words on a button.
export const fixWords = ({ title }) => (title.charAt(0).toUpperCase() + title.slice(1)).replaceAll("`", "");

const said = (found) =>
  element("div", {}, element("strong", {}, `${found.severity}: `), marked(found.message), ...found.helps.map((help) => element("div", { class: "help" }, "Help: ", marked(help))));
