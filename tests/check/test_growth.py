"""The work of checking grows with the text, not with its square: comparisons are counted, not seconds."""

import difflib
import json
import sys
import time
from collections.abc import Callable
from types import FrameType
from typing import SupportsIndex

import pytest

from rulelang import CheckError, ReadError, RulelangError
from rulelang.base.advice import remove
from rulelang.base.source import SourceText, Span
from rulelang.check.events.event import check_event
from rulelang.check.repairs import words_before
from rulelang.check.rulebook import check_rulebook

pytestmark = pytest.mark.slow  # the language is covered without it

HEAD = 'rulebook "A"\ncurrency EUR\n'
MEMBERS = "members have\n x : money\n"
WATERFALL = "waterfall\ntranche a paid by ccp up to EUR 1\n"
DEFAULT = "member D x = EUR 1\ndefault of D loss EUR 1\n"


def lines(text: Callable[[int], str], number: int) -> str:
    return "".join(text(index) + "\n" for index in range(number))


def steps(number: int) -> str:
    return "waterfall\n" + lines(lambda i: f"tranche stp_{i} paid by ccp up to EUR 1", number)


RULEBOOKS: dict[str, Callable[[int], str]] = {
    "values": lambda n: (
        HEAD
        + "members have\n"
        + lines(lambda i: f" field_{i} : money", n)
        + "waterfall\n"
        + lines(lambda i: f"tranche s_{i} paid by survivors up to feild_{i} each", n)
    ),
    "steps": lambda n: HEAD + MEMBERS + steps(n) + lines(lambda i: f'ensure "e{i}": used(step_{i}) <= EUR 1', n),
    "payers": lambda n: (
        HEAD
        + lines(lambda i: f'party party_{i} "P"', n)
        + MEMBERS
        + "waterfall\n"
        + lines(lambda i: f"tranche s_{i} paid by prty_{i} up to EUR 1", n)
    ),
    "pots": lambda n: (
        HEAD
        + "members have\n"
        + lines(lambda i: f" field_{i} : money", n)
        + "waterfall\n"
        + lines(lambda i: f"tranche s_{i} paid by survivors from feild_{i}", n)
    ),
    "segments": lambda n: (
        f"{HEAD}segments {', '.join(f'seg_{i}' for i in range(n))}\n{MEMBERS}waterfall\n"
        + lines(lambda i: f"tranche s_{i} for losses in sge_{i} paid by ccp up to EUR 1", n)
    ),
    "choices": lambda n: (
        f"{HEAD}members have\n c : one of {', '.join(f'val_{i}' for i in range(n))}\n"
        f" d : one of {', '.join(f'vla_{i}' for i in range(n))}\nwaterfall\n"
        + lines(lambda i: f"tranche s_{i} paid by survivors where c = vla_{i} up to EUR 1", n)
    ),
    "ranks": lambda n: (
        f"{HEAD}members have\n f : money\n c : one of {', '.join(f'val_{i}' for i in range(n))}\nwaterfall\n"
        f"tranche s paid by survivors from f in order of c: {' then '.join(f'vla_{i}' for i in range(n))}"
        " shared pro rata to f\n"
    ),
    "expected payers": lambda n: (
        HEAD
        + MEMBERS
        + steps(n)
        + 'test "t"\ndeclared 2024-01-01\n'
        + DEFAULT
        + lines(lambda i: f"expect step_{i} pays EUR 1", n)
    ),
    "expected steps": lambda n: (
        HEAD
        + MEMBERS
        + steps(n)
        + 'test "t"\ndeclared 2024-01-01\n'
        + DEFAULT
        + lines(lambda i: f"expect ccp pays EUR 1 under step_{i}", n)
    ),
}


def event(**parts: object) -> str:
    return json.dumps({"event": "e", "declared": "2024-01-01", **parts})


def named(word: str, number: int) -> list[str]:
    return [f"{word}{index}" for index in range(number)]


