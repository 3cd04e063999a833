import * as vscode from "vscode";

/** The languages of the extension: rulebooks, events and histories. */
export const LANGUAGES = ["rulelang", "rulelang-event", "rulelang-history"];

const settings = (scope?: vscode.Uri) => vscode.workspace.getConfiguration("rulelang", scope);

/** The program: a name on the path, or a file. */
export function program(): string {
  return settings().get<string>("path", "").trim() || "rulelang";
}

/** The event that the settings name for a file, if they do: a path from its folder of the workspace. */
export function chosenEvent(file?: vscode.Uri): vscode.Uri | undefined {
  const folder = (file && vscode.workspace.getWorkspaceFolder(file)) ?? vscode.workspace.workspaceFolders?.[0];
  const path = settings(file).get<string>("event", "").trim();
  return path && folder ? vscode.Uri.joinPath(folder.uri, path) : undefined;
}

/** What the server is told, when it starts and when the settings change. */
export function forServer(): { debounce: number; formerly: boolean } {
  const said = settings();
  return { debounce: said.get<number>("debounce", 150), formerly: said.get<boolean>("keepFormerNames", false) };
}
