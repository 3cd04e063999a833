"""The documentation: no page links to nothing, and the site holds all commands, options, codes and names."""

import re
import shutil
import subprocess
import sys
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import rulelang
from rulelang.base.codes import CODES
from rulelang.tools.cli import COMMANDS, cli
from rulelang.tools.library import names
from tests.conftest import ROOT
from tests.every import every
from tests.sources import shipped
from website import codes, commands, python_api
from website.__main__ import MADE, main, pages
from website.links import broken
from website.policy import POLICY, seal
from website.results import as_table
from website.sources import DeadLink, files, homes, laid_out, links, relinked

PAGES = [*sorted((ROOT / "docs").rglob("*.md")), *sorted((ROOT / "rulebooks").rglob("*.md")), *ROOT.glob("*.md")]


def places(page: Path) -> set[str]:
    """What a link into a page can name: its headings, as a code host and the site write them."""
    headings = re.findall(r"^#+ (.*)$", re.sub(r"(?ms)^```.*?^```$", "", page.read_text("utf-8")), re.MULTILINE)
    plain = (re.sub(r"[`*]|\]\([^)]*\)|\[", "", heading).lower() for heading in headings)
    return {re.sub(r"[^\w\- ]", "", heading).replace(" ", "-") for heading in plain}


@every(PAGES, lambda page: page.relative_to(ROOT))
def test_every_link_of_a_page_leads_somewhere(page):
    for link in links(page.read_text("utf-8")):
        target, _, anchor = link.partition("#")
        if "://" in target:
            continue
        aim = page.parent / target if target else page
        assert aim.exists(), link
        assert aim.resolve().is_relative_to(ROOT), link
        made = aim.parent.name == "reference"  # what its sections are is known when the site is built
        assert not anchor or made or anchor in places(aim), link


@pytest.fixture(scope="module")
def site():
    return pages("../index.html")


@pytest.mark.slow
def test_every_page_of_the_site_has_its_file(site):
    assert set(homes().values()) == set(site)
    assert not [place for place, text in site.items() if "<!-- " in text and place.startswith("reference")]
    for name in names():
        assert "\n## Texts " in site[f"gallery/{name}.md"]
        assert "<svg" in site[f"gallery/{name}.md"]
    used = re.findall(r"[\w/-]+\.md", (ROOT / "mkdocs.yml").read_text("utf-8"))
    assert set(used) <= set(site)


def test_the_page_of_commands_has_them_all():
    page = commands.page()
    for name in COMMANDS:
        assert f"\n## rulelang {name}\n" in page
        command = cli.get_command(click.Context(cli), name)
        assert command is not None
        for parameter in command.params:
            if isinstance(parameter, click.Option) and not parameter.hidden:
                assert parameter.opts[-1] in page, f"{name} {parameter.opts}"


def test_the_page_of_codes_has_them_all():
    assert re.findall(r"\[`([\w-]+)`\]", codes.page()) == list(CODES)


def test_the_page_of_python_has_every_public_name():
    pytest.importorskip("pyarrow")
    page = python_api.page()
    for name in rulelang.__all__:
        assert name.startswith("_") or re.search(rf"^### (rulelang\.)?{name}$", page, re.MULTILINE), name
    assert ":class:" not in page
    assert "``" not in page.replace("```", "")


@pytest.mark.parametrize("page", ["README.md", "docs/index.md", "CHANGELOG.md"])
def test_pages_say_how_many_changes_of_rules_ship(page):
    count = sum(entry.kind == "change" for entry in shipped())
    numbers = {18: "eighteen", 19: "nineteen", 20: "twenty", 21: "twenty-one", 22: "twenty-two"}
    text = " ".join((ROOT / page).read_text("utf-8").split())
    assert re.findall(r"(\S+) changes of rules", text) == [numbers[count]]
    assert sum(entry.kind == "service" for entry in shipped()) > 30


