"""``rulelang prove``: what is asked, what is answered in which format, what is written, and what bad input is told."""

import json
import re
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

import rulelang
from rulelang.base.files import data_folder
from rulelang.proof.claims.verdict import Proved, Scope, Settled, Unknown
from tests.schemas import validator

pytest.importorskip("z3")

RULES = """\
rulebook "A small book" version "1"
currency EUR
given capital : money
members have
    fund : money
    gain : signed money
waterfall
    tranche own "Own" cite "1" paid by ccp up to capital
    tranche pool "Pool" cite "2" paid by survivors from fund shared pro rata to fund
    haircut gains "Gains" cite "3" paid by survivors where gain > EUR 0 up to gain each shared pro rata to gain
    finally open
ensure "members pay after the CCP" cite "R 1": used(pool) = EUR 0 or unused(own) = EUR 0
test "small"
    event "elsewhere.event"
    expect outcome open
""".replace(' cite "R 1":', ":")
NEW = RULES.replace("up to capital", "up to 50% of capital").replace('version "1"', 'version "2"')
EVENT = """\
event "A default"
declared 2024-01-01
given capital = EUR 3
member A fund = EUR 6 gain = EUR 0
member B fund = EUR 2 gain = EUR 5
member D fund = EUR 1 gain = EUR 0
default of D loss EUR 10
"""


