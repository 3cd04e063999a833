// What the language server says, in the few forms of Markdown that it uses; every text becomes a text node.
import { element } from "./dom.js";

export function markdown(text) {
  const parts = [];
  const lines = text.split("\n");
  for (let at = 0; at < lines.length; ) {
    if (lines[at].startsWith("```")) {
      const end = lines.findIndex((line, place) => place > at && line.startsWith("```"));
      const till = end < 0 ? lines.length : end;
      parts.push(element("pre", {}, lines.slice(at + 1, till).join("\n")));
      at = till + 1;
    } else if (lines[at].trim() === "") at += 1;
    else {
      let till = at;
      while (till < lines.length && lines[till].trim() !== "" && !lines[till].startsWith("```")) till += 1;
      const block = lines.slice(at, till);
      const listed = block.every((line) => /^- /.test(line));
      parts.push(listed ? element("ul", {}, block.map((line) => element("li", {}, phrases(line.slice(2))))) : element("p", {}, block.map((line, place) => [phrases(line.replace(/^#+ /, "").trimEnd()), place < block.length - 1 && (line.endsWith("  ") ? element("br") : " ")])));
      at = till;
    }
  }
  return parts;
}

// Code, strong words and links (of which the words alone stay), with the escapes taken away.
function phrases(text) {
  const parts = [];
  const form = /`([^`]+)`|\*\*(.+?)\*\*|\[([^\]]*)\]\([^)]*\)|\\([^\w\s])/g;
  let last = 0;
  for (const found of text.matchAll(form)) {
    parts.push(text.slice(last, found.index));
    const [, code, strong, link, escaped] = found;
    parts.push(code !== undefined ? element("code", {}, code) : strong !== undefined ? element("b", {}, phrases(strong)) : link !== undefined ? phrases(link) : escaped);
    last = found.index + found[0].length;
  }
  return [...parts, text.slice(last)];
}
