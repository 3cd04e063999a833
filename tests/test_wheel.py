"""The built wheel, installed in a fresh environment: everything that ships is there and the main job runs."""

import json
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from rulelang.syntax.make_tables import make_tables
from rulelang.syntax.tables import read

pytestmark = pytest.mark.slow  # the language is covered without it

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(out), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return next(out.glob("*.whl"))


def test_the_wheel_holds_grammar_rulebooks_pages_and_schemas(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {"rulelang/_grammar/rulelang.lark", "rulelang/_grammar/rulelang.tables"} <= names
    assert "rulelang/_rulebooks/nasdaq-commodities-2018/rulebook.rules" in names
    assert "rulelang/_codes/uncapped-assessment.md" in names
    assert "rulelang/py.typed" in names
    schemas = {
        f"rulelang/schemas/{name}.schema.json"
        for name in ("event", "run", "profile", "when", "diff", "summary", "differences", "size", "prove")
    }
    assert schemas <= names
    assert {"rulelang/report/assets/report.css", "rulelang/report/assets/page.js"} <= names
    assert not [name for name in names if name.startswith("tests/")]


def test_the_tables_of_the_wheel_are_those_of_its_grammar(wheel):
    with zipfile.ZipFile(wheel) as archive:
        grammar = archive.read("rulelang/_grammar/rulelang.lark")
        tables = read(archive.read("rulelang/_grammar/rulelang.tables"), grammar)
    assert tables == make_tables(grammar.decode("utf-8"))


def test_the_wheel_needs_no_lark(wheel):
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        needs = [line for line in archive.read(name).decode().splitlines() if line.startswith("Requires-Dist:")]
    always = [line for line in needs if "extra ==" not in line]
    assert always
    assert not [line for line in always if "lark" in line or "platformdirs" in line]


def test_the_installed_wheel_runs_the_main_job(wheel, tmp_path):
    home = tmp_path / "environment"
    venv.create(home, with_pip=True)
    binaries = home / ("Scripts" if sys.platform == "win32" else "bin")
    subprocess.run([binaries / "python", "-m", "pip", "install", "--quiet", str(wheel)], check=True)
    script = "from rulelang.base.files import data_folder\nprint(data_folder('rulebooks') / 'nasdaq-commodities-2018')"
    environment = {"HOME": str(tmp_path), "PATH": str(binaries)}
    folder = subprocess.run(
        [binaries / "python", "-c", script], capture_output=True, text=True, check=True, cwd=tmp_path, env=environment
    ).stdout.strip()
    assert folder.startswith(str(home))
    command = [binaries / "rulelang", "run", f"{folder}/rulebook.rules", f"{folder}/events/aas-2018.event"]
    done = subprocess.run(
        [*command, "--format", "json"], capture_output=True, text=True, check=False, cwd=tmp_path, env=environment
    )
    assert done.returncode == 0, done.stderr
    assert subprocess.run([binaries / "python", "-c", "import lark"], capture_output=True, check=False).returncode
    amounts = {(a["tranche"], a["payer"]): a["amount"] for a in json.loads(done.stdout)["allocations"]}
    assert amounts["fund_draw", "FORTUM"] == "19337349.40"
    page = subprocess.run(
        [binaries / "rulelang", "explain", "uncapped-assessment"],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env=environment,
    ).stdout
    assert "Why it matters" in page
    copied = subprocess.run(
        [binaries / "rulelang", "library", "copy", "cme-base"],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env=environment,
    ).stdout
    assert "wrote cme-base/rulebook.rules" in copied.replace("\\", "/")