class Ran(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def words(self) -> str:
        """What it said, on one line."""
        return " ".join(self.out.split())


@pytest.fixture
def run(tmp_path, monkeypatch, in_process):
    (tmp_path / "a.rules").write_text(RULES, "utf-8")
    (tmp_path / "b.rules").write_text(NEW, "utf-8")
    (tmp_path / "a.event").write_text(EVENT, "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    return lambda *words: Ran(*in_process(*words))


def verdicts(done):
    data = json.loads(done.out)
    validator("prove").validate(data)
    return {claim["name"]: claim["verdict"] for claim in data["claims"]}, data


def test_of_a_rulebook_every_invariant_is_asked_and_what_may_be_asked_of_any(run):
    done = run("prove", "a.rules", "--format", "json")
    found, data = verdicts(done)
    assert (done.code, data["verdict"]) == (0, "proved")
    assert found["ensure.0"] == found["never-refuses"] == found["reaches.gains"] == found["leaves-loss"] == "proved"
    (claim,) = [claim for claim in data["claims"] if claim["name"] == "ensure.0"]
    assert claim["scope"] == {
        "survivors": None,
        "defaulters": None,
        "these_members": False,
        "to_the_unit": True,
        "within": None,
        "without": [],
        "text": "any number of survivors and defaulters, to the minor unit",
    }
    assert data["rulebooks"] == [{"title": "A small book", "version": "1", "sha256": claim_digest(RULES)}]
    assert data["solver"]["name"] == "z3"


def claim_digest(text):
    from hashlib import sha256

    return sha256(text.encode("utf-8")).hexdigest()


def test_a_false_claim_is_refuted_by_an_event_that_shows_who_pays_what_and_what_was_allowed(run):
    done = run("prove", "a.rules", "--claim", "for survivors: total_paid <= fund")
    assert done.code == 1
    assert re.search(r"REFUTED +for survivors: total_paid <= fund", done.out)
    assert re.search(r"ALPHA pays EUR [0-9.,]+, allowed EUR [0-9.,]+", done.words)
    assert "an event was found and run (1 survivor, 1 defaulter" in done.words
    assert all(len(line) <= 80 for line in done.out.splitlines())


def test_the_event_of_a_refutation_breaks_the_claim_when_it_is_run(run, tmp_path):
    claim = 'ensure "within the fund" for survivors: total_paid <= fund'
    _, data = verdicts(run("prove", "a.rules", "--claim", claim, "--format", "json"))
    (told,) = data["claims"]
    (tmp_path / "c.rules").write_text(RULES + claim + "\n", "utf-8")
    (tmp_path / "found.event").write_text(told["events"][0], "utf-8")
    done = run("run", "c.rules", "found.event", "--format", "json")
    assert done.code == 1
    broken = [line for line in json.loads(done.out)["ensures"] if not line["holds"]]
    assert [line["text"] for line in broken] == ["within the fund"]


def test_claims_of_a_file_are_asked_alone(run, tmp_path):
    text = 'define both as fund + max(gain, EUR 0)\nensure "enough" for survivors: total_paid <= both\n'
    (tmp_path / "claims.rules").write_text(text, "utf-8")
    done = run("prove", "a.rules", "--claims", "claims.rules", "--format", "json")
    found, data = verdicts(done)
    assert (done.code, list(found.values()), data["claims"][0]["claim"]) == (0, ["proved"], "enough")


def test_what_is_assumed_is_said_and_makes_the_difference(run):
    claim, assumed = "for survivors: total_paid <= fund", "for members: gain <= EUR 0"
    done = run("prove", "a.rules", "--claim", claim, "--assume", assumed)
    assert done.code == 0, done.out
    assert f"assumed: {assumed}" in done.words
    _, data = verdicts(run("prove", "a.rules", "--claim", claim, "--assume", assumed, "--format", "json"))
    assert [one["text"] for one in data["assumptions"]] == [assumed]
    assert data["claims"][0]["assumptions"] == [assumed]


def test_an_assume_of_the_rulebook_is_taken_for_granted_and_an_ensure_by_its_text(run, tmp_path):
    claim = "for survivors: total_paid <= fund"
    (tmp_path / "c.rules").write_text(RULES + 'assume "no gains" for members: gain <= EUR 0\n', "utf-8")
    assert run("prove", "c.rules", "--claim", claim).code == 0
    (tmp_path / "d.rules").write_text(RULES + 'ensure "no gains" for members: gain <= EUR 0\n', "utf-8")
    assert run("prove", "d.rules", "--claim", claim).code == 1
    assert run("prove", "d.rules", "--claim", claim, "--assume", "no gains").code == 0


def test_nothing_counts_as_proved_from_assumptions_that_contradict_each_other(run):
    words = (
        "--assume",
        "for members: fund >= EUR 5",
        "--assume",
        "for members: fund < EUR 5",
        "--assume",
        "loss > EUR 0",
    )
    done = run(
        "prove",
        "a.rules",
        "--claim",
        "for survivors: total_paid <= fund",
        *words,
        "--assume",
        "(count of survivors) > 0",
    )
    assert done.code == 4
    assert "contradict" in done.words
    assert "proved" not in done.words.replace("nothing counts as proved", "")


def test_two_versions_are_compared_for_every_event(run):
    done = run("prove", "a.rules", "b.rules", "--format", "json")
    found, data = verdicts(done)
    assert done.code == 1
    assert found["same-payments"] == found["no-survivor-pays-more"] == "refuted"
    assert found["no-survivor-pays-less"] == "proved"
    (more,) = [claim for claim in data["claims"] if claim["name"] == "no-survivor-pays-more"]
    assert "under the new version instead of" in more["shown"]
    assert len(data["rulebooks"]) == 2


def test_the_same_version_twice_pays_the_same(run):
    found, _ = verdicts(run("prove", "a.rules", "a.rules", "--format", "json"))
    assert set(found.values()) == {"proved"}


def test_saved_events_replay_and_nothing_is_overwritten(run, tmp_path):
    words = ("prove", "a.rules", "--claim", "for survivors: total_paid <= fund", "--save", "refuted")
    done = run(*words)
    assert "event written to refuted/ensure-1.event and run" in done.words
    assert sorted(path.name for path in (tmp_path / "refuted").iterdir()) == ["ensure-1.event", "replay.rules"]
    replayed = run("test", "refuted", "--no-reach")
    assert (replayed.code, "1 passed, 0 failed" in replayed.out) == (0, True), replayed.out
    before = (tmp_path / "refuted" / "replay.rules").read_text("utf-8")
    again = run(*words)
    assert (again.code, "is there already" in again.err) == (3, True)
    assert (tmp_path / "refuted" / "replay.rules").read_text("utf-8") == before


def test_saved_events_of_two_versions_replay_under_each(run, tmp_path):
    run("prove", "a.rules", "b.rules", "--save", "apart")
    names = {path.name for path in (tmp_path / "apart").iterdir()}
    assert {"old.rules", "new.rules", "no-survivor-pays-more.event"} <= names
    assert run("test", "apart", "--no-reach").code == 0


def test_formulas_are_written_as_smt_lib_and_their_digests_are_in_the_certificate(run, tmp_path):
    done = run(
        "prove", "a.rules", "--claim", "used(pool) = EUR 0 or unused(own) = EUR 0", "--smt", "f", "--format", "json"
    )
    _, data = verdicts(done)
    written = {claim_digest(path.read_text("utf-8")) for path in (tmp_path / "f").iterdir()}
    assert written == {one["sha256"] for claim in data["claims"] for one in claim["formulas"]}
    assert written
    assert all("(check-sat)" in path.read_text("utf-8") for path in (tmp_path / "f").iterdir())


def test_diff_and_report_say_it_beside_what_they_compared(run, tmp_path):
    done = run("diff", "a.rules", "b.rules", "--event", "a.event", "--prove")
    assert done.words.index("For all events") < done.words.index("Edits")
    data = json.loads(run("diff", "a.rules", "b.rules", "--event", "a.event", "--prove", "--format", "json").out)
    validator("prove").validate(data["proof"])
    words = ("report", "b.rules", "a.event", "--against", "a.rules", "--prove", "--out", "page.html")
    assert run(*words).code == 0
    page = (tmp_path / "page.html").read_text("utf-8")
    assert "What holds for all events" in page
    assert "no survivor pays less under the new version" in page


def test_the_interface_for_python_says_the_same():
    book = rulelang.parse_rulebook(RULES)
    proof = rulelang.prove(book, claims=["for survivors: total_paid <= fund"])
    assert str(proof) == proof.to_text()
    assert "for survivors: total_paid <= fund" in str(proof)
    assert len(repr(proof)) < 100
    assert proof.verdict == "refuted"
    assert "allowed" in proof.witnesses["ensure.1"].shown
    with pytest.raises(rulelang.RulelangError, match="old or the new version"):
        rulelang.prove(book, book, claims=["used(pool) > EUR 0"])


def test_python_takes_the_options_of_the_command(tmp_path):
    files = {"a.rules": RULES, "a.event": EVENT, "c.rules": 'ensure "enough" for survivors: total_paid <= fund\n'}
    for name, text in files.items():
        (tmp_path / name).write_text(text, "utf-8")
    book, claims = tmp_path / "a.rules", [tmp_path / "c.rules"]
    assumed = "for members: gain <= EUR 0"
    proof = rulelang.prove(book, claim_files=claims, assume=[assumed], most_members=2, timeout=5)
    assert (proof.verdict, [one.text for one in proof.assumptions]) == ("proved", [assumed])
    assert (proof.most_members, proof.timeout) == (2, 5)
    of_these = rulelang.prove(book, claim_files=claims, event=tmp_path / "a.event")
    assert of_these.verdict == "refuted"  # B has gains that are cut
    assert set(of_these.event.members) == {"A", "B", "D"}
    assert rulelang.prove(book, tmp_path / "a.rules").verdict == "proved"


# ------------------------------------------------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("a.rules", "--claim", "used(nothing) = EUR 0"), 3, "claim 1:1:"),
        (("a.rules", "--claim", "used(nothing) = EUR 0"), 3, "unknown-step"),
        (("a.rules", "--claim", "total_paid <= fund"), 3, "as in `ensure"),
        (("a.rules", "--claim", "the CCP pays first"), 3, "claim 1:1:"),
        (("a.rules", "--assume", "used(own) = EUR 0"), 3, "not-for-assume"),
        (("a.rules", "--assume", "the members are good"), 3, "assumption 1:1:"),
        (("a.rules", "--claims", "a.rules"), 3, "wrong-kind-of-file"),
        (("a.rules", "--claims", "a.event"), 3, "wrong-kind-of-file"),
        (("a.rules", "--claims", "empty.rules"), 3, "empty-file"),
        (("a.rules", "--claims", "comments.rules"), 3, "empty-file"),
        (("a.rules", "--claims", "binary.rules"), 3, "not-text"),
        (("a.rules", "--claims", "other.rules"), 3, "misplaced-part"),
        (("a.rules", "--claims", "none.rules"), 3, "unreadable-file"),
        (("a.event",), 3, "wrong-kind-of-file"),
        (("a.rules", "--event", "a.rules"), 3, "wrong-kind-of-file"),
        (("a.rules", "c.rules"), 3, "the field `rating` is declared by the new version only"),
        (("a.rules", "d.rules"), 3, "the field `gain` is declared by the old version only"),
        (("a.rules", "b.rules", "a.rules"), 2, "two versions"),
        (("a.rules", "--members", "0"), 2, "--members"),
        (("a.rules", "--timeout", "0"), 2, "--timeout"),
        (("a.rules", "--format", "xlsx"), 2, "--out"),
    ],
)
def test_bad_input_is_told_where_it_stands(run, tmp_path, words, code, says):
    (tmp_path / "empty.rules").write_text("", "utf-8")
    (tmp_path / "comments.rules").write_text("# nothing\n\n", "utf-8")
    (tmp_path / "binary.rules").write_bytes(b"\x00\xff\xfe\x00")
    (tmp_path / "other.rules").write_text('party x "X"\nensure "y": loss > EUR 0\n', "utf-8")
    (tmp_path / "c.rules").write_text(
        RULES.replace("gain : signed money", "gain : signed money\n    rating : number"), "utf-8"
    )
    less = re.sub(r"(?m)^.*\bgains?\b.*\n", "", RULES)
    (tmp_path / "d.rules").write_text(less, "utf-8")
    done = run("prove", *words)
    assert (done.code, done.out) == (code, ""), done
    assert says in " ".join(done.err.split())


