// Runs tests of the package under the Python of the page, 3.14: `node python314.mjs [words for pytest]` (PYTHON names a Python with pip).
// What cannot be there is skipped: processes, threads and compiled packages.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { loadPyodide } from "pyodide";

const HERE = path.dirname(fileURLToPath(import.meta.url));
const WHEELS = path.join(HERE, "build", "python314");
const PURE = ["attrs", "click", "hypothesis", "lark", "pytest", "rich"];
const TESTS = ["test_cases.py", "test_spec.py", "test_conformance_2.py", "base/test_apportion.py", "base/test_money.py", "base/test_values.py", "syntax", "check", "run"];
const ALLOWANCES = [
  "--ignore=tests/syntax/test_tables.py", // rights and owners of files, which this Python has not
  "-W", "ignore:It looks like", // what Hypothesis thinks of how this Python counts references
  "--deselect=tests/syntax/test_read.py::test_texts_written_to_do_harm_are_answered_quickly", // a bound of time that WebAssembly does not keep
  // Trees thousands deep, which WebAssembly cannot let go:
  "--deselect=tests/syntax/test_printer.py::test_long_chains_do_not_nest",
  "--deselect=tests/base/test_values.py::test_values_in_values_are_compared_however_deep_they_stand",
];

setFlagsFromString("--stack-size=4000"); // Python recurses deeper than Node is ready for

const told = process.argv.slice(2);
const words = [...ALLOWANCES, ...(told.length ? told : ["-q", "-rf", "-m", "not slow", ...TESTS.map((name) => `tests/${name}`)])];
const pure = ["--only-binary", ":all:", "--platform", "any", "--python-version", "3.14"];
execFileSync(process.env.PYTHON ?? "python3", ["-m", "pip", "download", "--quiet", ...pure, "--dest", WHEELS, ...PURE], { stdio: ["ignore", "ignore", "inherit"] });

const python = await loadPyodide({ env: { HOME: "/home", PYTHONDONTWRITEBYTECODE: "1" } });
for (const name of fs.readdirSync(WHEELS)) python.unpackArchive(new Uint8Array(fs.readFileSync(path.join(WHEELS, name))), "wheel", { extractDir: "/site" });
python.FS.mkdirTree("/checkout");
python.FS.mount(python.FS.filesystems.NODEFS, { root: path.dirname(HERE) }, "/checkout");
python.globals.set("words", python.toPy(words));
process.exitCode = python.runPython(`
import os, subprocess, sys, threading
os.chdir("/checkout")
sys.path[:0] = ["/checkout", "/site"]
import pytest

def lacking(what):
    def skip(*_, **__):
        pytest.skip(f"{what} cannot be had here", allow_module_level=True)
    return skip

class Compiled:
    def find_spec(name, path=None, target=None):
        if name in ("jsonschema", "numba", "numpy", "pandas", "polars", "pyarrow", "z3"):
            lacking(name)()

subprocess.Popen = lacking("a process")
threading.Thread.start = lacking("a thread")
sys.meta_path.append(Compiled)
int(pytest.main(["-p", "no:cacheprovider", *words]))
`);
