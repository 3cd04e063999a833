// The extension in a real VS Code (code-server, from `npm run ui:install`) in Chromium: what somebody sees who opens a rulebook.
// Screenshots go into .ui/shots.  RULELANG names the program if it is not on the path, CHROMIUM the browser; on a busy machine
// PATIENCE says how many times as long as usual to wait.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const extension = join(dirname(fileURLToPath(import.meta.url)), "..");
const ui = join(extension, ".ui");
const shots = join(ui, "shots");
const home = mkdtempSync(join(tmpdir(), "rulelang-ui-"));
const workspace = join(home, "books");
// in full, for VS Code starts programs on the path of a login, which may be another
const rulelang = execFileSync("which", [process.env.RULELANG ?? "rulelang"], { encoding: "utf8" }).trim();
const patience = Number(process.env.PATIENCE ?? 1);
const codeServer = join(ui, "node_modules/code-server/out/node/entry.js");

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

/** A folder with one rulebook of the library under Git, a fresh profile of VS Code, and the extension in it. */
function prepare() {
  rmSync(shots, { recursive: true, force: true });
  mkdirSync(shots, { recursive: true });
  mkdirSync(join(home, "user/User"), { recursive: true });
  cpSync(join(extension, "../../rulebooks/nasdaq-commodities-2018"), workspace, { recursive: true });
  const git = (...args) => execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.com", ...args], { cwd: workspace });
  git("init", "-q");
  git("add", "-A");
  git("commit", "-qm", "as it was");
  const settings = {
    "rulelang.path": rulelang,
    "rulelang.event": "events/aas-2018.event",
    "security.workspace.trust.enabled": false,
    "workbench.startupEditor": "none",
    "editor.accessibilitySupport": "off",
    "editor.inlayHints.enabled": "on",
    "window.dialogStyle": "custom",
    "files.autoSave": "off",
    "editor.hover.delay": 100,
  };
  writeFileSync(join(home, "user/User/settings.json"), JSON.stringify(settings));
  const folders = ["--user-data-dir", join(home, "user"), "--extensions-dir", join(home, "extensions")];
  const env = { ...process.env, HOME: home };
  execFileSync("node", [codeServer, ...folders, "--install-extension", join(extension, "rulelang.vsix")], { env });
  return { folders, env };
}

async function serve() {
  const { folders, env } = prepare();
  const port = await freePort();
  const flags = ["--auth", "none", "--bind-addr", `127.0.0.1:${port}`, "--disable-telemetry", "--disable-update-check"];
  const server = spawn("node", [codeServer, ...folders, ...flags, workspace], { env, stdio: "ignore" });
  const ready = () => fetch(`http://127.0.0.1:${port}/healthz`).then((answer) => answer.ok, () => false);
  for (const end = Date.now() + 40000 * patience; !(await ready()); ) {
    if (Date.now() > end) throw new Error("VS Code did not start");
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return { server, url: `http://127.0.0.1:${port}/?folder=${workspace}` };
}

const { server, url } = await serve();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
});
const page = await browser.newPage({ viewport: { width: 1500, height: 950 } });
page.setDefaultTimeout(30000 * patience);
const failures = [];
let shot = 0;

const press = (keys) => page.keyboard.press(keys);
const pause = (time) => page.waitForTimeout(time);
const text = (selector) =>
  page.locator(selector).allInnerTexts().then((all) => all.join("\n").replaceAll("\u00a0", " "));

/** Wait until something is so; what it was at last is said if it never is. */
async function until(read, holds, time = 20000) {
  const end = Date.now() + time * patience;
  let last;
  do {
    last = await read().catch((error) => String(error));
    if (holds(last)) return last;
    await pause(200);
  } while (Date.now() < end);
  throw new Error(`not seen in ${time} ms; at last: ${JSON.stringify(last).slice(0, 400)}`);
}

async function step(name, act) {
  try {
    await act();
    console.log(`ok      ${name}`);
  } catch (error) {
    failures.push(name);
    console.log(`not ok  ${name}: ${String(error.message ?? error).slice(0, 500)}`);
  }
  shot += 1;
  await page.screenshot({ path: join(shots, `${String(shot).padStart(2, "0")}-${name.replaceAll(/\W+/g, "-")}.png`) });
  for (let times = 0; times < 2; times += 1) await press("Escape");
}

/** Press keys until the quick input is there: a busy window may lose the first. */
async function ask(keys) {
  const input = page.locator(".quick-input-widget input");
  for (let tries = 0; tries < 8; tries += 1) {
    await press(keys);
    if (await input.waitFor({ state: "visible", timeout: 3000 * patience }).then(() => true, () => false)) return;
  }
  throw new Error(`${keys} opens nothing`);
}

