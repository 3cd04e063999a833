import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import * as vscode from "vscode";
import { daysOf, rulebookNamed } from "./history";
import { chosenEvent, LANGUAGES } from "./settings";

/** A rulebook and what happens under it, as the command line takes them; a history that names its rulebook stands alone. */
export interface Pair {
  rulebook?: vscode.Uri;
  event?: vscode.Uri;
}

/** The text a command is about; `undefined`, with a word to the user, if there is none. */
export function activeText(): vscode.TextDocument | undefined {
  const document = vscode.window.activeTextEditor?.document;
  if (document && LANGUAGES.includes(document.languageId) && document.uri.scheme === "file") return document;
  void vscode.window.showInformationMessage("Open a rulebook (*.rules), an event or a history first.");
  return undefined;
}

const MOST_FOLDERS_DEEP = 3;

/** The files with these endings in a folder and in those inside it, so many deep, by their names. */
async function filesBelow(folder: vscode.Uri, endings: string[], deep: number): Promise<vscode.Uri[]> {
  const found: vscode.Uri[] = [];
  const rows = await Promise.resolve(vscode.workspace.fs.readDirectory(folder)).catch(() => []);
  for (const [name, kind] of rows.sort(([one], [other]) => (one < other ? -1 : 1))) {
    const place = vscode.Uri.joinPath(folder, name);
    if (kind & vscode.FileType.Directory) {
      const hidden = name.startsWith(".") || name === "node_modules" || Boolean(kind & vscode.FileType.SymbolicLink);
      if (deep > 0 && !hidden) found.push(...(await filesBelow(place, endings, deep - 1)));
    } else if (endings.some((ending) => name.endsWith(ending))) found.push(place);
  }
  return found;
}

const isHistory = (uri: vscode.Uri) => uri.path.endsWith(".history");

/** The text of a file as it stands in the editor; nothing of one that is not there, of which the program tells. */
const textOf = async (uri: vscode.Uri) => {
  const document = await Promise.resolve(vscode.workspace.openTextDocument(uri)).catch(() => undefined);
  return document?.getText() ?? "";
};

/** The rulebook that an event or a history names with `under`, or else the one in the nearest folder above it. */
async function rulebookOf(document: vscode.TextDocument): Promise<vscode.Uri | undefined> {
  const named = rulebookNamed(document.getText());
  if (named) return vscode.Uri.joinPath(document.uri, "..", named);
  let folder = dirname(document.uri.fsPath);
  for (let up = 0; up < 4; up += 1) {
    const found = await filesBelow(vscode.Uri.file(folder), [".rules"], 0);
    if (found.length) return found.find((uri) => uri.path.endsWith("/rulebook.rules")) ?? found[0];
    if (existsSync(join(folder, ".git"))) break;
    folder = dirname(folder);
  }
  return undefined;
}

/** The events and histories in the folder of a rulebook and below it. */
export const eventsOf = (rulebook: vscode.Uri) =>
  filesBelow(vscode.Uri.joinPath(rulebook, ".."), [".event", ".history"], MOST_FOLDERS_DEEP);

/** Let the user choose one of the events of a rulebook. */
export async function askForEvent(rulebook: vscode.Uri): Promise<vscode.Uri | undefined> {
  const events = await eventsOf(rulebook);
  if (events.length < 2) {
    if (!events.length) void vscode.window.showInformationMessage("No event (*.event) stands in the folder of this rulebook.");
    return events[0];
  }
  const rows = events.map((uri) => ({ label: vscode.workspace.asRelativePath(uri), uri }));
  return (await vscode.window.showQuickPick(rows, { placeHolder: "Under which event?" }))?.uri;
}

/** What the text is run with: the event chosen in the settings, or one that is asked for; all of it saved. */
export async function pairOf(document: vscode.TextDocument): Promise<Pair | undefined> {
  await vscode.workspace.saveAll(false);
  const isRulebook = document.languageId === "rulelang";
  const event = isRulebook ? (chosenEvent(document.uri) ?? (await askForEvent(document.uri))) : document.uri;
  if (!event || (isHistory(event) && rulebookNamed(await textOf(event)))) return event && { event };
  const rulebook = isRulebook ? document.uri : await rulebookOf(document);
  if (rulebook) return { rulebook, event };
  void vscode.window.showInformationMessage(
    `The ${isHistory(event) ? "history" : "event"} names no rulebook: write \`under "…"\` into it.`,
  );
  return undefined;
}

/** Which day of a history is meant, as the command line is told; nothing for an event, `undefined` where none is chosen. */
export async function dayOf({ event }: Pair): Promise<string[] | undefined> {
  if (!event || !isHistory(event)) return [];
  const days = daysOf(await textOf(event));
  const day = days.length > 1 ? await vscode.window.showQuickPick(days, { placeHolder: "Which day of the history?" }) : days[0];
  return day ? ["--on", day] : undefined;
}