EVENTS: dict[str, tuple[Callable[[int], str], Callable[[int], str]]] = {
    "members": (
        lambda n: HEAD + MEMBERS + WATERFALL,
        lambda n: event(
            members=[{"member": name, "fields": {"x": "1"}} for name in named("MEMBER", n)],
            defaults=[{"member": name, "amount": "1"} for name in named("MEMEBR", n)],
        ),
    ),
    "fields": (
        lambda n: HEAD + "members have\n" + lines(lambda i: f" field_{i} : money", n) + WATERFALL,
        lambda n: event(members=[{"member": "D", "fields": dict.fromkeys(named("feild_", n), "1")}]),
    ),
    "a field of many members": (
        lambda n: HEAD + "members have\n" + lines(lambda i: f" field_{i} : money", 50) + WATERFALL,
        lambda n: event(members=[{"member": name, "fields": {"feild_1": "1"}} for name in named("M", n)]),
    ),
    "givens": (
        lambda n: HEAD + MEMBERS + lines(lambda i: f"given given_{i} : money", n) + WATERFALL,
        lambda n: event(givens=dict.fromkeys(named("gievn_", n), "1")),
    ),
    "steps of payments": (
        lambda n: HEAD + MEMBERS + steps(n),
        lambda n: event(
            payments=[{"date": "2023-01-01", "payer": "ccp", "step": name, "amount": "1"} for name in named("step_", n)]
        ),
    ),
    "segments": (
        lambda n: f"{HEAD}segments {', '.join(named('seg_', n))}\nmembers have\n x : money per segment\n{WATERFALL}",
        lambda n: event(members=[{"member": "D", "fields": {"x": dict.fromkeys(named("sge_", n), "1")}}]),
    ),
    "choices": (
        lambda n: f"{HEAD}members have\n c : one of {', '.join(named('val_', n))}\n{WATERFALL}",
        lambda n: event(members=[{"member": name, "fields": {"c": f"vla_{name}"}} for name in named("M", n)]),
    ),
}


def compared(monkeypatch: pytest.MonkeyPatch, work: Callable[[], object]) -> tuple[int, int]:
    """How many findings there are, and how many names were compared with words on the way."""
    count = 0
    original = difflib.SequenceMatcher.set_seq1

    def counted(self: difflib.SequenceMatcher, text: str) -> None:
        nonlocal count
        count += 1
        original(self, text)

    with monkeypatch.context() as patch:
        patch.setattr(difflib.SequenceMatcher, "set_seq1", counted)
        try:
            work()
        except RulelangError as error:
            return len(error.diagnostics), count
    return 0, count


MOST = 21_000
"""What one text may cost: the bound, and the last search that begins within it."""


@pytest.mark.parametrize("kind", RULEBOOKS)
def test_a_rulebook_of_thousands_of_slips(kind, monkeypatch):
    source = SourceText.from_text(RULEBOOKS[kind](1000))
    found, count = compared(monkeypatch, lambda: check_rulebook(source))
    assert found >= 1000
    assert 0 < count <= MOST


@pytest.mark.parametrize("kind", EVENTS)
def test_an_event_of_thousands_of_slips(kind, monkeypatch):
    rules, text = EVENTS[kind]
    program = check_rulebook(SourceText.from_text(rules(1000)))
    source = SourceText.from_text(text(1000), "e.json")
    found, count = compared(monkeypatch, lambda: check_event(source, program))
    assert found >= 1000
    assert 0 <= count <= MOST


@pytest.mark.parametrize("kind", RULEBOOKS)
def test_a_few_slips_among_many_names_are_told_of(kind):
    text = RULEBOOKS[kind](12)
    with pytest.raises(CheckError) as caught:
        check_rulebook(SourceText.from_text(text))
    told = [found for found in caught.value.diagnostics if any("did you mean" in text for text in found.helps)]
    assert len(told) >= 12


