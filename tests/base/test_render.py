"""How diagnostics look: expected renderings stand here as text, with the outer indentation taken away."""

import io
import json
import os
import subprocess
import sys
from importlib import resources
from pathlib import Path
from textwrap import dedent

import jsonschema  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulelang.base.advice import Certainty, only, write
from rulelang.base.codes import CODES
from rulelang.base.diagnostic import Diagnostic, Label, Severity, finding
from rulelang.base.files import data_folder
from rulelang.base.outputs import WriteError, write_atomically
from rulelang.base.pages import page
from rulelang.base.render import WIDTH, counts, render_text, summary, to_json, visible, wants_colour
from rulelang.base.sarif import to_sarif
from rulelang.base.source import Place, SourceText, Span


def source(text: str, name: str = "ccp.rules") -> SourceText:
    return SourceText.from_text(text, name)


def at(text: SourceText, part: str) -> Place:
    start = text.text.index(part)
    return Place(text, Span(start, start + len(part)))


def error(message: str = "wrong", place: Place | None = None, **more: object) -> Diagnostic:
    return Diagnostic("unexpected-text", Severity.ERROR, message, place, **more)  # type: ignore[arg-type]


def shown(*diagnostics: Diagnostic) -> str:
    """The rendering as the tests write it down: with a line end before the first line."""
    return "\n" + render_text(diagnostics, colour=False)


def expected(text: str) -> str:
    return dedent(text)


def frame(text: str, start: int, end: int, marker: str = "", width: int = WIDTH) -> list[str]:
    """The source line and its underlining, of one span of a text."""
    place = Place(source(text), Span(start, end))
    return render_text([error(place=place, marker=marker)], width=width).splitlines()[2:4]


RULEBOOK = source(
    'rulebook "Example"\ncurrency EUR\n\nwaterfall "Default"\n    tranche sitg\n        up to USD 25 million\n'
)
MISMATCH = finding(
    "currency-mismatch",
    "limit of `sitg` is in USD but the rulebook settles in EUR",
    at(RULEBOOK, "USD 25 million"),
    marker="this amount is USD",
    labels=[Label(at(RULEBOOK, "currency EUR"), "the rulebook settles in EUR")],
    help="write the limit in EUR, or declare a rate",
    breadcrumb=["waterfall", "sitg"],
    citation="Clearing Rules 8.12(b)",
)


# ------------------------------------------------------------------------------------------------------- the look


def test_the_example_of_the_design() -> None:
    assert shown(MISMATCH) == expected("""
        error[currency-mismatch]: limit of `sitg` is in USD but the rulebook settles in EUR
          --> ccp.rules:6:15   waterfall › sitg   (Clearing Rules 8.12(b))
            6 |         up to USD 25 million
              |               ^^^^^^^^^^^^^^ this amount is USD
            2 | currency EUR
              | ------------ the rulebook settles in EUR
          help: write the limit in EUR, or declare a rate

        1 error
        """)


def test_labels_of_one_line_are_grouped_and_other_files_have_their_own_arrow() -> None:
    event = source("event\ndeclared 2018-09-11\n", "aas.event")
    labels = (
        Label(at(event, "2018-09-11"), "declared here"),
        Label(at(RULEBOOK, "up to"), "a limit"),
        Label(at(RULEBOOK, "currency EUR"), "settles in EUR"),
        Label(at(event, "declared"), ""),
    )
    found = error(place=at(RULEBOOK, "USD"), labels=labels, notes=("one", "two"), helps=("do",))
    assert shown(found) == expected("""
        error[unexpected-text]: wrong
          --> ccp.rules:6:15
            6 |         up to USD 25 million
              |               ^^^
              |         ----- a limit
            2 | currency EUR
              | ------------ settles in EUR
          --> aas.event:2:10
            2 | declared 2018-09-11
              |          ---------- declared here
              | --------
          help: do
          note: one
          note: two

        1 error
        """)


def test_several_diagnostics_stand_in_the_order_of_files_and_places() -> None:
    other = source("event\n", "aas.event")
    found = (
        error("third", at(RULEBOOK, "tranche")),
        finding("useless-allowance", "second", at(RULEBOOK, "currency")),
        finding("unknown-code", "first", at(other, "event")),
        error("nowhere"),
    )
    assert [line for line in shown(*found).splitlines() if "[" in line or line[:1].isdigit()] == [
        "error[unexpected-text]: nowhere",
        "warning[unknown-code]: first",
        "note[useless-allowance]: second",
        "error[unexpected-text]: third",
        "2 errors, 1 warning, 1 note",
    ]


