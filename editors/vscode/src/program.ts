import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import * as vscode from "vscode";
import { program } from "./settings";

/** What the program wrote, and how it ended: 0 well, 1 with findings or differences, else not at all. */
export interface Answer {
  code: number;
  output: string;
  errors: string;
}

/** Run the program in the folder of a file; nothing is started in a folder that is not trusted. */
export function ask(args: string[], file?: vscode.Uri): Promise<Answer> {
  if (!vscode.workspace.isTrusted) return Promise.reject(new Error("the folder is not trusted"));
  const cwd = file?.scheme === "file" ? dirname(file.fsPath) : undefined;
  const options = { cwd, maxBuffer: 1 << 28, env: { ...process.env, NO_COLOR: "1", COLUMNS: "100" } };
  return new Promise((resolve, reject) => {
    execFile(program(), args, options, (error, output, errors) => {
      if (error && typeof error.code !== "number") reject(error);
      else resolve({ code: error ? Number(error.code) : 0, output, errors });
    });
  });
}

/** Run the program with `--out` into a folder that is removed again: the page it wrote, or what it said instead. */
export async function askForPage(args: string[], file: vscode.Uri): Promise<Answer> {
  const folder = await mkdtemp(join(tmpdir(), "rulelang-"));
  try {
    const out = join(folder, "page.html");
    const answer = await ask([...args, "--out", out], file);
    return { ...answer, output: await readFile(out, "utf8").catch(() => "") };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Say that the program cannot be started, and how to get it. */
export async function offerInstallation(error: unknown): Promise<void> {
  const [settings, steps] = ["Open the setting", "How to install it"];
  const why = error instanceof Error ? error.message : String(error);
  const message = `The program “${program()}” cannot be started: ${why}. Install it with: pip install "rulelang[lsp]", in a checkout pip install '.[lsp]'`;
  const chosen = await vscode.window.showErrorMessage(message, settings, steps);
  if (chosen === settings) await vscode.commands.executeCommand("workbench.action.openSettings", "rulelang.path");
  if (chosen === steps) {
    await vscode.commands.executeCommand("workbench.action.openWalkthrough", "rulelang.rulelang#start", false);
  }
}
