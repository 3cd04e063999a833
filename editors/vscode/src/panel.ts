import * as vscode from "vscode";

const open = new Map<string, vscode.WebviewPanel>();

/** Show a page beside the text; a panel of the same kind is used again. Scripts run only where the page needs its own. */
export function showPage(kind: string, title: string, html: string, scripts = false): void {
  let panel = open.get(kind);
  if (!panel) {
    panel = vscode.window.createWebviewPanel(
      `rulelang.${kind}`,
      title,
      { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true },
      { enableScripts: scripts, enableFindWidget: true, localResourceRoots: [], retainContextWhenHidden: scripts },
    );
    panel.onDidDispose(() => open.delete(kind));
    open.set(kind, panel);
  }
  panel.title = title;
  panel.webview.html = html;
  panel.reveal(undefined, true);
}

const STYLE = `body { max-width: 60rem; padding: 0 1rem; } table { border-collapse: collapse; }
th, td { padding: .15rem .6rem; border-bottom: 1px solid var(--vscode-panel-border); text-align: left; }
pre, code { font-family: var(--vscode-editor-font-family); }`;

/** Show Markdown beside the text, by the renderer of VS Code; what it holds never becomes a script. */
export async function showMarkdown(kind: string, title: string, markdown: string): Promise<void> {
  const body = await vscode.commands.executeCommand<string>("markdown.api.render", markdown);
  const policy = "default-src 'none'; style-src 'unsafe-inline'";
  const head = `<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}"><style>${STYLE}</style>`;
  showPage(kind, title, `<!doctype html><html><head>${head}</head><body>${body}</body></html>`);
}