def test_diagnostics_of_one_place_stay_in_the_order_in_which_they_were_found() -> None:
    place = at(RULEBOOK, "tranche")
    text = render_text([error("zebra", place), error("apple", place)])
    assert text.index("zebra") < text.index("apple")


def test_nothing_found_gives_no_text() -> None:
    assert render_text([]) == ""
    assert summary([]) == ""


def test_only_so_many_are_written_out_and_no_error_is_hidden_by_warnings() -> None:
    lines = source("".join(f"line{number:02}\n" for number in range(30)))
    warnings = [finding("unknown-code", f"w{number:02}", at(lines, f"line{number:02}")) for number in range(27)]
    text = render_text([*warnings, error("late", at(lines, "line29"))])
    assert "error[unexpected-text]: late" in text
    assert "w18" in text
    assert "w19" not in text
    assert text.endswith("\n\nand 8 more\n\n1 error, 27 warnings\n")
    few = render_text(warnings[:3], most=2)
    assert few.endswith("\n\nand 1 more\n\n3 warnings\n")
    assert "more" not in render_text(warnings[:20])


# --------------------------------------------------------------------------------------------- places of all kinds


def test_a_place_without_a_span() -> None:
    found = error("no header row", Place(source("", "members.csv")), marker="empty")
    assert shown(found) == expected("""
        error[unexpected-text]: no header row
          --> members.csv
              = empty

        1 error
        """)


def test_a_place_with_a_json_pointer() -> None:
    data = source('{"members": [{"id": 3}]}', "members.json")
    found = error(
        "the id is a number",
        Place(data, pointer="/members/0/id"),
        labels=(Label(Place(data, Span(13, 22), "/members/0"), "this member"),),
        breadcrumb=("event",),
    )
    assert shown(found) == expected("""
        error[unexpected-text]: the id is a number
          --> members.json#/members/0/id   event
          --> members.json:1:14 #/members/0
            1 | {"members": [{"id": 3}]}
              |              --------- this member

        1 error
        """)


def test_a_diagnostic_without_a_place_still_says_where_it_belongs() -> None:
    found = error("no survivors left", breadcrumb=("Example", "waterfall", "sitg"), citation="CR 8")
    assert shown(found) == expected("""
        error[unexpected-text]: no survivors left
          --> Example › waterfall › sitg   (CR 8)

        1 error
        """)
    assert shown(error("plain")) == "\nerror[unexpected-text]: plain\n\n1 error\n"


def test_a_label_alone_has_its_arrow() -> None:
    found = error("twice", labels=(Label(at(RULEBOOK, "currency"), "here"),))
    assert shown(found) == expected("""
        error[unexpected-text]: twice
          --> ccp.rules:2:1
            2 | currency EUR
              | -------- here

        1 error
        """)


@pytest.mark.parametrize(
    ("text", "span", "rows"),
    [
        ("", (0, 0), ["    1 |", "      | ^ end"]),
        ("", (0, 9), ["    1 |", "      | ^ end"]),
        ("ab", (2, 3), ["    1 | ab", "      |   ^ end"]),
        ("ab\n", (3, 4), ["    2 |", "      | ^ end"]),
        ("ab\n", (2, 3), ["    1 | ab", "      |   ^ end"]),
        ("ab\n", (99, 120), ["    2 |", "      | ^ end"]),
        ("ab", (1, 1), ["    1 | ab", "      |  ^ end"]),
    ],
)
def test_spans_at_the_end_of_the_text(text: str, span: tuple[int, int], rows: list[str]) -> None:
    assert frame(text, *span, marker="end") == rows


def test_a_span_over_several_lines_is_marked_to_the_end_of_its_first() -> None:
    text = "a together   \n  b\nend"
    assert frame(text, 2, len(text), "group") == ["    1 | a together", "      |   ^^^^^^^^ group"]


def test_line_ends_of_both_kinds() -> None:
    text = "one\r\ntwo three\r\nfour"
    start = text.index("three")
    assert frame(text, start, start + 5) == ["    2 | two three", "      |     ^^^^^"]
    assert frame(text, start, len(text)) == ["    2 | two three", "      |     ^^^^^"]
    assert frame(text, start + 5, start + 7) == ["    2 | two three", "      |          ^"]
    assert frame(text, start + 6, start + 7) == ["    2 | two three", "      |          ^"]


