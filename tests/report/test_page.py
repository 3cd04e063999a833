"""The page as a text: whole in itself, the same for the same inputs, and never markup from outside."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser

import pytest

from rulelang.base.diagnostic import RulelangError
from rulelang.document.markup import element, lines, raw, text
from rulelang.report.data import report_data
from rulelang.report.page import render_page
from rulelang.tools import cli as shell
from tests.report.conftest import BOOKS, shipped, written

NASDAQ = "nasdaq-commodities-2018/rulebook.rules", "nasdaq-commodities-2018/events/aas-2018.event"
EUREX = "changes/eurex-second-sitg"


class Reader(HTMLParser):
    """The elements of a page with their attributes and the text inside them."""

    def __init__(self, page):
        super().__init__()
        self.elements, self.texts, self.open = [], [], []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        self.texts.append("")
        self.open.append(len(self.texts) - 1)
        if tag in ("meta", "link", "input"):
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.elements[self.open.pop()][0] == tag, f"{tag} closes something else"

    def handle_data(self, data):
        if self.open:
            self.texts[self.open[-1]] += data

    def all(self, tag):
        return [(found, text) for (name, found), text in zip(self.elements, self.texts, strict=True) if name == tag]


@pytest.fixture(scope="module")
def nasdaq():
    return shipped(*NASDAQ)


@pytest.fixture(scope="module")
def page(nasdaq):
    return render_page(nasdaq, "1.2.3")


def test_the_same_inputs_give_the_same_bytes(page):
    assert render_page(shipped(*NASDAQ), "1.2.3") == page


def test_nothing_in_the_page_names_a_place_to_load_from(page):
    found = Reader(page)
    assert not found.open
    places = [(tag, name, value) for tag, attributes in found.elements for name, value in attributes.items()]
    for tag, name, value in places:
        if name in ("src", "href", "action", "data", "srcset", "poster"):
            assert value.startswith(("#", "data:")), (tag, name, value)
        assert not name.startswith("on"), (tag, name)
    style = found.all("style")[0][1]
    assert "url(" not in style
    assert "@import" not in style


def test_the_policy_names_each_script_by_its_digest_and_allows_no_other_source(page):
    found = Reader(page)
    policy = next(a["content"] for a, _ in found.all("meta") if a.get("http-equiv") == "Content-Security-Policy")
    scripts = [text for attributes, text in found.all("script") if "type" not in attributes]
    assert len(scripts) == 3
    for script in scripts:
        assert f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'" in policy
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "http" not in policy
    assert "unsafe-eval" not in policy


def test_titles_and_names_never_become_markup(hostile):
    found = Reader(hostile.read_text(encoding="utf-8"))
    assert not found.open
    assert len(found.all("script")) == 4
    assert not found.all("img")
    assert not found.all("svg")
    assert not found.all("b") or all("window" not in text for _, text in found.all("b"))
    shown = [text for _, text in found.all("bdi")]
    for name in ("<img src=x onerror=window.hit=2>", "</td><script>window.hit=10</script>", "<!--<script>"):
        assert name in shown


def test_the_data_of_a_hostile_page_say_what_the_files_say(hostile):
    found = Reader(hostile.read_text(encoding="utf-8"))
    island = next(text for attributes, text in found.all("script") if attributes.get("id") == "report-data")
    assert not set("<>&") & set(island)
    assert json.loads(island)["payers"][0]["id"] == "<img src=x onerror=window.hit=9>"


def test_markup_is_made_by_elements_alone():
    assert element("p", "<b>", raw("<i></i>"), title='"&') == '<p title="&quot;&amp;">&lt;b&gt;<i></i></p>'
    assert element("input", hidden=True, value=None, disabled=False) == "<input hidden>"
    assert text("a\u202eb\x07") == r"a\u202eb\x07"
    assert lines("a\n\tb\r\n<c>") == "a\n    b\n&lt;c&gt;"


def test_every_step_has_its_title_citation_rule_and_formula(nasdaq, page):
    found = Reader(page)
    rules = [text for _, text in found.all("pre")]
    for step in nasdaq.new.program.each_step():
        assert any(rule.startswith(f"{step.kind} {step.name}") for rule in rules)
    assert "    shared pro rata to contribution   cite" in "\n".join(rules)
    assert "107,000,000.00 × 30,000,000.00 / 166,000,000.00 = 19,337,349.397590…" in page
    assert [text for a, text in found.all("span") if a.get("class") == "citation"][3].startswith("Nasdaq DF page")


def test_the_tables_hold_the_run_of_the_event_without_any_script(nasdaq, page):
    found = Reader(page)
    cells = [(a["data-cell"], a["data-units"]) for a, _ in found.all("td") if {"data-cell", "data-units"} <= a.keys()]
    assert [int(units) for name, units in cells if name == "drawn"] == [x.drawn for x in nasdaq.new.allocation.lines]
    paid = {a["data-payer"]: None for a, _ in found.all("tr") if "data-payer" in a}
    assert len(paid) == 5
    assert ("total", "1933734940") in cells


def test_the_foot_tells_digests_and_versions_and_no_time(nasdaq, page):
    version, event = nasdaq.new, nasdaq.new.event
    for digest in (version.program.source.sha256, event.sha256):
        assert digest in page
    assert "rulelang 1.2.3, language 2" in page
    assert "declared on 2018-09-11" in page
    assert not re.search(r"\d\d:\d\d:\d\d", page.split("</style>")[1].split('<script>"use strict"')[0][:20000])


def test_data_tables_stand_in_the_foot_too():
    report = shipped(NASDAQ[0], "nasdaq-commodities-2018/events/third-default.event")
    page = render_page(report, "1")
    assert all(table.sha256 in page for table in report.new.event.data)


def test_a_page_for_one_loss_says_so_and_has_no_slider():
    page = render_page(shipped(*NASDAQ, fixed=True), "1")
    assert "about the event&#x27;s own loss alone" in page
    assert 'id="loss-slider"' not in page
    assert 'id="growth"' not in page


def test_where_the_rules_end_a_run_the_page_says_why():
    report = shipped("otc-rates/rulebook.rules", "otc-rates/events/poor-auction.event")
    assert report_data(report)["new"]["profile"]["top"] == "162000000000"
    assert "The rules end here: the event does not say whether `gains_haircut` is invoked" in render_page(report, "1")


def test_a_change_of_rules_is_shown_with_verdict_edits_and_payers():
    report = shipped(f"{EUREX}/after.rules", f"{EUREX}/events/in-the-fund.event", f"{EUREX}/before.rules")
    shown = report_data(report)["changes"]
    assert shown["verdict"] == "totals differ"
    assert {edit["kind"] for edit in shown["edits"]} >= {"limit-changed", "group-added"}
    assert set(shown["payers"]) == {"ccp", *report.new.event.survivors}
    assert shown["payers"]["ccp"]["bands"] == [{"start": "74300000000", "end": "359300000000", "sign": -1}]
    page = render_page(report, "1")
    assert "less from 743,000,000.00 to 3,593,000,000.00" in page
    assert page.count("<td>second_own</td>") == 1
    assert report.old is not None
    assert report.old.program.source.sha256 in page


def test_a_change_without_an_edit_says_so():
    report = shipped(NASDAQ[0], NASDAQ[1], NASDAQ[0])
    page = render_page(report, "1")
    assert "Both versions say the same." in page
    assert page.count("<td>nowhere</td>") == len(report_data(report)["payers"])


def test_an_event_without_a_default_has_nothing_to_report():
    rules = 'rulebook "A" currency EUR members have x : money waterfall tranche a paid by ccp up to EUR 1 finally b'
    with pytest.raises(RulelangError, match="no default") as caught:
        written(rules, 'event "E" declared 2025-01-01 member ALFA x = EUR 1')
    assert caught.value.diagnostics[0].code == "nothing-to-vary"


# ------------------------------------------------------------------------------------------------------- the command


@pytest.fixture
def run(in_process):
    return lambda *arguments: in_process("report", *arguments)


def arguments(rules=NASDAQ[0], event=NASDAQ[1]):
    return str(BOOKS / rules), str(BOOKS / event)


def test_the_command_writes_the_page(run, tmp_path):
    out = tmp_path / "page.html"
    assert run(*arguments(), "--out", str(out)) == (0, "", "")
    assert out.read_text(encoding="utf-8").startswith('<!DOCTYPE html>\n<html lang="en">')


def test_a_folder_that_cannot_be_written_is_a_diagnostic_and_leaves_nothing(run, tmp_path):
    code, _, err = run(*arguments(), "--out", str(tmp_path / "nowhere" / "page.html"))
    assert code == shell.BAD_INPUT
    assert "error[unwritable-file]" in err
    (tmp_path / "page.html").mkdir()
    code, _, err = run(*arguments(), "--out", str(tmp_path / "page.html"))
    assert "it is a folder" in err
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]


def test_what_is_no_straight_line_is_refused_and_can_be_fixed(run, tmp_path):
    files = arguments("segmented-ccp/rulebook.rules", "segmented-ccp/events/financials-default.event")
    out = tmp_path / "page.html"
    code, _, err = run(*files, "--out", str(out))
    assert code == shell.BAD_INPUT
    assert "error[not-straight]" in err
    assert not out.exists()
    assert run(*files, "--fixed", "--out", str(out))[0] == 0


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        ("USD 2 billion", "currency-mismatch"),
        ("much", "wrong-value"),
        ("1..5", "wrong-value"),
        ("-5", "wrong-value"),
        ("200_000_000.001", "ambiguous-amount"),
        ("EUR 200_000_000.0001", "too-many-decimals"),
    ],
)
def test_an_odd_limit_is_told_as_that_of_a_profile(run, in_process, tmp_path, amount, said):
    code, _, err = run(*arguments(), "--to", amount, "--out", str(tmp_path / "page.html"))
    assert code == shell.BAD_INPUT
    assert f"error[{said}]" in err
    assert in_process("profile", *arguments(), "--to", amount) == (code, "", err)


def test_a_limit_below_the_events_own_loss_is_wrong_use(run, tmp_path):
    code, _, err = run(*arguments(), "--to", "EUR 100 million", "--out", str(tmp_path / "page.html"))
    assert code == shell.USAGE
    assert "below the event's own loss, EUR 150,000,000.00" in err


def test_a_page_goes_no_further_than_it_is_told(run, tmp_path):
    out = tmp_path / "page.html"
    for amount in ("EUR 0.2 billion", "200,000,000", "0.2 billion"):
        assert run(*arguments(), "--to", amount, "--out", str(out))[0] == 0
        island = re.search(r'id="report-data">(.*?)</script>', out.read_text(encoding="utf-8"))
        assert json.loads(island[1])["new"]["profile"]["top"] == "20000000000"
    assert run(*arguments(), "--fixed", "--to", "EUR 1 billion", "--out", str(out))[0] == shell.USAGE
