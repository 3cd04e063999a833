// Builds the page into rulelang_studio/static: `npm ci && node build.mjs` (PYTHON names the Python that makes the wheel).
// The package goes in unchanged, compiled by the very Python that runs in the page.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { loadPyodide } from "pyodide";
import { HOME } from "./page/home.js";
import { makeSnapshot } from "./snapshot.mjs";

const HERE = path.dirname(fileURLToPath(import.meta.url));
const ROOT = path.dirname(HERE);
const WORK = path.join(HERE, "build");
const STATIC = path.join(HERE, "rulelang_studio", "static");
const PAGE = path.join(STATIC, "page"); // until it has a name
const PYTHON = process.env.PYTHON ?? "python3";
const RUNTIME = ["pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json"];

fs.rmSync(WORK, { recursive: true, force: true });
fs.rmSync(STATIC, { recursive: true, force: true });
fs.mkdirSync(path.join(WORK, "wheels"), { recursive: true });
fs.mkdirSync(path.join(PAGE, "pyodide"), { recursive: true });

wheels();
const words = await bundle();
fs.writeFileSync(path.join(WORK, "words.json"), words);
examples();
await scripts();
fs.copyFileSync(path.join(HERE, "page", "page.css"), path.join(PAGE, "page.css"));
const runtime = path.join(HERE, "node_modules", "pyodide");
for (const name of RUNTIME) fs.copyFileSync(path.join(runtime, name), path.join(PAGE, "pyodide", name));
await makeSnapshot(PAGE);
const page = named();
index(page, documentation());
keeper(page);
licences();
manifest();

function wheels() {
  const out = path.join(WORK, "wheels");
  const pip = (...words) => execFileSync(PYTHON, ["-m", "pip", "--disable-pip-version-check", ...words], { stdio: ["ignore", "ignore", "inherit"] });
  pip("wheel", "--quiet", "--no-deps", "--wheel-dir", out, ROOT);
  pip("wheel", "--quiet", "--no-deps", "--only-binary", ":all:", "--wheel-dir", out, "-r", path.join(HERE, "requirements.txt"));
}

// One archive of compiled modules. What a page cannot do is left out: sweeps, proofs and pictures need compiled packages.
async function bundle() {
  const python = await loadPyodide({ env: { HOME } });
  const out = path.join(WORK, "wheels");
  for (const name of fs.readdirSync(out).sort())
    python.unpackArchive(new Uint8Array(fs.readFileSync(path.join(out, name))), "wheel", { extractDir: "/site" });
  python.FS.mkdirTree("/site/rulelang_studio");
  for (const name of fs.readdirSync(path.join(HERE, "rulelang_studio")))
    if (name.endsWith(".py"))
      python.FS.writeFile(`/site/rulelang_studio/${name}`, fs.readFileSync(path.join(HERE, "rulelang_studio", name)));
  try {
    python.runPython(fs.readFileSync(path.join(HERE, "bundle.py"), "utf8"));
  } catch (error) {
    console.error(String(error.message).slice(-2000));
    process.exit(1);
  }
  fs.writeFileSync(path.join(PAGE, "bundle.zip"), python.FS.readFile("/bundle.zip"));
  return python.FS.readFile("/words.json");
}