def test_a_word_of_many_letters_is_no_slip(monkeypatch):
    text = event(members=[{"member": "A" * 50_000, "fields": {"x": "1"}}], defaults=[])
    text = text.replace('"defaults": []', f'"defaults": [{{"member": "{"A" * 49_999}", "amount": "1"}}]')
    program = check_rulebook(SourceText.from_text(HEAD + MEMBERS + WATERFALL))
    found, count = compared(monkeypatch, lambda: check_event(SourceText.from_text(text, "e.json"), program))
    assert (found, count) == (1, 0)


class Counted(str):
    """A name that counts how often it is compared with another."""

    __slots__ = ()
    times = 0

    def __eq__(self, other: object) -> bool:
        Counted.times += 1
        return str.__eq__(self, other)

    __hash__ = str.__hash__


def test_keys_that_stand_twice_are_found_in_one_pass(monkeypatch):
    from rulelang.check.events import json_form

    for number in (1000, 4000):
        pairs = [(Counted(f"k{index}"), None) for index in range(number)] + [(Counted(f"k{number - 1}"), None)]
        Counted.times = 0
        with pytest.raises(json_form._DuplicateKey, match=f"k{number - 1}"):
            json_form._object(pairs)
        assert Counted.times < 20 * number


def test_the_first_key_that_stands_twice_is_named():
    program = check_rulebook(SourceText.from_text(HEAD + MEMBERS + WATERFALL))
    with pytest.raises(ReadError, match='"b" stands twice'):
        check_event(SourceText.from_text('{"a": 1, "b": 1, "c": 1, "c": 1, "b": 1}', "e.json"), program)


# ---------------------------------------------------------------------------------------------------- steps of work

GROWING: dict[str, Callable[[int], str]] = {
    "allowances above each other": lambda n: HEAD + MEMBERS + "# allow uncited-step: yes\n" * n + WATERFALL,
    "missing values that name many": lambda n: (
        f"{HEAD}members have\n big : money if missing max({', '.join(named('f_', n))})\n"
        + lines(lambda i: f" f_{i} : money if missing EUR 1", n)
        + WATERFALL
    ),
    "definitions in a circle": lambda n: (
        HEAD + MEMBERS + lines(lambda i: f"define d_{i} as d_{(i + 1) % n} + d_0", n) + WATERFALL
    ),
    "missing values in a circle": lambda n: (
        f"{HEAD}members have\n" + lines(lambda i: f" f_{i} : money if missing f_{(i + 1) % n}", n) + WATERFALL
    ),
    "definitions read by steps": lambda n: (
        HEAD
        + MEMBERS
        + lines(lambda i: f"define d_{i} as " + " + ".join(f"used(s_{k})" for k in range(5)), n)
        + "define all_of_it as "
        + " + ".join(f"d_{i}" for i in range(30))
        + "\nwaterfall\n"
        + lines(lambda i: f"tranche s_{i} paid by ccp up to EUR 1", 5)
        + lines(lambda i: f"tranche t_{i} paid by ccp up to all_of_it + loss", n)
    ),
    "steps with former names": lambda n: (
        f"{HEAD}{MEMBERS}waterfall\n"
        + lines(lambda i: f"tranche s_{i} formerly o_{i} paid by ccp up to EUR 1", n)
        + lines(lambda i: f'ensure "e{i}": used(o_{i}) <= EUR 1', n)
    ),
    "sections that stand twice": lambda n: (
        HEAD + MEMBERS + lines(lambda i: f"given g_{i} : money", n) + WATERFALL + "currency EUR\n" * n
    ),
    "limits of one step": lambda n: (
        f"{HEAD}{MEMBERS}waterfall\ntranche a paid by survivors\n"
        + lines(lambda i: f" up to {i + 1}% of x each", n)
        + "shared equally\n"
    ),
    "limits of one step in total": lambda n: (
        f"{HEAD}{MEMBERS}waterfall\ntranche a paid by survivors\n"
        + lines(lambda i: f" up to EUR {i + 1} in total", n)
        + "shared equally\n"
    ),
}