def test_what_was_settled_stands_where_time_ran_out_for_another(run, monkeypatch):
    def settle(question, **_):
        if question.name == "ensure.0":
            return Settled(question, Proved(Scope(None, None), "linear"), 1)
        why = "the solver did not answer in time"
        return Settled(question, Unknown("out of time", why, "sum  of\nfund", proved=Scope(2, 2)), 10)

    monkeypatch.setattr("rulelang.proof.proof.settle", settle)
    done = run("prove", "a.rules")
    assert done.code == 4
    assert "proved members pay after the CCP any number of survivors and defaulters" in done.words
    assert "the solver did not answer in time: “sum of fund” proved for up to 2 survivors" in done.words


def test_without_a_solver_it_says_which_extra(run, monkeypatch):
    monkeypatch.setitem(sys.modules, "z3", None)
    done = run("prove", "a.rules")
    assert done.code == 3
    assert 'pip install "rulelang[prove]"' in done.err


def test_a_claim_may_be_given_in_every_form(run):
    for claim in (
        "used(pool) = EUR 0 or unused(own) = EUR 0",
        ": used(pool) = EUR 0 or unused(own) = EUR 0",
        'ensure "after": used(pool) = EUR 0 or unused(own) = EUR 0',
        'ensure "after" for survivors where fund > EUR 0: paid(pool) = EUR 0 or unused(own) = EUR 0 cite "R 7"',
    ):
        assert run("prove", "a.rules", "--claim", claim).code == 0, claim