// Every rulebook of the library with its events and tables, one file each, and a list of them.
function examples() {
  const out = path.join(PAGE, "examples");
  fs.mkdirSync(out);
  const list = [];
  const library = path.join(ROOT, "rulebooks");
  const folders = (at) => fs.readdirSync(at, { withFileTypes: true }).filter((each) => each.isDirectory()).map((each) => path.join(at, each.name));
  for (const folder of [...folders(library).filter((each) => path.basename(each) !== "changes"), ...folders(path.join(library, "changes"))].sort()) {
    const files = {};
    for (const name of fs.readdirSync(folder, { recursive: true }).sort())
      if (/\.(rules|event|history|csv)$/.test(name)) files[name.split(path.sep).join("/")] = fs.readFileSync(path.join(folder, name), "utf8");
    const title = fs.readFileSync(path.join(folder, "README.md"), "utf8").split("\n")[0].replace(/^# /, "");
    const name = path.basename(folder);
    list.push({ name, title, change: path.dirname(folder) !== library });
    fs.writeFileSync(path.join(out, `${name}.json`), JSON.stringify({ v: 1, files }));
  }
  fs.writeFileSync(path.join(out, "index.json"), JSON.stringify(list));
}

// What the scripts were made of is written down, for the licences.
async function scripts() {
  const shared = { bundle: true, minify: true, format: "esm", target: "es2022", legalComments: "none", logLevel: "warning", metafile: true, absWorkingDir: HERE, alias: { "words.json": path.join(WORK, "words.json") } };
  const packages = {};
  for (const [entry, name] of [["main.js", "app.js"], ["worker.js", "worker.js"]]) {
    const { metafile } = await build({ ...shared, entryPoints: [path.join(HERE, "page", entry)], outfile: path.join(PAGE, name), external: ["./pyodide/*"] });
    const found = Object.keys(metafile.inputs).map((input) => /^node_modules\/((@[^/]+\/)?[^/]+)\//.exec(input)?.[1]);
    packages[name] = [...new Set(found.filter(Boolean))];
  }
  fs.writeFileSync(path.join(WORK, "scripts.json"), JSON.stringify(packages));
}

// The licence of everything that the page holds; a work without one ends the build.
function licences() {
  execFileSync(PYTHON, [path.join(HERE, "licences.py"), STATIC, path.join(WORK, "wheels"), path.join(WORK, "scripts.json")], { stdio: "inherit" });
}

// The folder of the page is called by what is in it: files of two versions never meet, whoever keeps some of them.
function named() {
  const name = `page-${sha256(Buffer.from(JSON.stringify(digests(PAGE)))).toString("hex").slice(0, 12)}`;
  fs.renameSync(PAGE, path.join(STATIC, name));
  return name;
}

function index(page, documented) {
  const link = documented ? ' · <a href="./docs/index.html">Documentation</a>' : "";
  const text = fs.readFileSync(path.join(HERE, "page", "index.html"), "utf8");
  fs.writeFileSync(path.join(STATIC, "index.html"), text.replaceAll("./page/", `./${page}/`).replace("<!-- documentation -->", link));
}

// The service worker, which is told what it keeps.
function keeper(page) {
  const kept = digests(STATIC, (name) => name === "index.html" || name.startsWith(`${page}/`));
  const files = Object.fromEntries(Object.entries(kept).map(([name, { sha256 }]) => [name, `sha256-${Buffer.from(sha256, "hex").toString("base64")}`]));
  const text = fs.readFileSync(path.join(HERE, "page", "keeper.js"), "utf8");
  fs.writeFileSync(path.join(STATIC, "keeper.js"), text.replace("const FILES = {};", `const FILES = ${JSON.stringify(files, null, 1)};`));
}

// The documentation site, if the Python has the extra `docs`: its examples open in this page, which has a link to it; whether there is one.
function documentation() {
  const python = (words, stdio) => execFileSync(PYTHON, words, { cwd: ROOT, stdio });
  try {
    python(["-c", "import zensical, rulelang"], "ignore");
  } catch {
    console.log(`without the documentation: it takes \`${PYTHON} -m pip install '.[docs]'\``);
    return false;
  }
  python(["-m", "website", "--out", path.join(STATIC, "docs"), "--playground", "../index.html"], ["ignore", "ignore", "inherit"]);
  return true;
}

// What was built, with sizes and digests: by it an exported folder is known again.
function manifest() {
  const files = digests(STATIC);
  fs.writeFileSync(path.join(STATIC, "manifest.json"), `${JSON.stringify({ made: "rulelang studio", files }, null, 1)}\n`);
  const bytes = Object.values(files).reduce((sum, file) => sum + file.bytes, 0);
  console.log(`${Object.keys(files).length} files, ${(bytes / 1e6).toFixed(1)} MB in ${path.relative(process.cwd(), STATIC)}`);
}

// The files below a folder by their names, each with its size and digest.
function digests(folder, wanted = () => true) {
  const found = {};
  for (const name of fs.readdirSync(folder, { recursive: true }).map((each) => String(each).split(path.sep).join("/")).sort()) {
    const place = path.join(folder, name);
    if (!wanted(name) || !fs.statSync(place).isFile()) continue;
    const data = fs.readFileSync(place);
    found[name] = { bytes: data.length, sha256: sha256(data).toString("hex") };
  }
  return found;
}

function sha256(data) {
  return createHash("sha256").update(data).digest();
}
