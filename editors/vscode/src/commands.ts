import { basename } from "node:path";
import * as vscode from "vscode";
import { activeText, askForEvent, dayOf, pairOf, type Pair } from "./pair";
import { showMarkdown, showPage } from "./panel";
import { ask, askForPage, offerInstallation, type Answer } from "./program";
import { chosenEvent } from "./settings";

const files = ({ rulebook, event }: Pair) => [rulebook, event].flatMap((uri) => (uri ? [uri.fsPath] : []));

/** Show what the program answered, or what it says is wrong. */
async function show(kind: string, title: string, answer: Answer, scripts = false): Promise<void> {
  if (answer.output.trim()) showPage(kind, title, answer.output, scripts);
  else await showMarkdown("findings", "rulelang", `~~~~text\n${answer.errors || "It has nothing to say."}\n~~~~`);
}

async function withPair(make: (pair: Pair, file: vscode.Uri) => Promise<void>): Promise<void> {
  const document = activeText();
  const pair = document && (await pairOf(document));
  if (document && pair) await working(() => make(pair, document.uri));
}

async function working(task: () => Promise<void>): Promise<void> {
  const options = { location: vscode.ProgressLocation.Window, title: "rulelang" };
  await vscode.window.withProgress(options, () => task().catch(offerInstallation));
}

/** Who pays how much, step by step. */
export const showRun = () =>
  withPair(async (pair, file) => show("run", "Who pays", await ask(["run", ...files(pair), "--format", "html"], file)));

/** The run in sentences; of a history that of one day. */
export const showExplanation = () =>
  withPair(async (pair, file) => {
    const day = await dayOf(pair);
    if (day) await show("explain", "Why", await ask(["explain", ...files(pair), ...day, "--format", "html"], file));
  });

/** The report with its slider; its scripts are its own, and its policy lets it load nothing. */
export const showReport = () =>
  withPair(async (pair, file) => show("report", "Report", await askForPage(["report", ...files(pair)], file), true));

/** What differs from a revision of the same file, and who pays more. */
export async function showChanges(): Promise<void> {
  const document = activeText();
  if (!document) return;
  const revision = await vscode.window.showInputBox({
    prompt: "Compare with which revision?",
    value: "HEAD",
    validateInput: (text) => (/^[^\s:-][^\s:]*$/.test(text) ? undefined : "A branch, a tag or a commit, as in HEAD~1"),
  });
  if (!revision) return;
  await vscode.workspace.saveAll(false);
  const event = chosenEvent(document.uri) ?? (await askForEvent(document.uri));
  const name = basename(document.uri.fsPath);
  const args = ["diff", `${revision}:./${name}`, name, ...(event ? ["--event", event.fsPath] : []), "--format", "html"];
  await working(async () => show("diff", `${name} since ${revision}`, await ask(args, document.uri)));
}

/** Choose the event whose amounts stand beside the rulebooks of a folder. */
export async function pickEvent(): Promise<void> {
  const document = activeText();
  const event = document && (await askForEvent(document.uri));
  if (!document || !event) return;
  const path = vscode.workspace.asRelativePath(event, false);
  await vscode.workspace.getConfiguration("rulelang", document.uri).update("event", path, vscode.ConfigurationTarget.Workspace);
}

/** Copy one of the rulebooks that ship with the program into a folder, and open it. */
export async function copyExample(): Promise<void> {
  await working(async () => {
    const list = JSON.parse((await ask(["library", "--format", "json"])).output) as Record<string, string>[];
    const rows = list.map((row) => ({ label: row.title, description: row.structure, detail: row.source, name: row.name }));
    const chosen = await vscode.window.showQuickPick(rows, { placeHolder: "Which rulebook?", matchOnDescription: true });
    const inside = { canSelectFolders: true, canSelectFiles: false, openLabel: "Copy into this folder" };
    const folder = chosen && (await vscode.window.showOpenDialog({ ...inside, defaultUri: vscode.workspace.workspaceFolders?.[0].uri }));
    if (!chosen || !folder) return;
    const place = vscode.Uri.joinPath(folder[0], chosen.name);
    const answer = await ask(["library", "copy", chosen.name, place.fsPath]);
    if (answer.code) return void vscode.window.showErrorMessage(answer.errors.trim());
    const found = await vscode.workspace.fs.readDirectory(place);
    const rules = found.map(([name]) => name).filter((name) => name.endsWith(".rules")).sort();
    const file = vscode.Uri.joinPath(place, rules.includes("rulebook.rules") ? "rulebook.rules" : rules[0]);
    await vscode.window.showTextDocument(file);
  });
}