@pytest.mark.parametrize("form", ["csv", "markdown", "html", "xlsx"])
def test_every_format_tells_the_verdicts(run, tmp_path, form):
    out = str(tmp_path / f"out.{form}")
    assert run("prove", "a.rules", "--claim", "used(own) <= capital", "--format", form, "--out", out).code == 0
    if form != "xlsx":
        assert "proved" in Path(out).read_text("utf-8")


def test_the_members_may_be_those_of_a_day_of_a_history(run):
    folder = data_folder("rulebooks") / "nasdaq-autumn-2018"
    asked = ("--on", "2018-09-11", "--claim", "for survivors: total_paid <= 330% of contribution", "--format", "json")
    alone = run("prove", str(folder / "autumn-2018.history"), *asked)
    assert list(verdicts(alone)[0].values()) == ["proved"]
    assert verdicts(alone)[1]["claims"][0]["scope"]["these_members"]
    assert verdicts(alone)[1]["event"]["title"] == "Nasdaq Clearing, autumn 2018, 2018-09-11"


def test_a_day_goes_with_a_history_and_a_history_with_a_day(run):
    history = str(data_folder("rulebooks") / "nasdaq-autumn-2018" / "autumn-2018.history")
    assert run("prove", "a.rules", "--on", "2018-09-11").code == 2
    assert run("prove", "a.rules", "--event", "a.event", "--on", "2018-09-11").code == 2
    assert run("prove", history).code == 2


