import * as vscode from "vscode";
import { LanguageClient, State, type LanguageClientOptions } from "vscode-languageclient/node";
import * as commands from "./commands";
import { showMarkdown } from "./panel";
import { offerInstallation } from "./program";
import { chosenEvent, forServer, LANGUAGES, program } from "./settings";

let client: LanguageClient | undefined;

/** What the server answers to `rulelang.run`, `rulelang.test` and `rulelang.profile`: something to read. */
interface Told {
  title: string;
  markdown: string;
  ok: boolean;
}

const isTold = (answer: unknown): answer is Told =>
  typeof answer === "object" && answer !== null && "markdown" in answer && "title" in answer;

function options(): LanguageClientOptions {
  const watched = vscode.workspace.createFileSystemWatcher("**/*.{rules,event,history,csv,json}");
  return {
    documentSelector: [...LANGUAGES.map((language) => ({ language, scheme: "file" })), { language: "csv", scheme: "file" }],
    initializationOptions: forServer(),
    synchronize: { fileEvents: watched },
    middleware: {
      executeCommand: async (command, args, next) => {
        const answer: unknown = await next(command, args);
        if (isTold(answer)) await showMarkdown(command.replace("rulelang.", ""), answer.title, answer.markdown);
        return answer;
      },
    },
  };
}

/** Tell the server of the event that the settings name for a rulebook: its amounts are shown. */
async function tellEvent(document: vscode.TextDocument): Promise<void> {
  if (document.languageId !== "rulelang" || client?.state !== State.Running) return;
  const event = chosenEvent(document.uri)?.toString() ?? null;
  const choice = { command: "rulelang.chooseEvent", arguments: [document.uri.toString(), event] };
  await client.sendRequest("workspace/executeCommand", choice).catch(() => undefined); // it may know no such file yet
}

const tellEvents = () => Promise.all(vscode.workspace.textDocuments.map(tellEvent));

async function start(): Promise<void> {
  if (!vscode.workspace.isTrusted) return;
  const run = { command: program(), args: ["lsp"] }; // without a transport named, no argument is added
  client = new LanguageClient("rulelang", "rulelang", run, options());
  try {
    await client.start();
    await tellEvents();
  } catch (error) {
    client = undefined;
    void offerInstallation(error);
  }
}

async function stop(): Promise<void> {
  const old = client;
  client = undefined;
  if (old?.state === State.Running) await old.stop();
  await old?.dispose();
}

async function restart(): Promise<void> {
  await stop();
  await start();
}

async function settingsChanged(change: vscode.ConfigurationChangeEvent): Promise<void> {
  if (change.affectsConfiguration("rulelang.path")) await restart();
  else if (change.affectsConfiguration("rulelang")) {
    await client?.sendNotification("workspace/didChangeConfiguration", { settings: { rulelang: forServer() } });
    await tellEvents();
  }
}

/** Start the server and register the commands. */
export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const register = vscode.commands.registerCommand;
  context.subscriptions.push(
    register("rulelang.showRun", commands.showRun),
    register("rulelang.showExplanation", commands.showExplanation),
    register("rulelang.showReport", commands.showReport),
    register("rulelang.showChanges", commands.showChanges),
    register("rulelang.pickEvent", commands.pickEvent),
    register("rulelang.copyExample", commands.copyExample),
    register("rulelang.restart", restart),
    register("rulelang.showLog", () => client?.outputChannel.show()),
    vscode.workspace.onDidChangeConfiguration(settingsChanged),
    vscode.workspace.onDidGrantWorkspaceTrust(start),
    vscode.workspace.onDidOpenTextDocument(tellEvent),
  );
  await start();
}

/** Stop the server. */
export const deactivate = stop;