def test_extras_are_installed_in_the_same_words_everywhere():
    for page in [*(ROOT / "docs").rglob("*.md"), ROOT / "rulelang" / "base" / "extras.py"]:
        text = " ".join(page.read_text("utf-8").split())
        for extra, after in re.findall(r'`pip install "rulelang\[(\w+)\]"`(.{,60})', text):
            assert after.startswith(f", in a checkout `pip install '.[{extra}]'`"), page
    extension = ROOT / "editors" / "vscode"
    told = [extension / name for name in ("README.md", "package.json", "src/program.ts", "walkthrough/install.md")]
    for page in [ROOT / "README.md", ROOT / "docs" / "index.md", *told]:
        text = page.read_text("utf-8").replace('\\"', '"')
        published = set(re.findall(r'"rulelang\[([\w,]+)\]"', text))
        assert published, page
        assert published <= set(re.findall(r"'\.\[([\w,]+)\]'", text)), page
    assert (
        "'.[sweep]'`; where rulelang is installed as a package, `\"rulelang[sweep]\"`"
        in (ROOT / "README.md").read_text()
    )
    for name in ("write-a-rulebook", "validate-a-change"):
        assert "rulelang[prove]" in (ROOT / "docs" / "how-to" / f"{name}.md").read_text("utf-8")


def test_the_playground_is_had_from_a_checkout():
    page, advice = (ROOT / "docs" / "playground.md", ROOT / "rulelang" / "tools" / "studio" / "site.py")
    for text in (page.read_text("utf-8"), advice.read_text("utf-8")):
        for step in ("npm ci && node build.mjs", "python -m build --wheel studio", "pip install studio/dist/*.whl"):
            assert step in text


def test_marks_stand_on_their_pages():
    for name in MADE:
        assert (ROOT / "docs" / "reference" / f"{name}.md").read_text("utf-8").endswith(f"\n<!-- {name} -->\n")


# ------------------------------------------------------------------------------------------------ how pages are made


def test_links_lead_to_pages_of_the_site():
    known = homes() | files()
    text = "[a](../rulebooks/occ/README.md#sources) [`b`](codes/no-loss.md) ![c](sweep-cost.svg)\n```\n[d](e.md)\n```\n"
    turned = relinked(text, "docs/spec.md", "spec.md", known)
    assert turned == text.replace("../rulebooks/occ/README.md", "gallery/occ.md")
    with pytest.raises(DeadLink, match="nowhere"):
        relinked("[x](nowhere.md)", "docs/spec.md", "spec.md", known)


def test_pages_are_laid_out_for_the_site():
    assert laid_out("Two:\n- a\n- b\n") == "Two:\n\n- a\n- b\n"
    assert laid_out("```csv m.csv\na\n```\n") == '```csv title="m.csv"\na\n```\n'
    assert laid_out("```rules bad\na\n- b\n```\n") == "```rules\na\n- b\n```\n"


def test_results_are_tables():
    table = as_table("result", "fund in metals ALPHA 1234567.50\nuncovered 0.00\noutcome covered\n").splitlines()
    assert table[2:] == [
        "| `fund` in metals | ALPHA | 1,234,567.50 |",
        "| *stays uncovered* | | 0.00 |",
        "| *outcome* | | covered |",
    ]
    days = as_table("days", "2026-03-10 paid in ccp own_funds 5.00\n2026-03-02 due ALPHA fund 10.00\n").splitlines()
    assert days[2:] == [
        "| 2026-03-10 | paid in | ccp | `own_funds` | 5.00 |",
        "| 2026-03-02 | due | ALPHA | `fund` | 10.00 |",
    ]


def test_scripts_of_pages_are_moved_to_files(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "assets" / "javascripts").mkdir(parents=True)
    (tmp_path / "a" / "b.html").write_text('<meta charset="utf-8"><script>x=1</script><script>x=1</script>')
    seal(tmp_path)
    text = (tmp_path / "a" / "b.html").read_text("utf-8")
    assert POLICY in text
    (source,) = set(re.findall(r'<script src="\.\./([^"]*)"></script>', text))
    assert (tmp_path / source).read_text("utf-8") == "x=1"


