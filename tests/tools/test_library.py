"""The library: what ships is listed, told in one line each, and copied whole or not at all."""

import json

import pytest
from click.testing import CliRunner

from rulelang.base.files import data_folder
from rulelang.syntax.read import parse_rulebook, source_of
from rulelang.tools.cli import cli
from rulelang.tools.library import names, structure
from tests.examples import mostly_slow
from tests.sources import shipped

BOOKS = data_folder("rulebooks")


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def invoke(*words):
        return CliRunner().invoke(cli, ["library", *words], env={"COLUMNS": "100", "NO_COLOR": "1"})

    return invoke


def test_every_folder_is_an_entry():
    found = shipped()
    assert [each.name for each in found] == names()
    assert len(set(names())) == len(found)
    assert {each.folder for each in found} == {path.parent for path in BOOKS.rglob("*.rules")}
    assert sum(each.kind == "service" for each in found) >= 24
    assert sum((each.folder / "verdict.json").exists() for each in found) >= 18
    assert all(each.title and each.source and " → " in each.structure for each in found)


def test_the_table_of_the_library_names_every_entry_and_its_order():
    table = (BOOKS / "README.md").read_text(encoding="utf-8")
    for each in shipped():
        place = f"changes/{each.name}" if each.kind == "change" else each.name
        row, *_ = [line for line in table.splitlines() if line.startswith(f"| [`{place}/`]")]
        if each.kind == "service":
            assert f"| {each.title} | {each.structure} |" in row, each.structure


def test_every_entry_has_an_event_or_a_history_and_two_invariants():
    for each in shipped():
        rules = "".join(text for path, text in each.texts().items() if path.suffix == ".rules")
        assert [path for path in each.files if path.suffix in (".event", ".history")], each.name
        assert rules.count("\nensure ") >= 2, each.name


def test_the_order_of_payers_is_told_in_a_line():
    text = b"""rulebook "R" currency EUR party insurer "Insurer" party other
    waterfall
        tranche margins paid by defaulters
        tranche own paid by defaulters
        tranche cover paid by insurer
        together
            tranche fund paid by survivors
            tranche capital paid by ccp
            tranche more paid by ccp
        end
        tranche rest paid by other
        assessment calls paid by survivors
        haircut gains paid by survivors
        tear-up contracts paid by survivors
        voluntary offers paid by survivors
    """
    rulebook = parse_rulebook(source_of(text, "r.rules", BOOKS / "r.rules"))
    told = "defaulter → Insurer → members + CCP → other → calls → haircut → tear-up → voluntary payments"
    assert structure(rulebook) == told


def test_the_list_in_words_and_as_json(run):
    said = run()
    assert said.exit_code == 0
    assert "cme-base" in said.stdout
    assert "`" not in said.stdout
    listed = json.loads(run("--format", "json").stdout)
    assert [each["name"] for each in listed] == names()
    (base,) = [each for each in listed if each["name"] == "cme-base"]
    assert base["structure"] == "defaulter → CCP → members → calls → haircut"
    assert base["source"] == "CME safeguards overview; CME 24-391"
    assert "events/two-defaults.event" in base["files"]


@pytest.mark.parametrize("name", mostly_slow(names(), every=5))
def test_a_copy_is_the_folder(run, tmp_path, name):
    (each,) = [entry for entry in shipped() if entry.name == name]
    said = run("copy", each.name)
    assert said.exit_code == 0, said.output
    copied = sorted(path for path in (tmp_path / each.name).rglob("*") if path.is_file())
    assert [path.relative_to(tmp_path / each.name) for path in copied] == sorted(each.files)
    assert all(
        path.read_bytes() == (each.folder / path.relative_to(tmp_path / each.name)).read_bytes() for path in copied
    )


def test_a_copy_runs_where_it_is(run, tmp_path):
    assert run("copy", "occ-2018", "--to", "deep/folder").exit_code == 0
    assert CliRunner().invoke(cli, ["test", "deep/folder"]).exit_code == 0


@pytest.mark.parametrize("kept", ["README.md", "events/two-defaults.event"])
def test_nothing_is_written_over(run, tmp_path, kept):
    mine = tmp_path / "cme-base" / kept
    mine.parent.mkdir(parents=True)
    mine.write_text("mine", encoding="utf-8")
    said = run("copy", "cme-base")
    assert type(said.exception).__name__ == "WriteError"
    assert "nothing is overwritten" in str(said.exception.diagnostics)
    assert [path for path in (tmp_path / "cme-base").rglob("*") if path.is_file()] == [mine]
    assert mine.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    ("name", "advice"), [("cme_base", "did you mean `cme-base`?"), ("../changes", "`rulelang library` lists them")]
)
def test_a_name_that_is_none_is_wrong_use(run, tmp_path, name, advice):
    said = run("copy", name)
    assert said.exit_code == 2
    assert advice in said.output
    assert not list(tmp_path.iterdir())


def test_the_list_says_how_to_copy(run):
    assert "rulelang library copy cme-base" in run("--help").stdout
    said = run("copy", "--help").stdout
    assert "rulelang library copy occ-2021 --to my-change" in said
    assert "\\b" not in said
