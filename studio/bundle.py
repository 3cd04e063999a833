"""Runs inside Pyodide when the page is built: compiles /site into /bundle.zip, and lists the words of the language."""

import compileall
import json
import pathlib
import py_compile
import sys
import zipfile

sys.path.insert(0, "/site")
SITE = pathlib.Path("/site")
LEFT_OUT = (
    "rulelang/sweeps/",
    "rulelang/summary/",
    "rulelang/proof/",
    "rulelang/report/",
    "rulelang/schemas/",
    "rulelang/_rulebooks/",
)
KEPT_AS_TEXT = ("rulelang/syntax/make_tables.py",)
"""The tables of the parser are believed only if they were made by this text."""

compileall.compile_dir(
    "/site", quiet=1, legacy=True, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH, workers=1
)


def wanted(name: str) -> bool:
    """Whether a file goes into the page."""
    if "__pycache__" in name or name.startswith(LEFT_OUT):
        return False
    if ".dist-info/" in name:
        return name.endswith("/METADATA")
    return name in KEPT_AS_TEXT or not name.endswith((".py", ".pyi", "py.typed"))


with zipfile.ZipFile("/bundle.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
    for place in sorted(SITE.rglob("*")):
        name = place.relative_to(SITE).as_posix()
        if place.is_file() and wanted(name):
            archive.writestr(zipfile.ZipInfo(name), place.read_bytes(), zipfile.ZIP_DEFLATED, 9)

from rulelang.syntax.words import RESERVED, SPELLINGS  # noqa: E402 - the path is set above

words = sorted(RESERVED | {word for spelled in SPELLINGS.values() for word in spelled if word[0].isalpha()})
pathlib.Path("/words.json").write_text(json.dumps(words))
