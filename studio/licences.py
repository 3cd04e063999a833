"""The licence of everything that the page holds, as texts and a list: ``python licences.py STATIC WHEELS SCRIPTS``.

STATIC is the folder of the page, WHEELS that of the packages in its bundle, SCRIPTS a file that says which npm packages
each script was made of.  The texts are those that the packages carry; of what carries none they stand in ``licences/``.
A work without a text ends the build.
"""

import html
import json
import re
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from email import message_from_string
from fnmatch import fnmatch
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
IN_BUNDLE = ["bundle.zip", "memory.bin"]
OURS = ["*.html", "*.css", "*.js", "*.json", "examples/*", "licences/*", "docs/*", *IN_BUNDLE]
_OLDER = {"License :: OSI Approved :: MIT License": "MIT"}
"""How wheels without an SPDX expression say what their licence is."""


@dataclass(frozen=True)
class Work:
    """A work, its licence as an SPDX expression, the files of the page that hold it (patterns), and the text."""

    name: str
    licence: str
    files: list[str]
    text: str


def main(static: Path, wheels: Path, scripts: Path) -> None:
    """Write ``licences/``: a text for each work, ``list.json`` and a page that leads to them."""
    (page,) = static.glob("page-*")
    names = [
        path.relative_to(page if page in path.parents else static).as_posix()
        for path in static.rglob("*")
        if path.is_file()
    ]
    works = [
        Work("rulelang", "Apache-2.0", OURS, (HERE.parent / "LICENSE").read_text("utf-8")),
        *_of_npm(json.loads(scripts.read_text("utf-8"))),
        *(_of_wheel(path) for path in sorted(wheels.glob("*.whl")) if not path.name.startswith("rulelang-")),
        *_of_pages(),
        *(_kept(path) for path in sorted((HERE / "licences").glob("*.txt"))),
    ]
    held = [work for work in works if any(fnmatch(name, pattern) for name in names for pattern in work.files)]
    out = static / "licences"
    out.mkdir()
    listed = []
    for work in held:
        if len(work.text) < 500:
            sys.exit(f"{work.name} has no licence text")
        file = f"{re.sub(r'[^a-z0-9.]+', '-', work.name.lower()).strip('-')}.txt"
        (out / file).write_text(work.text, encoding="utf-8")
        listed.append({key: value for key, value in asdict(work).items() if key != "text"} | {"text": file})
    (out / "list.json").write_text(json.dumps(listed, indent=1), encoding="utf-8")
    (out / "index.html").write_text(_page(listed, page.name), encoding="utf-8")


def _of_npm(scripts: dict[str, list[str]]) -> Iterator[Work]:
    """The packages that are in the scripts of the page."""
    for package in sorted({each for packages in scripts.values() for each in packages}):
        folder = HERE / "node_modules" / package
        about = json.loads((folder / "package.json").read_text("utf-8"))
        text = "".join(path.read_text("utf-8") for path in folder.iterdir() if path.stem.upper() == "LICENSE")
        where = [script for script, packages in scripts.items() if package in packages]
        yield Work(f"{about['name']} {about['version']}", about["license"], where, text)


def _of_wheel(wheel: Path) -> Work:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        about = message_from_string(archive.read(next(n for n in names if n.endswith(".dist-info/METADATA"))).decode())
        texts = [archive.read(n).decode() for n in names if ".dist-info/licenses/" in n and not n.endswith("/")]
    said = [about["License-Expression"], about["License"], *map(_OLDER.get, about.get_all("Classifier", []))]
    licence = next(filter(None, said))
    return Work(f"{about['Name']} {about['Version']}", licence, IN_BUNDLE, "\n".join(texts))


def _of_pages() -> Iterator[Work]:
    """The builder of the documentation, whose scripts, styles and icons its pages hold; if there is one here."""
    try:
        held = files("zensical") or []
    except PackageNotFoundError:
        return
    for name, licence, ending in (
        ("Zensical", "MIT", "dist-info/licenses/LICENSE.md"),
        ("Lucide icons", "ISC AND MIT", ".icons/lucide/LICENSE"),
    ):
        (text,) = [path.read_text("utf-8") for path in held if path.as_posix().endswith(ending)]
        yield Work(name, licence, ["docs/*"], text)


def _kept(path: Path) -> Work:
    """A text of ``licences/``: above it three lines with the name, the licence and the files."""
    name, licence, where, _, text = path.read_text("utf-8").split("\n", 4)
    return Work(name, licence, where.split(), text)


def _page(listed: list[dict[str, Any]], page: str) -> str:
    """The page with a link to each text."""
    rows = "\n".join(
        f'<tr><th scope="row">{html.escape(each["name"])}</th>'
        f'<td><a href="./{each["text"]}">{html.escape(each["licence"])}</a></td>'
        f"<td>{html.escape(', '.join(each['files']))}</td></tr>"
        for each in listed
    )
    policy = "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; form-action 'none'"
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Licences</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="../{page}/page.css">
</head>
<body>
<main>
<h1>Licences</h1>
<p>Everything that this page holds, and under which licence. <a href="../index.html">Back</a></p>
<div class="scroll">
<table>
<thead><tr><th scope="col">work</th><th scope="col">licence and its text</th><th scope="col">files</th></tr></thead>
<tbody>
{rows}
</tbody>
</table>
</div>
</main>
</body>
</html>
"""


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
