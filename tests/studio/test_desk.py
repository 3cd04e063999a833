"""What the page asks of the package: answers are those of the package, and nothing is too strange to be answered."""

import base64
import io
import json
import zipfile
import zlib

import pytest
from rulelang_studio.desk import MOST_FILES, MOST_TEXT, Desk
from rulelang_studio.link import fragment

import rulelang
from rulelang.base.files import data_folder

BOOKS = data_folder("rulebooks")
EVENT = "events/hanmag-2013.event"


def texts(name):
    folder = BOOKS / name
    wanted = (".rules", ".event", ".history", ".csv")
    return {p.relative_to(folder).as_posix(): p.read_text("utf-8") for p in folder.rglob("*") if p.suffix in wanted}


@pytest.fixture
def ask(tmp_path):
    desk = Desk(tmp_path / "desk")

    def asking(ask, files=None, **more):
        given = texts("krx-derivatives") if files is None else files
        return json.loads(desk.answer(json.dumps({"ask": ask, "files": given, "left": "before-2014.rules", **more})))

    return asking


def test_a_run_is_that_of_the_package(ask, tmp_path):
    told = ask("run", event=EVENT)["told"]
    rulebook = rulelang.load_rulebook(BOOKS / "krx-derivatives" / "before-2014.rules")
    event = rulelang.load_event(BOOKS / "krx-derivatives" / EVENT, rulebook)
    assert told["allocation"] == rulelang.evaluate(rulebook, event).to_dict()
    assert told["classes"]["HANMAG"] == "defaulters"
    assert {step["name"]: step["class"] for step in told["steps"]}["gains_given_back"] == "parties"
    assert told["story"]["paragraphs"][0]["heading"] == "The default"


def test_a_run_at_another_loss_is_a_run_of_that_loss(ask):
    told = ask("run", event=EVENT, loss="400000000")["told"]
    assert told["allocation"]["loss"] == "400000000"
    profile = ask("profile", event=EVENT)["told"]
    assert profile["vary"]["value"] == "46300000000"
    assert profile["classes"] == {step["name"]: step["class"] for step in told["steps"]}
    assert set(profile["classes"].values()) == {"defaulters", "ccp", "survivors", "parties"}


def test_a_cell_says_why(ask):
    told = ask("cell", event=EVENT, payer="SK", step="fund_draw")["told"]
    assert "SK pays KRW 1,409,170,040" in " ".join(told["paragraphs"][0]["sentences"])


def test_versions_are_compared_as_the_command_does(ask):
    told = ask("compare", old="before-2014.rules", left="after-2014.rules", event=EVENT)["told"]
    assert told["headline"]["words"] == "order of loss differs"
    assert any(section["table"] for section in told["sections"])
    assert ask("compare", old="before-2014.rules", event=EVENT)["told"]["headline"]["words"] == "identical"


def test_histories_are_told_and_compared(ask):
    files = texts("krx-hanmag")
    told = ask("history", files, event="hanmag.history", left=None)["told"]
    assert told["sections"]
    compared = ask("compare", files, old="before-2014.rules", left="after-2014.rules", event="hanmag.history")
    assert compared["told"]["headline"]["words"]


def test_tests_layout_and_codes_are_those_of_the_commands(ask):
    told = ask("tests")["told"]
    assert [test["passed"] for test in told[0]["tests"]] == [True] * 4
    assert told[0]["unreached"] == []
    before = texts("krx-derivatives")["before-2014.rules"]
    assert ask("layout", name="before-2014.rules")["told"] == before
    loose = {"before-2014.rules": before.replace("    tranche", "  tranche")}
    assert ask("layout", loose, name="before-2014.rules")["told"] == before
    assert "foreign-word" in ask("code", code="foreign-word")["told"]
    assert ask("code", code="../../spec")["told"] == "There is no page on ../../spec."


def test_findings_have_places_as_a_browser_counts_them(ask):
    text = (
        texts("krx-derivatives")["before-2014.rules"]
        .replace("for survivors", "for survivor")
        .replace("Korea", "𝕂orea", 1)
    )
    (found,) = ask("check", {"before-2014.rules": text})["told"]
    as_browser = text.encode("utf-16-le")
    assert as_browser[2 * found["offset"] : 2 * found["end_offset"]].decode("utf-16-le") == "survivor"
    (fix,) = found["fixes"]
    assert (fix["offset"], fix["replacement"]) == (found["offset"], "survivors")
    assert ask("run", {"before-2014.rules": text, EVENT: ""}, event=EVENT)["refused"][0]["code"] == "foreign-word"


def test_an_event_is_held_against_the_rulebook_beside_it(ask):
    files = texts("krx-derivatives")
    assert ask("check", files, right=EVENT)["told"] == []
    files[EVENT] = files[EVENT].replace("default of HANMAG", "default of HANMAC")
    assert [found["file"] for found in ask("check", files, right=EVENT)["told"]] == [EVENT]


def test_a_table_is_looked_at_with_its_event_alone(ask):
    files = texts("krx-derivatives")
    assert ask("check", files, right="events/members-2013.csv")["told"] == []
    files["events/members-2013.csv"] = files["events/members-2013.csv"].replace(",", ";")
    assert ask("check", files, right=EVENT)["told"]
    assert ask("check", {"notes.md": "# x"}, left="notes.md")["told"] == []


def test_a_text_that_goes_is_gone(ask, tmp_path):
    ask("check", {"before-2014.rules": "x", "other/b.rules": "y"})
    ask("check", {"before-2014.rules": "x"})
    assert [path.name for path in (tmp_path / "desk").rglob("*")] == ["before-2014.rules"]