def test_broken_links_of_a_built_site_are_found(tmp_path):
    (tmp_path / "a.html").write_text(
        '<p id="here"><a href="#here"></a><a href="b.html"></a><a href="#there"></a><a href="a.html#here"></a>'
        '<img src="https://example.org/x.png"><a href="../index.html#state=x"></a>'
    )
    assert [each.partition(": ")[2] for each in broken(tmp_path, "../index.html")] == [
        "b.html does not exist",
        "#there has no such place",
        "https://example.org/x.png is on another machine",
    ]
    assert "../index.html#state=x does not exist" in [each.partition(": ")[2] for each in broken(tmp_path, None)]
    (tmp_path / "b.html").write_text('<a href="../../index.html#state=x"></a>')
    assert [*broken(tmp_path, "../index.html")][-1] == "b.html: ../../index.html#state=x does not exist"


@pytest.fixture
def quick(tmp_path, monkeypatch):
    """The command without the work: a site of one page is built in no time."""
    root = tmp_path / "checkout"
    for name, folder in (("SOURCES", "website"), ("BUILT", "pages"), ("SITE", "site")):
        monkeypatch.setattr(f"website.__main__.{name}", root / "build" / folder)

    def build(*_args, **_options):
        (root / "build" / "pages" / "deep").mkdir(parents=True)
        (root / "build" / "pages" / "index.html").write_text('<meta charset="utf-8"><p>Hello')
        (root / "build" / "pages" / "deep" / "x.css").write_text("p {}")

    monkeypatch.setattr("website.__main__.subprocess.run", build)
    monkeypatch.setattr("website.__main__.pages", lambda playground: {"index.md": f"{playground}"})
    monkeypatch.setattr("website.__main__.files", dict)
    return lambda *words: CliRunner().invoke(main, [*map(str, words)])


def test_a_folder_that_holds_anything_else_is_left_alone(quick, tmp_path):
    mine = tmp_path / "mine"
    (mine / "deep").mkdir(parents=True)
    (mine / "deep" / "letter.txt").write_text("dear")
    done = quick("--out", mine)
    assert done.exit_code == 2
    assert "letter.txt, which is not as an earlier copy left it" in done.output
    assert (mine / "deep" / "letter.txt").read_text() == "dear"
    assert [path.name for path in mine.iterdir()] == ["deep"]


@pytest.mark.parametrize("out", [".", "checkout", "checkout/build", "checkout/build/pages", "checkout/build/website/a"])
def test_the_checkout_is_no_folder_for_the_site(quick, tmp_path, out):
    (tmp_path / "checkout" / "build").mkdir(parents=True)
    done = quick("--out", tmp_path / out)
    assert done.exit_code == 2
    assert "belongs to the build" in done.output


def test_an_earlier_copy_is_replaced_and_what_is_changed_in_it_is_not(quick, tmp_path):
    out = tmp_path / "site"
    assert quick("--out", out).exit_code == 0
    assert (out / "deep" / "x.css").exists()
    assert quick("--out", out).exit_code == 0
    (out / "deep" / "x.css").write_text("mine")
    assert quick("--out", out).exit_code == 2
    assert (out / "deep" / "x.css").read_text() == "mine"


def test_pages_have_no_links_to_a_playground_that_nobody_named(quick, tmp_path):
    sources = tmp_path / "checkout" / "build" / "website" / "index.md"
    assert quick("--out", tmp_path / "site").exit_code == 0
    assert sources.read_text() == "None"
    assert quick("--out", tmp_path / "site", "--playground", "../index.html").exit_code == 0
    assert sources.read_text() == "../index.html"


@pytest.mark.slow
def test_the_site_is_built_without_a_broken_link(tmp_path):
    if find_spec("zensical") is None:
        pytest.skip("the extra `docs` is not installed")
    command = [sys.executable, "-m", "website", "--out", str(tmp_path / "site")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 broken links" in done.stdout
    assert (tmp_path / "site" / "search.json").exists()
    assert "Permission is hereby granted" in (tmp_path / "site" / "licences.txt").read_text("utf-8")
    page = (tmp_path / "site" / "tour" / "01-a-waterfall.html").read_text("utf-8")
    assert "default-src 'none'; script-src 'self'; " in page
    assert "<script>" not in page
    assert "Open in the playground" not in page
    if entry_points(group="pygments.lexers", name="rulelang"):  # a checkout on the path registers nothing
        assert re.search(r'class="k\w*">tranche', page), "code is coloured"
    shutil.rmtree(tmp_path / "site")