OLD_AND_NEW = {
    "new used(own) <= old used(own)": "proved",
    "for survivors: new total_paid <= old total_paid": "refuted",
    "for survivors: new paid(pool) <= fund": "proved",
    "for survivors where gain <= EUR 0: old paid(gains) = new paid(gains)": "proved",
    "old used(own) < new used(own) + EUR 1": "refuted",
}


def test_claims_about_two_versions_name_the_version_before_a_result(run, tmp_path):
    texts = [word for claim in OLD_AND_NEW for word in ("--claim", claim)]
    done = run("prove", "a.rules", "b.rules", *texts, "--save", "found", "--format", "json")
    _, data = verdicts(done)
    assert {claim["claim"]: claim["verdict"] for claim in data["claims"]} == OLD_AND_NEW
    assert done.code == 1
    by_text = {claim["claim"]: claim for claim in data["claims"]}
    broken = by_text["for survivors: new total_paid <= old total_paid"]
    (tmp_path / "shown.event").write_text(broken["events"][0], "utf-8")
    old, new = (run("run", book, "shown.event", "--format", "json") for book in ("a.rules", "b.rules"))
    assert old.out != new.out
    assert re.search(r"of (\w+): `new total_paid` is EUR", broken["shown"])
    assert run("test", "found").code == 0


def test_a_file_of_claims_may_be_about_two_versions(run, tmp_path):
    section = 'ensure "the CCP pays no more" # less is meant\n    : new used(own) <= old used(own)\n'
    (tmp_path / "claims.rules").write_text(section * 2, "utf-8")
    found, data = verdicts(run("prove", "a.rules", "b.rules", "--claims", "claims.rules", "--format", "json"))
    assert found == {"claim.1": "proved", "claim.2": "proved"}
    assert data["claims"][0]["claim"] == "the CCP pays no more"


CLAIMS_OF_TWO = """\
# what the committee was told
define most as 100% of fund  # "of it
    "a contribution"

assume "no gains # at all" for members: gain <= EUR 0

ensure "no more # than that" for survivors where fund > EUR 1:
    new paid(pool) <=  # new paid(pool)
        min(most, fund)
    cite "the minutes"
"""


def test_a_file_of_claims_about_two_versions_may_define_and_assume(run, tmp_path):
    (tmp_path / "claims.rules").write_text(CLAIMS_OF_TWO, "utf-8")
    found, data = verdicts(run("prove", "a.rules", "b.rules", "--claims", "claims.rules", "--format", "json"))
    assert found == {"claim.1": "proved"}
    (claim,) = data["claims"]
    assert (claim["claim"], claim["citation"]) == ("no more # than that", "the minutes")
    assert claim["assumptions"] == ["no gains # at all"]


def test_a_definition_that_reads_a_result_is_of_the_version_that_is_named_before_it(run, tmp_path):
    for name in ("a", "b"):
        text = (tmp_path / f"{name}.rules").read_text("utf-8")
        (tmp_path / f"{name}_paid.rules").write_text(f"{text}define mine as total_paid\n", "utf-8")
    claims = {
        "for survivors: new mine <= new total_paid": "proved",
        "for survivors where old mine = EUR 0: old mine <= new mine": "proved",
        "for survivors: new mine <= old mine": "refuted",
    }
    texts = [word for claim in claims for word in ("--claim", claim)]
    done = run("prove", "a_paid.rules", "b_paid.rules", *texts, "--format", "json")
    assert {claim["claim"]: claim["verdict"] for claim in verdicts(done)[1]["claims"]} == claims
    done = run("prove", "a_paid.rules", "b_paid.rules", "--claim", "for survivors: mine <= old mine")
    assert "`mine` reads a result of a run and does not say whether of the old or the new version" in done.err


