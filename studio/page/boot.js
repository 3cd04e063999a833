// How Python is made ready, in the worker and where its memory is taken when the page is built.
import { FILES, HOME } from "./home.js";

export const SETTINGS = { HOME, COLUMNS: "100" };
const SITE = `${HOME}/site`, BUNDLE = `${HOME}/bundle.zip`;

// Modules that are in the memory already need no file. The folders are for nobody else to write in, or the tables of the parser are not believed.
const UNPACK = `
import os, sys, zipfile
if "${SITE}" not in sys.path:
    sys.path.insert(0, "${SITE}")
with zipfile.ZipFile("${BUNDLE}") as bundle:
    for name in bundle.namelist():
        module = name.removesuffix(".pyc").replace("/", ".").removesuffix(".__init__")
        if not (name.endswith(".pyc") and module in sys.modules):
            bundle.extract(name, "${SITE}")
os.unlink("${BUNDLE}")
for place, _, _ in os.walk("${HOME}"):
    os.chmod(place, 0o755)
`;

const DESK = `
from pathlib import Path
from rulelang_studio.desk import Desk
if "desk" not in globals():
    desk = Desk(Path("${FILES}"))
desk.root.mkdir(exist_ok=True)
`;

// The language server, whose messages `tell` takes.
const CONNECTION = `
from rulelang_studio.language import Connection
if "connection" not in globals():
    connection = Connection(None)
`;

export function connect(python, tell) {
  python.runPython(CONNECTION);
  const connection = python.globals.get("connection");
  connection.tell = tell;
  return connection;
}

export function unpack(python, bundle) {
  python.FS.writeFile(BUNDLE, bundle);
  python.runPython(UNPACK);
}

export const desk = (python) => {
  python.runPython(DESK);
  return python.globals.get("desk");
};