async function command(title) {
  await ask("F1");
  await page.keyboard.type(title);
  await page.locator(".quick-input-list .monaco-list-row", { hasText: title }).first().click();
}

async function openFile(...names) {
  for (const name of names.slice(0, -1)) {
    const row = page.locator(".explorer-folders-view .monaco-list-row", { hasText: name });
    if ((await row.getAttribute("aria-expanded")) !== "true") await row.click();
  }
  await page.locator(".explorer-folders-view .monaco-list-row", { hasText: names.at(-1) }).dblclick();
  await page.locator(".tab.active", { hasText: names.at(-1) }).first().waitFor();
  await page.locator(".editor-instance .view-lines .view-line").first().waitFor();
}

/** Put the cursor at the end of the first text that is found, which is then selected. */
async function find(words) {
  await press("Control+Home");
  await press("Control+f");
  await page.locator(".find-widget.visible textarea:not([disabled])").first().fill(words);
  await press("Enter");
  await press("Escape");
  await pause(200);
}

/** Wait for the panel of a title, in front of the others, and for what it is to show. */
async function panel(title, holds, time = 30000) {
  await page.locator(".tab.active", { hasText: title }).waitFor({ timeout: time * patience });
  await until(panelTexts, (texts) => Array.isArray(texts) && texts.some(holds), time);
}

const frames = () => page.frames().filter((frame) => frame.url().includes("fake.html") || frame.parentFrame()?.url().includes("webview"));
const panelTexts = () =>
  Promise.all(frames().map((frame) => frame.evaluate(() => document.body?.innerText ?? "").catch(() => "")));

