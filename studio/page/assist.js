// What the language server knows of a place, in the editor: hover, completion, and keys for what is asked of a name.
import { hoverTooltip, keymap, EditorView } from "@codemirror/view";
import { EditorState } from "@codemirror/state";
import { element } from "./dom.js";
import { markdown } from "./markdown.js";
import { offsetOf } from "./server.js";

const KINDS = { 2: "method", 3: "function", 5: "property", 6: "variable", 7: "class", 9: "namespace", 11: "constant", 12: "constant", 14: "keyword", 17: "text", 20: "enum" };

// `help.at(method, editor, offset, more)` asks the server; what the keys call acts on what is at a place.
export function assist(editor, help) {
  const key = (name, act) => ({ key: name, run: (view) => (help[act](editor(), view.state.selection.main.head), true) });
  const hover = hoverTooltip(async (view, offset) => {
    const told = await help.at("textDocument/hover", editor(), offset);
    if (!told?.contents?.value) return null;
    const [pos, end] = told.range ? [offsetOf(view.state.doc, told.range.start), offsetOf(view.state.doc, told.range.end)] : [offset, offset];
    return { pos, end, above: true, create: () => ({ dom: element("div", { class: "hover" }, markdown(told.contents.value)) }) };
  });
  const complete = async (context) => {
    const word = context.matchBefore(/[\p{L}\p{N}_-]+/u);
    if (!context.explicit && !word) return null;
    const told = await help.at("textDocument/completion", editor(), context.pos);
    const items = told?.items ?? told ?? [];
    if (!items.length) return null;
    const from = items[0].textEdit ? offsetOf(context.state.doc, items[0].textEdit.range.start) : (word?.from ?? context.pos);
    return {
      from: Math.min(from, context.pos),
      options: items.map((item, place) => ({ label: item.label, apply: item.textEdit?.newText ?? item.label, type: KINDS[item.kind], detail: item.detail, info: typeof item.documentation === "string" ? item.documentation : undefined, boost: -Math.min(place, 99) })),
      validFor: /^[\p{L}\p{N}_-]*$/u,
    };
  };
  return [
    hover,
    EditorState.languageData.of(() => [{ autocomplete: complete }]),
    keymap.of([key("F12", "define"), key("Shift-F12", "references"), key("F2", "rename"), key("Mod-Shift-o", "outline")]),
    EditorView.domEventHandlers({
      mousedown(event, view) {
        if (!(event.ctrlKey || event.metaKey) || event.button !== 0) return false;
        const offset = view.posAtCoords({ x: event.clientX, y: event.clientY });
        if (offset === null) return false;
        help.define(editor(), offset);
        return true;
      },
    }),
  ];
}