@pytest.mark.parametrize(
    "name",
    ["../out.rules", "/out.rules", "a/../../out.rules", "", "a.py", "a\\b.rules", "a\n.rules", "x" * 300 + ".rules"],
)
def test_a_name_leads_nowhere_else(ask, tmp_path, name):
    assert "fault" in ask("check", {name: "x"})
    assert not (tmp_path / "out.rules").exists()


def test_what_is_too_large_is_refused_kindly(ask):
    assert f"takes {MOST_TEXT:,}" in ask("check", {"a.rules": "#" * (MOST_TEXT + 1)})["fault"]
    assert "files" in ask("check", {f"{number}.rules": "" for number in range(MOST_FILES + 1)})["fault"]
    deep = 'rulebook "A"\ndefine a as ' + "(" * 5000 + "1" + ")" * 5000
    assert "nested-too-deeply" in {found["code"] for found in ask("check", {"before-2014.rules": deep})["told"]}


def test_half_a_character_is_no_end(ask):
    assert ask("check", {"before-2014.rules": 'rulebook "\ud800"'})["told"]


def test_an_archive_goes_out_and_comes_in(tmp_path):
    desk, files = Desk(tmp_path), texts("krx-derivatives")
    packed = desk.zip(files)
    assert packed == desk.zip(dict(reversed(files.items())))
    assert json.loads(desk.unzip(packed))["told"] == files


def zipped(**files):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return made.getvalue()


def test_an_archive_of_a_folder_is_that_folder(tmp_path):
    made = zipped(
        **{"ccp/a.rules": "x", "ccp/events/b.event": "y", "ccp/notes.txt": "z", "__MACOSX/ccp/._a.rules": "no"}
    )
    assert json.loads(Desk(tmp_path).unzip(made))["told"] == {"a.rules": "x", "events/b.event": "y"}


STRANGE = {
    "nothing": b"",
    "another": b"no archive",
    "no_text": zipped(**{"notes.txt": "x"}),
    "above": zipped(**{"../a.rules": "x"}),
    "absolute": zipped(**{"/tmp/a.rules": "x", "b.rules": "y"}),
    "bytes": zipped(**{"a.rules": b"\xff\xfe"}),
    "bomb": zipped(**{"a.rules": b"#" * 2_000_000}),
    "half": zipped(**{"a.rules": "x"})[:-30],
}


@pytest.mark.parametrize("data", STRANGE.values(), ids=STRANGE)
def test_a_strange_archive_is_refused_with_words(tmp_path, data):
    assert json.loads(Desk(tmp_path).unzip(data))["fault"]


def test_a_link_holds_what_it_was_made_of():
    files = {"a.rules": "rulebook „A“\n" * 50, "events/b.event": "event\n"}
    made = fragment(files, left="a.rules", right="events/b.event", tab="losses")
    text = made.removeprefix("#state=")
    assert "=" not in text
    assert len(text) < 200
    data = zlib.decompress(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), -15)
    assert json.loads(data) == {"v": 1, "files": files, "left": "a.rules", "right": "events/b.event", "tab": "losses"}
    for wrong in ({"left": "c.rules"}, {"right": "c.rules"}, {"tab": "none"}):
        with pytest.raises(ValueError, match="no"):
            fragment(files, **wrong)


NAMES = {
    "a.rules": True,
    "events/é 1.event": True,
    ".a.rules": True,
    ".rules": False,
    "..rules": False,
    "a/.rules": False,
    "": False,
    "a": False,
    "a.txt": False,
    "./a.rules": False,
    "a//b.rules": False,
    "../a.rules": False,
    "/a.rules": False,
    "a\\b.rules": False,
    "a\u00a0b.rules": False,
    "a\u2028.rules": False,
    "a\n.rules": False,
    "a.rules\n": False,
    f"{'é' * 97}.rules": True,
    f"{'é' * 98}.rules": False,
    f"{'a' * 194}.rules": True,
    f"{'a' * 195}.rules": False,
}


def taken(folder, *names):
    question = {"ask": "put", "files": dict.fromkeys(names, "")}
    return "fault" not in json.loads(Desk(folder / "files").answer(json.dumps(question)))


def test_names_are_held_to_one_rule(tmp_path):
    assert {name: taken(tmp_path, name) for name in NAMES} == NAMES
    assert not taken(tmp_path, "a.rules", "a.rules/b.rules")
    assert taken(tmp_path, "a.rules", "a/b.rules")


def test_a_rulebook_as_it_was_opened_does_not_count(tmp_path):
    desk = Desk(tmp_path / "files")
    files, opened = {"a.rules": "#" * 150_000}, {"as opened/a.rules": "# " * 75_000}
    told = json.loads(desk.answer(json.dumps({"ask": "put", "files": files, "opened": opened})))
    assert told == {"told": None}
    assert (tmp_path / "files" / "as opened" / "a.rules").is_file()
    told = json.loads(desk.answer(json.dumps({"ask": "put", "files": files, "opened": {"b.rules": "#" * 200_001}})))
    assert "200,001" in told["fault"]


@pytest.mark.parametrize("how", [zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA])
def test_a_damaged_archive_is_refused(tmp_path, how):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", how) as archive:
        archive.writestr("a.rules", "text " * 100)
    data = bytearray(made.getvalue())
    data[37:57] = b"\xff" * 20
    assert json.loads(Desk(tmp_path).unzip(bytes(data)))["fault"]