def test_claims_about_two_versions_may_use_the_name_of_either(run, tmp_path):
    text = re.sub(r"\bfund\b", "deposit", (tmp_path / "b.rules").read_text("utf-8"))
    (tmp_path / "c.rules").write_text(text.replace("deposit : money", "deposit : money formerly fund"), "utf-8")
    (tmp_path / "claims.rules").write_text(CLAIMS_OF_TWO.replace("most, fund", "most, deposit"), "utf-8")
    words = ("--claims", "claims.rules", "--assume", "for members: deposit > EUR 0", "--format", "json")
    assert verdicts(run("prove", "a.rules", "c.rules", *words))[0] == {"claim.1": "proved"}
    assert verdicts(run("prove", "c.rules", "a.rules", *words))[0] == {"claim.1": "proved"}


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("\ndefine most as old most_of\n", "2:16", "this is a result of a run"),
        ("\ndefine most as new total_paid\n", "2:20", "this is a result of a run"),
        ('\nassume "x": old remaining = EUR 0\n', "2:17", "this is a result of a run"),
        ("\n\ndefine most as funds\n", "3:16", "unknown-name"),
        ('\nensure "x":\n    new used(own) <= old used(owner)\n', "3:31", "unknown-step"),
        ('\nensure "x":\n    new used(own) <=\n', "3:19", "missing-part"),
        ('\nensure "x":\n    new used(own) + used(own) <= EUR 5\n', "3:21", "does not say whether of the old"),
        ("\ngiven g : money\n", "2:1", "does not stand among claims"),
        ("# nothing\n", "1:1", "holds no claim"),
    ],
)
def test_what_is_wrong_with_a_file_about_two_versions_is_told_where_it_was_written(run, tmp_path, text, place, said):
    (tmp_path / "claims.rules").write_text(text, "utf-8")
    done = run("prove", "a.rules", "b.rules", "--claims", "claims.rules")
    assert done.code == 3
    assert f"claims.rules:{place}" in done.err, done.err
    assert said in done.err


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        ("new total_paid - old total_paid <= EUR 5", "reads results of both versions"),
        ("new used(own) <= EUR 5 or old used(own) <= EUR 5", "one comparison"),
        ("new used(owner) <= old used(own)", "unknown-step"),
        ("new used(own) <= 5", "is compared with"),
        ("for survivors where open: new total_paid <= old total_paid", "unknown-name"),
        ("new used(own)", "one comparison"),
        ("used(own) >= old used(own)", "`used(own)` reads a result of a run and does not say"),
        ("old used(own) + used(own) >= new used(own)", "does not say whether of the old or the new version"),
        ("for survivors where total_paid > EUR 5: new total_paid <= old total_paid", "`total_paid` reads a result"),
    ],
)
def test_what_is_no_comparison_of_two_versions_is_refused_before_anything_is_asked(run, claim, said):
    done = run("prove", "a.rules", "b.rules", "--claim", claim)
    assert done.code == 3, done.err
    assert said in done.err
    assert not done.out


@pytest.mark.parametrize("taken", [(), ("--assume", "capital > EUR 5")], ids=["nothing", "an assumption"])
def test_a_population_of_either_version_and_assumptions_go_with_both_versions(run, taken):
    claims = {
        "for survivors where fund > EUR 5: new paid(pool) <= fund": "proved",
        "for survivors where fund > EUR 5: old total_paid >= old total_paid": "proved",
        "for survivors where old paid(pool) > fund: new total_paid <= old total_paid": "proved",
        "for survivors where new paid(pool) > EUR 0: EUR 0 >= old paid(pool)": "refuted",
    }
    texts = [word for claim in claims for word in ("--claim", claim)]
    done = run("prove", "a.rules", "b.rules", *taken, *texts, "--format", "json")
    assert {claim["claim"]: claim["verdict"] for claim in verdicts(done)[1]["claims"]} == claims


@pytest.mark.parametrize("claim", ["1000 * {} <= 1000 * old used(own)", "{} / 0.001 <= old used(own) / 0.001"])
def test_a_multiple_is_told_to_the_unit_or_not_at_all(run, claim):
    done = run("prove", "a.rules", "b.rules", "--claim", claim.format("new used(own)"), "--format", "json")
    assert verdicts(done)[1]["claims"][0]["scope"]["to_the_unit"]


def test_the_order_of_steps_may_be_asked_where_something_is_assumed(run):
    done = run("prove", "a.rules", "--assume", "capital > EUR 5", "--format", "json")
    found = verdicts(done)[0]
    assert any(name.startswith("order.") for name in found), found