def test_tabs_are_expanded_alike_in_text_and_underlining() -> None:
    assert frame("\tup\tto x", 4, 6) == ["    1 |     up  to x", "      |         ^^"]
    assert frame("a\tb", 1, 2) == ["    1 | a   b", "      |  ^^^"]


def test_wide_characters_take_two_cells_and_marks_none() -> None:
    assert frame('"中央清算" x', 1, 5) == ['    1 | "中央清算" x', "      |  ^^^^^^^^"]
    assert frame('"中央清算" x', 7, 8) == ['    1 | "中央清算" x', "      |            ^"]
    assert frame("e\u0301e\u0301 x", 5, 6) == ["    1 | e\u0301e\u0301 x", "      |    ^"]


def test_long_line_numbers_keep_the_gutter_straight() -> None:
    text = "\n" * 123455 + "here"
    assert frame(text, 123455, 123459) == [" 123456 | here"[1:], "       | ^^^^"]


# ------------------------------------------------------------------------------------------------------ long lines


def test_a_long_line_is_shown_around_the_span() -> None:
    text = "a" * 100 + " here " + "b" * 100
    assert frame(text, 101, 105, "x", width=40) == [
        "    1 | …aaaaaaaaaaaa here bbbbbbbbbbbb…",
        "      |               ^^^^ x",
    ]
    assert frame(text, 0, 3, width=40) == ["    1 | " + "a" * 30 + "…", "      | ^^^"]
    assert frame(text, 205, 206, width=40) == ["    1 | …" + "b" * 30, "      |  " + " " * 29 + "^"]
    assert frame(text, 206, 207, width=40) == ["    1 | …" + "b" * 30, "      |  " + " " * 30 + "^"]


def test_a_long_span_is_shown_from_its_start() -> None:
    assert frame("x = " + "a" * 200 + " end", 4, 204, width=40) == [
        "    1 | …" + "a" * 30 + "…",
        "      |  " + "^" * 30,
    ]


def test_a_label_outside_the_window_has_a_line_of_its_own() -> None:
    text = source("first " + "a" * 200 + " last")
    found = error(place=at(text, "last"), labels=(Label(at(text, "first"), "f"), Label(at(text, "a last"), "l")))
    assert render_text([found], width=40).splitlines()[2:-2] == [
        "    1 | …" + "a" * 25 + " last",
        "      |  " + " " * 26 + "^^^^",
        "      |  " + " " * 24 + "------ l",
        "    1 | first " + "a" * 24 + "…",
        "      | ----- f",
    ]


def test_a_label_that_leaves_the_window_has_a_line_of_its_own() -> None:
    text = source("first " + "a" * 20 + "b" * 20 + "c" * 200)
    found = error(place=at(text, "first"), labels=(Label(at(text, "b" * 20), ""), Label(at(text, "c" * 9), "")))
    assert render_text([found], width=40).splitlines()[2:-2] == [
        "    1 | first " + "a" * 20 + "b" * 4 + "…",
        "      | ^^^^^",
        "    1 | …" + "a" * 5 + "b" * 20 + "c" * 5 + "…",
        "      |  " + " " * 5 + "-" * 20,
        "    1 | …" + "b" * 10 + "c" * 20 + "…",
        "      |  " + " " * 10 + "-" * 9,
    ]


def test_a_line_of_megabytes_is_not_copied_to_the_terminal() -> None:
    marks = "\u0301" * 1_000_000
    for text in ("x" * 4_000_000, marks, "\t" * 1_000_000):
        assert len(render_text([error(place=Place(source(text), Span(500_000, 500_001)))])) < 2_000


# ------------------------------------------------------------------------------------------------- hostile characters