try {
  await page.goto(url, { waitUntil: "domcontentloaded" });
  await page.locator(".monaco-workbench").waitFor({ timeout: 60000 * patience });

  await step("a rulebook is known by its name and has colours", async () => {
    await openFile("rulebook.rules");
    await until(() => text(".statusbar"), (said) => said.includes("CCP rulebook"));
    await until(
      () => page.evaluate(() => new Set([...document.querySelectorAll(".view-line span[class^=mtk]")].map((e) => e.className)).size),
      (kinds) => kinds >= 5,
    );
  });

  await step("code lenses run it", async () => {
    await press("Control+Home");
    await until(() => text(".codelens-decoration"), (said) => /run/i.test(said), 40000);
  });

  await step("amounts of the chosen event stand beside the steps", async () => {
    await find("tranche junior ");
    await until(() => text(".view-lines"), (said) => /7,000,000/.test(said), 20000);
  });

  await step("hover tells the meaning, the rule and the amount", async () => {
    await find("junior_capital");
    await press("Control+k");
    await press("Control+i");
    const said = await until(() => text(".monaco-hover"), (shown) => shown.includes("junior_capital"));
    assert.match(said, /7,000,000/);
  });

  await step("a misspelt name is underlined as one types", async () => {
    await press("Control+End");
    await press("Enter");
    await page.keyboard.type("define oops as sum of contributon over survivors", { delay: 15 });
    await page.locator(".squiggly-error").first().waitFor({ timeout: 20000 * patience });
    const next = async () => {
      await press("F8"); // again, for what it says at first may be of the half-typed line
      await pause(700);
      return text(".marker-widget, .zone-widget");
    };
    await until(next, (said) => said.includes("did you mean `contribution`"));
  });

  await step("its quick fix mends it", async () => {
    await find("contributon");
    await press("Control+.");
    await page.locator(".action-widget .monaco-list-row", { hasText: "contribution" }).first().waitFor({ timeout: 15000 * patience });
    await pause(300);
    await page.screenshot({ path: join(shots, "06a-menu.png") });
    await press("Enter");
    await until(() => page.locator(".squiggly-error").count(), (count) => count === 0);
    await press("Control+End");
    await until(() => text(".view-lines"), (said) => said.includes("sum of contribution over survivors"));
  });

  await step("completion offers names by place", async () => {
    await press("Control+End");
    await press("Enter");
    await page.keyboard.type("define two as min(", { delay: 25 });
    await pause(600);
    await press("Escape");
    await press("Control+Space");
    const rows = await until(() => text(".suggest-widget .monaco-list-row .label-name"), (said) => said.includes("junior_capital"));
    assert.match(rows, /service_fund|oops/);
  });

  await step("a snippet writes a step", async () => {
    for (let times = 0; times < 4; times += 1) await press("Control+z");
    await press("Control+End");
    await press("Enter");
    await page.keyboard.type("ensure", { delay: 25 });
    await pause(600);
    await press("Control+Space");
    await page.locator(".suggest-widget .monaco-list-row", { hasText: "ensure" }).first().waitFor();
  });

  await step("the outline has the steps", async () => {
    await ask("Control+Shift+o");
    await page.keyboard.type("fund_dr");
    await until(() => text(".quick-input-list .monaco-list-row"), (said) => said.includes("fund_draw"));
  });

  await step("compared with a Git revision", async () => {
    await command("File: Revert File");
    await find("if missing 15%");
    await press("ArrowRight");
    await press("ArrowLeft");
    await press("Backspace");
    await page.keyboard.type("6");
    await command("rulelang: Compare with a Git revision");
    await page.locator(".quick-input-widget input").waitFor({ state: "visible" });
    await pause(300);
    await press("Enter");
    await panel("rulebook.rules since HEAD", (said) => said.includes("16%"), 60000);
  });

  await step("a name is changed in the rulebook and its events", async () => {
    await openFile("rulebook.rules");
    await find("given junior_capital");
    await press("ArrowRight");
    await press("F2");
    await page.locator(".rename-box input").waitFor({ state: "visible", timeout: 15000 * patience });
    await page.locator(".rename-box input").fill("first_capital");
    await press("Enter");
    await until(() => text(".view-lines"), (said) => said.includes("first_capital"));
    await press("Control+k");
    await press("s");
    await pause(1500);
    const found = execFileSync("grep", ["-rl", "first_capital", workspace], { encoding: "utf8" });
    assert.match(found, /rulebook\.rules/);
    assert.match(found, /aas-2018\.event/);
  });

  await step("formatting lays it out", async () => {
    await find("currency EUR");
    await press("Home");
    await page.keyboard.type("      ");
    await until(() => text(".view-lines"), (said) => /^ {6}currency EUR/m.test(said));
    await command("Format Document");
    await until(() => text(".view-lines"), (said) => /^currency EUR/m.test(said));
  });

  await step("run in a panel", async () => {
    await command("rulelang: Run: who pays how much");
    await panel("Who pays", (said) => said.includes("107,000,000"));
  });

  await step("explained in a panel", async () => {
    await openFile("rulebook.rules");
    await command("rulelang: Explain the run");
    await panel("Why", (said) => said.includes("pays EUR 36,000,000.00 from initial_margin"));
  });

  await step("the report in a panel, with its slider", async () => {
    await openFile("rulebook.rules");
    await command("rulelang: Open the report");
    await panel("Report", (said) => said.includes("Exact loss in EUR"), 60000);
    await pause(2500);
  });

  await step("a lens shows its answer in a panel", async () => {
    await openFile("rulebook.rules");
    await press("Control+Home");
    await page.locator(".codelens-decoration a", { hasText: /run/i }).first().click();
    const isReport = (said) => said.includes("Exact loss in EUR"); // it stays loaded behind the others
    await panel("version 2018-09-01", (said) => said.includes("107,000,000") && !isReport(said));
  });

  await step("another event is chosen, and its amounts stand beside the steps", async () => {
    await openFile("rulebook.rules");
    await command("rulelang: Choose the event whose amounts are shown");
    await page.locator(".quick-input-list .monaco-list-row", { hasText: "third-default" }).click();
    await find("tranche margin ");
    await until(() => text(".view-lines"), (said) => /2,000,000\.00\sof\s2,000,000\.00/.test(said));
  });

  await step("a history runs under the rulebook that it names", async () => {
    cpSync(join(extension, "../../rulebooks/nasdaq-autumn-2018"), join(workspace, "later"), { recursive: true });
    await openFile("later", "autumn-2018.history");
    await command("rulelang: Run: who pays how much");
    await panel("Who pays", (said) => said.includes("7 days from 2018-09-01 to 2018-11-15"));
  });

  await step("a day of a history is explained", async () => {
    await openFile("later", "autumn-2018.history");
    await command("rulelang: Explain the run");
    await page.locator(".quick-input-list .monaco-list-row", { hasText: "2018-09-11" }).click();
    await panel("Why", (said) => said.includes("Nasdaq Clearing, autumn 2018, 2018-09-11"));
  });

  await step("the walkthrough opens", async () => {
    await command("Welcome: Open Walkthrough...");
    await page.keyboard.type("A default waterfall");
    await press("Enter");
    await until(() => text(".gettingStartedContainer"), (said) => said.includes("Install rulelang"));
    await pause(800);
  });
} finally {
  await browser.close();
  server.kill();
  rmSync(home, { recursive: true, force: true });
}
console.log(failures.length ? `${failures.length} of ${shot} failed; see .ui/shots` : `${shot} of ${shot}; screenshots in .ui/shots`);
process.exitCode = failures.length ? 1 : 0;