def lines_run(work: Callable[[], object], file: str = "") -> int:
    """How many lines of the program, or of a file, run: the work done, whatever the machine."""
    count = 0

    def told(frame: FrameType, what: str, _about: object) -> Callable[..., object] | None:
        nonlocal count
        if not frame.f_code.co_filename.endswith(file):
            return None
        count += what == "line"
        return told

    before = sys.gettrace()
    sys.settrace(told)
    try:
        work()
    except RulelangError:
        pass
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("kind", GROWING)
def test_the_work_of_checking_grows_with_the_text(kind):
    from rulelang.check.rulebook import checked_program
    from rulelang.syntax.read import parse_rulebook

    work = []
    for number in (120, 480):
        source = SourceText.from_text(GROWING[kind](number))
        tree = parse_rulebook(source)
        work.append(lines_run(lambda: checked_program(source, tree)))  # noqa: B023 - called at once
    assert work[1] < 6 * work[0]


UNUSED: dict[str, Callable[[int], str]] = {
    "definitions": lambda n: HEAD + MEMBERS + lines(lambda i: f"define d_{i} as EUR {i + 1}", n) + WATERFALL,
    "givens": lambda n: HEAD + MEMBERS + lines(lambda i: f"given g_{i} : money", n) + WATERFALL,
    "parties": lambda n: HEAD + lines(lambda i: f'party p_{i} "P"', n) + MEMBERS + WATERFALL,
    "fields": lambda n: HEAD + "members have\n" + lines(lambda i: f" f_{i} : money", n) + WATERFALL,
}


@pytest.mark.parametrize("kind", UNUSED)
def test_names_that_nothing_uses_are_looked_up_once(kind):
    small, large = (SourceText.from_text(UNUSED[kind](number)) for number in (100, 300))
    few = lines_run(lambda: check_rulebook(small), "unused.py")
    many = lines_run(lambda: check_rulebook(large), "unused.py")
    assert many < 3.5 * few


class Copied(str):
    """A text that counts how many characters of it are copied."""

    __slots__ = ()
    count = 0

    def __getitem__(self, place: SupportsIndex | slice) -> str:
        found = str.__getitem__(self, place)
        Copied.count += len(found)
        return found


def test_the_edit_that_removes_a_line_reads_that_line_alone():
    Copied.count = 0
    text = Copied("a\n" * 10_000 + "  b  \n" + "c\n" * 10_000)
    edit = remove(SourceText.from_text(text), Span(20_002, 20_003), "it")
    assert edit.at == Span(20_000, 20_006)
    assert Copied.count < 20


def test_the_words_before_a_place_are_looked_for_there_alone():
    text = SourceText.from_text("into b\n" * 500_000 + "then  repay a into\n  b")
    before = time.process_time()
    for _ in range(100):  # to look through the text each time takes seconds
        assert text.slice(words_before(text, "repay a into", Span(len(text.text) - 1, len(text.text)))) == (
            "repay a into\n  b"
        )
    assert time.process_time() - before < 1


def test_rows_that_are_called_totals_are_added_up_once():
    work = []
    for number in (200, 800):
        rows = [(f"M{index}", 1) for index in range(number)] + [(f"Total {index}", number) for index in range(number)]
        members = [{"member": name, "fields": {"x": str(amount)}} for name, amount in rows]
        text = event(members=members, defaults=[{"member": "M1", "amount": "1"}])
        program = check_rulebook(SourceText.from_text(HEAD + MEMBERS + WATERFALL))
        source = SourceText.from_text(text, "e.json")
        work.append(lines_run(lambda: check_event(source, program), "totals.py"))  # noqa: B023 - called at once
    assert work[1] < 6 * work[0]