def test_control_characters_are_shown_as_escapes() -> None:
    hostile = "a\x1b[31mb\x07\x9b\u202e\u2066\u200d\ufeff\u2028\ud800\x7f"
    escaped = r"a\x1b[31mb\x07\x9b\u202e\u2066\u200d\ufeff\u2028\ud800\x7f"
    assert visible(hostile) == escaped
    assert visible("two\nlines\tand\rmore") == r"two\nlines\tand\rmore"
    assert visible("für 中央 e\u0301 \xa0 …") == "für 中央 e\u0301 \xa0 …"
    text = SourceText.from_text(f"{hostile} z", f"{hostile}.rules")
    found = error(
        hostile,
        Place(text, Span(len(hostile) + 1, len(hostile) + 2)),
        marker=hostile,
        notes=(hostile,),
        helps=(hostile,),
        breadcrumb=(hostile,),
        citation=hostile,
    )
    pad = " " * (len(escaped) + 1)
    assert render_text([found]).splitlines() == [
        f"error[unexpected-text]: {escaped}",
        f"  --> {escaped}.rules:1:{len(hostile) + 2}   {escaped}   ({escaped})",
        f"    1 | {escaped} z",
        f"      | {pad}^ {escaped}",
        f"  help: {escaped}",
        f"  note: {escaped}",
        "",
        "1 error",
    ]


@given(st.text(), st.integers(0, 60), st.integers(0, 60), st.text(), st.integers(0, 200))
def test_whatever_the_text_only_lines_of_our_own_reach_the_terminal(
    text: str, start: int, length: int, message: str, width: int
) -> None:
    place = Place(source(text, "n"), Span(start, start + length))
    rendered = render_text([error(message, place, labels=(Label(place, message),))], width=width)
    lines = rendered.split("\n")
    assert len(lines) == 8
    assert all(line == visible(line) for line in lines)
    assert "^" in lines[3]
    assert "-" in lines[4]


# ---------------------------------------------------------------------------------------------------------- colour


