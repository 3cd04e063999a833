// A link that carries everything, packed behind the # of the address, which no browser sends anywhere.
export const MOST_TEXT = 200_000;
export const LONG_LINK = 8192;
const MOST_BYTES = 4 * MOST_TEXT;
const MOST_FILES = 200;
const ENDINGS = /[^./][^/]*\.(rules|event|history|csv|json|md)$/;
// The tabs, by the names that links use.
export const TABS = { pays: "Who pays", explain: "Explanation", losses: "Every loss", compare: "Compare", tests: "Tests", problems: "Problems" };

export class Refused extends Error {}

export async function packed(state) {
  const bytes = await through(new TextEncoder().encode(JSON.stringify({ v: 1, ...state })), new CompressionStream("deflate-raw"));
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return `#state=${btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}`;
}

// What a link carries, held against all that a state may be: a link comes from anybody.
export async function unpacked(fragment) {
  let state;
  try {
    const text = atob(fragment.replace(/^#state=/, "").replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
    state = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(await through(bytes, new DecompressionStream("deflate-raw"))));
  } catch (error) {
    throw error instanceof Refused ? error : new Refused("The link is damaged: perhaps its end was cut off where it was copied.");
  }
  return believed(state);
}

export function believed(state) {
  if (state === null || typeof state !== "object" || Array.isArray(state)) throw new Refused("The link holds no files.");
  if (state.v !== 1) throw new Refused("The link was made by another version of this page.");
  const { files } = state;
  if (files === null || typeof files !== "object" || Array.isArray(files)) throw new Refused("The link holds no files.");
  const entries = Object.entries(files);
  for (const [name, text] of entries) if (!named(name) || typeof text !== "string") throw new Refused("The link holds something that is no text of this page.");
  if (!entries.length) throw new Refused("The link holds no files.");
  if (clash(Object.keys(files)) !== null) throw new Refused("The link holds a file that is a folder of another.");
  fitting(entries.map(([, text]) => text));
  const one = (name) => (typeof name === "string" && Object.hasOwn(files, name) ? name : null);
  return { files: new Map(entries), left: one(state.left), right: one(state.right), tab: Object.hasOwn(TABS, state.tab) ? state.tab : null };
}

// A name that a file may have: inside the folder, with an ending that the page knows. `desk.py` holds names to the same rule.
export const named = (name) =>
  new TextEncoder().encode(name).length <= 200 && ENDINGS.test(name) && !/[\\\p{C}]|(?! )\p{Z}/u.test(name) && name.split("/").every((part) => part !== "" && part !== "." && part !== "..");

// A name that would be a file and a folder of another file, if there is one.
export function clash(names) {
  const all = new Set(names);
  for (const name of names)
    for (let at = name.indexOf("/"); at >= 0; at = name.indexOf("/", at + 1)) if (all.has(name.slice(0, at))) return name.slice(0, at);
  return null;
}

export function fitting(texts) {
  if (texts.length > MOST_FILES) throw new Refused(`These are ${texts.length.toLocaleString("en")} files; this page takes ${MOST_FILES}.`);
  const size = texts.reduce((sum, text) => sum + text.length, 0);
  if (size > MOST_TEXT)
    throw new Refused(`The texts have ${size.toLocaleString("en")} characters together; this page takes ${MOST_TEXT.toLocaleString("en")}. The command line takes more.`);
}

async function through(bytes, stream) {
  const reader = new Blob([bytes]).stream().pipeThrough(stream).getReader();
  const parts = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > MOST_BYTES) {
      await reader.cancel();
      throw new Refused("The link holds more than this page takes.");
    }
    parts.push(value);
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}
