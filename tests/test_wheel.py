"""The built wheel, installed in a fresh environment: everything that ships is there and the main job runs."""

import json
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import venv
import zipfile
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest

from rulelang.syntax.make_tables import make_tables
from rulelang.syntax.tables import read

pytestmark = pytest.mark.slow  # the language is covered without it

ROOT = Path(__file__).parent.parent
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
PACKAGED = ".py .typed .json .css .js .txt .rules .event .csv"  # the last three are those of `rulelang new`
SHIPPED = ".rules .event .history .csv .json .md"
LICENCES = ["LICENSE", "rulelang/report/assets/bokeh/LICENSE.txt", "rulelang/report/assets/bokeh/THIRD-PARTY.txt"]


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> list[Path]:
    """The wheel and the source distribution, built as for a release: the wheel from the source distribution."""
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--outdir", str(out), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return sorted(out.iterdir())


@pytest.fixture(scope="module")
def wheel(built) -> Path:
    return built[0]


def held(folder: str, inside: str) -> set[str]:
    """The files of a folder of the checkout, under the names that they have in the wheel."""
    root = ROOT / folder
    paths = (path.relative_to(root) for path in root.rglob("*") if path.is_file())
    return {f"{inside}/{path.as_posix()}" for path in paths if "__pycache__" not in path.parts}


def metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        return message_from_bytes(archive.read(name))


def test_the_wheel_holds_what_it_is_meant_to_and_nothing_else(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    package = held("rulelang", "rulelang")
    data = held("rulebooks", "rulelang/_rulebooks") | held("docs/codes", "rulelang/_codes")
    grammar = {"rulelang/_grammar/rulelang.lark", "rulelang/_grammar/rulelang.tables"}
    info = f"rulelang-{VERSION}.dist-info"
    licences = {f"{info}/licenses/{name}" for name in LICENCES}
    about = {f"{info}/{name}" for name in ("METADATA", "RECORD", "WHEEL", "entry_points.txt")}
    assert names == package | data | grammar | licences | about
    assert {Path(name).suffix for name in package} <= set(PACKAGED.split())
    assert {Path(name).suffix for name in data} <= set(SHIPPED.split())


def test_the_wheel_is_light(wheel):
    assert wheel.stat().st_size < 2_500_000
    needs = metadata(wheel).get_all("Requires-Dist", [])
    always = {line.partition(">")[0] for line in needs if "extra ==" not in line}
    assert always == {"attrs", "click", "rich"}


def test_the_readme_of_the_wheel_has_no_link_that_an_index_cannot_follow(wheel):
    about = metadata(wheel)
    text = about.get_payload()
    assert text.startswith("# rulelang\n")
    assert [link for link in re.findall(r"\]\(([^)]*)\)", text) if not link.startswith("https://")] == []
    assert "`docs/spec.md`: the language" in text
    assert about.get_all("License-File") == LICENCES
    assert all("LICENSE" in name or "THIRD-PARTY" in name for name in LICENCES)


def test_the_version_is_that_of_changelog_and_citation():
    assert f"\n## {VERSION} – 20" in (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert f"\nversion: {VERSION}\n" in (ROOT / "CITATION.cff").read_text("utf-8")
    assert f"\n    rev: v{VERSION}\n" in (ROOT / "docs" / "teams.md").read_text("utf-8")
    studio = tomllib.loads((ROOT / "studio" / "pyproject.toml").read_text("utf-8"))["project"]
    assert (studio["version"], studio["dependencies"]) == (VERSION, [f"rulelang=={VERSION}"])


def test_the_wheel_of_the_playground_holds_the_page_and_nothing_else(tmp_path):
    """A small page stands in the place of the built one."""
    away = shutil.ignore_patterns("node_modules", "static", "build", "dist", "__pycache__")
    shutil.copytree(ROOT / "studio", tmp_path / "studio", ignore=away)
    page = {"index.html", "manifest.json", "pyodide/pyodide.asm.wasm", "docs/index.html", "licences/rulelang.txt"}
    for name in page:
        file = tmp_path / "studio" / "rulelang_studio" / "static" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(tmp_path / "dist")]
    done = subprocess.run([*command, str(tmp_path / "studio")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (wheel,) = (tmp_path / "dist").iterdir()
    names = set(zipfile.ZipFile(wheel).namelist())
    modules = {f"rulelang_studio/{path.name}" for path in (ROOT / "studio" / "rulelang_studio").glob("*.py")}
    info = f"rulelang_studio-{VERSION}.dist-info"
    licence = f"{info}/licenses/rulelang_studio/static/licences/rulelang.txt"
    about = {f"{info}/{name}" for name in ("METADATA", "RECORD", "WHEEL")}
    assert names == modules | {f"rulelang_studio/static/{name}" for name in page} | {licence} | about
    assert metadata(wheel)["Requires-Dist"] == f"rulelang=={VERSION}"


def test_an_index_would_take_wheel_and_source_distribution(built):
    """Their metadata is checked by the tool that uploads them."""
    assert [path.name for path in built] == [f"rulelang-{VERSION}-py3-none-any.whl", f"rulelang-{VERSION}.tar.gz"]
    check = [sys.executable, "-m", "twine", "check", "--strict", *map(str, built)]
    done = subprocess.run(check, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    with tarfile.open(built[1]) as archive:
        tops = {name.split("/")[1] for name in archive.getnames()}
    assert {"CHANGELOG.md", "CITATION.cff", "LICENSE", "SECURITY.md", "docs", "rulebooks", "rulelang", "tests"} <= tops
    assert not {".ci", ".git", "dist", "node_modules", "site"} & tops


def test_the_tables_of_the_wheel_are_those_of_its_grammar(wheel):
    with zipfile.ZipFile(wheel) as archive:
        grammar = archive.read("rulelang/_grammar/rulelang.lark")
        tables = read(archive.read("rulelang/_grammar/rulelang.tables"), grammar)
    assert tables == make_tables(grammar.decode("utf-8"))


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
    report = [binaries / "rulelang", "report", *command[2:], "--out", "page.html"]
    done = subprocess.run(report, capture_output=True, text=True, check=False, cwd=tmp_path, env=environment)
    assert done.returncode == 0, done.stderr
    assert "Charts by Bokeh" in (tmp_path / "page.html").read_text("utf-8")
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
