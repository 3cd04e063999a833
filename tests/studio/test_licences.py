"""The licences of what the page ships: each file is somebody's, and each somebody's text is there."""

import json
import re
import subprocess
import sys
import tomllib
import zipfile
from email import message_from_bytes
from fnmatch import fnmatch

import pytest
from rulelang_studio import STATIC

from tests.conftest import ROOT
from tests.studio.page import PAGE

KEPT = ROOT / "studio" / "licences"
PROJECT = tomllib.loads((ROOT / "studio" / "pyproject.toml").read_text("utf-8"))["project"]
EXPRESSION = set(re.split(r" AND |[()]", PROJECT["license"])) - {""}
TEXT = re.compile("permission|license|public domain", re.IGNORECASE)
built = pytest.mark.skipif(
    not (STATIC / "licences" / "list.json").is_file(), reason="the page is not built: see docs/playground.md"
)


@pytest.mark.parametrize("path", sorted(KEPT.glob("*.txt")), ids=lambda path: path.stem)
def test_what_packages_do_not_carry_is_kept_whole(path):
    name, licence, where, blank, text = path.read_text("utf-8").split("\n", 4)
    assert name
    assert set(licence.split(" AND ")) <= EXPRESSION
    assert set(where.split()) <= {"pyodide/*", "memory.bin", "docs/*"}
    assert blank == ""
    assert len(text) > 500
    assert TEXT.search(text)


@pytest.fixture(scope="module")
def works():
    return json.loads((STATIC / "licences" / "list.json").read_text("utf-8"))


@built
def test_every_file_of_the_page_is_under_a_licence_whose_text_is_there(works):
    names = [
        (path.relative_to(PAGE if PAGE in path.parents else STATIC)).as_posix()
        for path in STATIC.rglob("*")
        if path.is_file()
    ]
    patterns = [pattern for work in works for pattern in work["files"]]
    assert [name for name in names if not any(fnmatch(name, pattern) for pattern in patterns)] == []
    page = (STATIC / "licences" / "index.html").read_text("utf-8")
    for work in works:
        text = (STATIC / "licences" / work["text"]).read_text("utf-8")
        assert len(text) > 500, work["name"]
        assert TEXT.search(text), work["name"]
        assert f'href="./{work["text"]}"' in page
        assert set(work["licence"].split(" AND ")) <= EXPRESSION, work["name"]
    assert {work["text"] for work in works} == {path.name for path in (STATIC / "licences").glob("*.txt")}
    assert './licences/index.html"' in (STATIC / "index.html").read_text("utf-8")


@built
def test_every_package_in_the_page_is_named(works):
    listed = {work["name"]: work["files"] for work in works}
    with zipfile.ZipFile(PAGE / "bundle.zip") as archive:
        packages = [re.match(r"(.+)-([^-]+)\.dist-info/METADATA", name) for name in archive.namelist()]
    names = {f"{found[1]} {found[2]}" for found in packages if found and found[1] != "rulelang"}
    assert len(names) > 4
    assert {name for name in names if "bundle.zip" in listed.get(name, [])} == names
    lock = json.loads((ROOT / "studio" / "package-lock.json").read_text("utf-8"))["packages"]
    for package in ("@codemirror/state", "@codemirror/view", "@lezer/common", "codemirror", "style-mod"):
        assert "app.js" in listed[f"{package} {lock[f'node_modules/{package}']['version']}"]
    assert {"pyodide/*", "memory.bin"} == set(listed["Pyodide"]) == set(listed["Python and its standard library"])


@built
@pytest.mark.slow  # the language is covered without it
def test_the_wheel_carries_every_text(works, tmp_path):
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(tmp_path)]
    done = subprocess.run([*command, str(ROOT / "studio")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        (place,) = (name for name in names if name.endswith(".dist-info/METADATA"))
        about = message_from_bytes(archive.read(place))
    texts = {f"rulelang_studio/static/licences/{work['text']}" for work in works}
    assert set(about.get_all("License-File")) == texts
    assert {f"{place.removesuffix('METADATA')}licenses/{text}" for text in texts} <= set(names)
    assert about["License-Expression"] == PROJECT["license"]


@built
@pytest.mark.skipif(not (STATIC / "docs").is_dir(), reason="the page was built without the documentation")
def test_what_the_pages_of_the_documentation_hold_is_named(works):
    listed = {work["name"]: work["files"] for work in works}
    held = re.findall(
        r"^Package: (\S+)@(\S+)$", (STATIC / "docs/assets/javascripts/LICENSE").read_text("utf-8"), re.MULTILINE
    )
    assert held
    for name, version in held:
        assert listed[f"{name} {version}"] == ["docs/*"]
    assert listed["Zensical"] == listed["Lucide icons"] == ["docs/*"]