def test_colour_adds_nothing_but_escapes() -> None:
    coloured = render_text([MISMATCH], colour=True)
    assert coloured.startswith("\x1b[1;31merror[currency-mismatch]\x1b[0m\x1b[1m: limit of")
    for code in ("\x1b[0m", "\x1b[1m", "\x1b[34m", "\x1b[1;31m", "\x1b[1;32m"):
        assert code in coloured
        coloured = coloured.replace(code, "")
    assert coloured == render_text([MISMATCH], colour=False)
    assert "\x1b" not in coloured


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("environment", "terminal", "wanted"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"NO_COLOR": "1"}, True, False),
        ({"NO_COLOR": ""}, True, True),
        ({"FORCE_COLOR": "1"}, False, True),
        ({"FORCE_COLOR": "0"}, True, False),
        ({"FORCE_COLOR": ""}, False, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False),
        ({"TERM": "dumb"}, True, False),
    ],
)
def test_when_colour_is_wanted(
    environment: dict[str, str], terminal: bool, wanted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert wants_colour(Terminal() if terminal else io.StringIO()) is wanted


def test_a_closed_stream_wants_no_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    stream = io.StringIO()
    stream.close()
    assert wants_colour(stream) is False


def test_rendering_imports_neither_rich_nor_click() -> None:
    script = "import sys, rulelang.base.render; print({'rich', 'click', 'lark'} & set(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "set()"


# ------------------------------------------------------------------------------------------------------------ JSON


def schema() -> dict[str, object]:
    path = resources.files("rulelang") / "schemas" / "diagnostics.schema.json"
    return json.loads(path.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def everything() -> list[Diagnostic]:
    data = source("{}", "members.json")
    return [
        MISMATCH,
        error("no place"),
        finding("unknown-code", "file only", Place(data)),
        finding("useless-allowance", "pointer", Place(data, pointer="")),
    ]


def test_json_says_it_all() -> None:
    amount = at(RULEBOOK, "USD 25 million")
    found = finding(
        "currency-mismatch",
        "m",
        amount,
        help=only(write("EUR 1", certainty=Certainty.SURE)),
        labels=[Label(at(RULEBOOK, "currency"), "l")],
    )
    place = {
        "file": "ccp.rules",
        "line": 6,
        "column": 15,
        "end_line": 6,
        "end_column": 29,
        "offset": amount.span.start if amount.span else None,
        "end_offset": amount.span.end if amount.span else None,
        "pointer": None,
    }
    label = {
        "file": "ccp.rules",
        "line": 2,
        "column": 1,
        "end_line": 2,
        "end_column": 9,
        "offset": 19,
        "end_offset": 27,
        "pointer": None,
    }
    assert to_json([found]) == {
        "diagnostics": [
            {
                "code": "currency-mismatch",
                "severity": "error",
                "message": "m",
                **place,
                "marker": "",
                "labels": [{"text": "l", **label}],
                "helps": ["write `EUR 1`"],
                "notes": [],
                "fixes": [{"title": "write `EUR 1`", "certainty": "sure", "replacement": "EUR 1", **place}],
                "breadcrumb": [],
                "citation": None,
            }
        ],
        "summary": {"errors": 1, "warnings": 0, "notes": 0},
    }


def test_json_keeps_spans_within_the_text() -> None:
    text = source("ab\ncd")
    keys = ("line", "column", "end_line", "end_column", "offset", "end_offset")
    for span, values in (
        ((3, 99), (2, 1, 2, 3, 3, 5)),
        ((99, 120), (2, 3, 2, 3, 5, 5)),
        ((1, 4), (1, 2, 2, 2, 1, 4)),
        ((4, 4), (2, 2, 2, 2, 4, 4)),
        ((4, 2), (2, 2, 2, 2, 4, 4)),
    ):
        found = to_json([error("m", Place(text, Span(*span)))])["diagnostics"][0]
        assert tuple(found[key] for key in keys) == values


def test_json_follows_its_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    validator = jsonschema.Draft202012Validator(schema())
    values = to_json(everything())
    validator.validate(json.loads(json.dumps(values)))
    validator.validate(to_json([]))
    assert values["summary"] == counts(everything()) == {"errors": 2, "warnings": 1, "notes": 1}


@pytest.mark.parametrize(
    "damage",
    [{"severity": "fatal"}, {"line": 0}, {"message": None}, {"extra": 1}, {"labels": [{}]}, {"code": "Not A Code"}],
)
def test_the_schema_refuses_other_things(damage: dict[str, object]) -> None:
    values = to_json([MISMATCH])
    values["diagnostics"][0] |= damage
    assert not jsonschema.Draft202012Validator(schema()).is_valid(values)


def test_the_schema_knows_every_code() -> None:
    found = [Diagnostic(code, Severity(row.severity), "m") for code, row in CODES.items()]
    jsonschema.Draft202012Validator(schema()).validate(to_json(found))


# ----------------------------------------------------------------------------------------------------------- SARIF


def test_sarif_of_one_finding() -> None:
    amount = at(RULEBOOK, "USD 25 million")
    found = finding(
        "currency-mismatch",
        "limit in USD",
        amount,
        marker="USD",
        labels=[Label(at(RULEBOOK, "currency EUR"), "settles in EUR")],
        help=only(write("EUR 25 million")),
        breadcrumb=["waterfall", "sitg"],
        citation="CR 8",
    )
    log = to_sarif([found], "1.2.3")
    run = log["runs"][0]
    region = {
        "startLine": 6,
        "startColumn": 15,
        "endLine": 6,
        "endColumn": 29,
        "charOffset": RULEBOOK.text.index("USD"),
        "charLength": 14,
    }
    assert log["version"] == "2.1.0"
    assert run["columnKind"] == "unicodeCodePoints"
    assert run["results"] == [
        {
            "ruleId": "currency-mismatch",
            "ruleIndex": list(CODES).index("currency-mismatch"),
            "level": "error",
            "message": {"text": "limit in USD\nhelp: write `EUR 25 million`"},
            "locations": [
                {
                    "physicalLocation": {"artifactLocation": {"uri": "ccp.rules"}, "region": region},
                    "logicalLocations": [{"name": "sitg", "fullyQualifiedName": "waterfall › sitg"}],
                    "message": {"text": "USD"},
                }
            ],
            "relatedLocations": [
                {
                    "id": 0,
                    "physicalLocation": {
                        "artifactLocation": {"uri": "ccp.rules"},
                        "region": {
                            "startLine": 2,
                            "startColumn": 1,
                            "endLine": 2,
                            "endColumn": 13,
                            "charOffset": 19,
                            "charLength": 12,
                        },
                    },
                    "message": {"text": "settles in EUR"},
                }
            ],
            "fixes": [
                {
                    "description": {"text": "write `EUR 25 million`"},
                    "artifactChanges": [
                        {
                            "artifactLocation": {"uri": "ccp.rules"},
                            "replacements": [{"deletedRegion": region, "insertedContent": {"text": "EUR 25 million"}}],
                        }
                    ],
                }
            ],
            "properties": {"citation": "CR 8"},
        }
    ]


def test_sarif_rules_are_the_table_of_codes() -> None:
    driver = to_sarif([], "1.2.3")["runs"][0]["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("rulelang", "1.2.3")
    assert [rule["id"] for rule in driver["rules"]] == list(CODES)
    rule = driver["rules"][list(CODES).index("useless-allowance")]
    assert rule == {
        "id": "useless-allowance",
        "shortDescription": {"text": CODES["useless-allowance"].title},
        "defaultConfiguration": {"level": "note"},
        "help": {"text": page("useless-allowance"), "markdown": page("useless-allowance")},
    }


def test_sarif_of_places_without_spans_and_of_strange_names() -> None:
    data = SourceText.from_text("{}", "my data/ü:#1.json")
    results = to_sarif([error("[a](http://b)"), error("m", Place(data, pointer="/a"))], "1")["runs"][0]["results"]
    assert "locations" not in results[0]
    assert results[0]["message"] == {"text": r"\[a\](http://b)"}
    assert results[1]["locations"] == [
        {
            "physicalLocation": {"artifactLocation": {"uri": "my%20data/%C3%BC%3A%231.json"}},
            "logicalLocations": [{"fullyQualifiedName": "/a", "kind": "value"}],
        }
    ]


def test_sarif_names_absolute_paths_as_file_uris(tmp_path: Path) -> None:
    name = tmp_path / "a b.rules"
    found = error("m", Place(SourceText.from_text("", str(name))))
    location = to_sarif([found], "1")["runs"][0]["results"][0]["locations"][0]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == name.as_uri()


# --------------------------------------------------------------------------------------------------- pages and files


def test_pages_are_read_only_of_codes() -> None:
    assert page("unwritable-file").startswith("# `unwritable-file`\n")
    for name in ("no-such-code", "../../pyproject", ""):
        with pytest.raises(KeyError):
            page(name)


def test_data_folders_of_the_checkout_or_the_package() -> None:
    assert (data_folder("grammar") / "rulelang.lark").is_file()
    assert (data_folder("codes", "docs/codes") / "unwritable-file.md").is_file()


def refusal(path: Path, data: bytes | str = "new") -> str:
    """The message with which writing is refused; nothing may be left behind."""
    with pytest.raises(WriteError) as caught:
        write_atomically(path, data)
    (found,) = caught.value.diagnostics
    assert found.code == "unwritable-file"
    return found.message


def test_files_are_written_whole(tmp_path: Path) -> None:
    target = tmp_path / "out.txt"
    write_atomically(target, "grüße\r\n")
    assert target.read_bytes() == "grüße\r\n".encode()
    write_atomically(target, b"\x00\xff")
    assert target.read_bytes() == b"\x00\xff"
    assert list(tmp_path.iterdir()) == [target]


def test_permissions_of_a_file_that_is_there_stay(tmp_path: Path) -> None:
    target = tmp_path / "out.txt"
    target.write_text("old")
    target.chmod(0o640)
    write_atomically(target, "new")
    assert (target.read_text(), target.stat().st_mode & 0o777) == ("new", 0o640)
    plain, ours = tmp_path / "plain", tmp_path / "ours"
    plain.write_text("")
    write_atomically(ours, "")
    assert ours.stat().st_mode == plain.stat().st_mode


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("old")
    link.symlink_to(target)
    write_atomically(link, "new")
    assert link.is_symlink()
    assert target.read_text() == "new"


def test_what_cannot_be_written_is_said_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    target = Path("out.txt")
    target.write_text("old")
    folder = Path("folder")
    folder.mkdir()
    assert refusal(Path("missing/out.txt")) == "cannot write missing/out.txt: no such file or directory"
    assert refusal(folder) == "cannot write folder: it is a folder"
    # a pipe of our own: were it replaced, nothing outside this folder would be harmed
    os.mkfifo("pipe")
    assert refusal(Path("pipe")) == "cannot write pipe: it is not a regular file"
    assert (
        refusal(target, "\ud800") == "cannot write out.txt: the text holds half a character, which UTF-8 cannot express"
    )
    assert refusal(Path("a\0b")) == "cannot write a\0b: its name holds a zero byte"
    assert refusal(Path("x" * 300)).startswith("cannot write xxx")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    assert refusal(target) == "cannot write out.txt: no space left on device"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "out.txt", "pipe"]
    assert target.read_text() == "old"


def test_an_interrupt_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("os.replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(tmp_path / "out.txt", "new")
    assert list(tmp_path.iterdir()) == []
