"""Slips in the build of a text: parts that are missing or that stand in the wrong place."""

import re
from collections.abc import Iterator

from rulelang.syntax.grammar import openers
from rulelang.syntax.recovery.automaton import Moment, opening_words
from rulelang.syntax.recovery.slip import Offsets, Slip, quoted
from rulelang.syntax.recovery.stop import NEAR, Stop
from rulelang.syntax.tables import END

_CLAUSE = re.compile(
    r"(paid\s+by|up\s+to|shared\s+(?:pro|equally)|in\s+(?:order|force)|per\s+segment|for\s+losses|when"
    r"|at\s+the\s+discretion)\b"
)
_EVENT_LINE = re.compile(
    r"(under\s+\"|declared\s+[0-9]|(?:members|givens|paid|defaults)\s+from|(?:former\s+)?member\s+[A-Z\"]|default\s+of"
    r"|defaulted\s+[0-9]|paid\s+[0-9]|decide\s+[a-z]|further\s+loss|non-default\s+loss|notice\s+by|withdraw\s)"
)
_HISTORY_LINE = re.compile(r"(?:opening|on)\s+[0-9]|(?:departure\s+of|recovered\s+from|dues\s+paid)\b")
_ONE = {"rulebook": "a rulebook", "event": "an event", "history": "a history"}
_HELP = {
    "rulebook": "give the rulebook first and the event after it",
    "event": 'give an event file, which begins with `event "title"`',
    "history": 'give a history, which begins with `history "title"`',
}


def _misplaced(
    message: str, span: Offsets, help_: str, *labels: tuple[Offsets, str], skip: int | None = None
) -> Iterator[Slip]:
    """A part that stands where it cannot; where it should stand is for its author to say."""
    yield Slip("misplaced-part", message, span, help=help_, labels=labels, sure=True, skip=skip)


def whole_files(stop: Stop) -> Iterator[Slip]:
    """A text that begins otherwise than a rulebook, an event or a history does."""
    if stop.before() is not None or stop.base[0] or len(stop.expected) != 1:
        return
    due = stop.spelt(stop.expected)[0]
    end, begun = len(stop.text), f'{due} "title"'
    if stop.at_end:
        message = f"the {due} {'holds nothing but comments' if stop.text.strip() else 'is empty'}"
        yield Slip("empty-file", message, (0, 0), help=f"it begins with `{begun}`", sure=True, skip=end)
    other = re.match(r"(rulebook|event|history)\b(?=\s*[\"“])", stop.text[stop.at : stop.at + 80])
    if other is not None:
        message, span = f"this file is {_ONE[other[0]]}, where {_ONE[due]} is due", (stop.at, stop.at + other.end())
        yield Slip("wrong-kind-of-file", message, span, help=_HELP[due], sure=True, skip=end)
    if stop.word[:1] in {"{", "["}:
        message, help_ = f"this looks like JSON, where the text of {_ONE[due]} is due", f"it begins with `{begun}`"
        yield Slip("wrong-kind-of-file", message, stop.first, help=help_, sure=True, skip=end)
    message, help_ = f"the {due} does not begin with its title", f"write `{begun}` before everything else"
    yield Slip("missing-part", message, stop.gap, f"{begun}\n", help_, shown=stop.span, fix=False)


def groups_and_ends(stop: Stop) -> Iterator[Slip]:
    """``end`` without ``together`` and the reverse, a step after ``finally``, a group in a group."""
    word, opened = stop.word, stop.trail.opened
    if word == "end":
        message, help_ = "`end` closes nothing: no `together` stands before it", "open the group with `together`"
        yield Slip("misplaced-part", message, stop.span, "", f"take it away, or {help_}", fix=False)
    last, closed = stop.before(), stop.before(2)
    ends_group = last is not None and closed is not None and (closed.kind, last.kind) == ("END", "TOGETHER")
    if last is not None and ends_group and "\n" not in stop.text[stop.history[-2].end : last.start]:
        yield Slip("misplaced-part", "`together` stands behind `end`", last.span, "", "take it away", beyond=1)
    group = opened.get("TOGETHER")
    inner_end = _inner_end(stop) if word == "together" and "END" in stop.expected else None
    if inner_end is not None:
        labels = () if group is None else ((group, "this group is still open"),)
        help_ = "close the first group with `end` before the second begins"
        yield from _misplaced("a group stands in a group", stop.span, help_, *labels, skip=inner_end)
    if "END" in stop.expected and (stop.at_end or word in opening_words("section") | {"finally", "together"}):
        shown = group or (stop.gap if stop.at_end else stop.span)
        help_ = "close the group with `end` behind its last step"
        yield Slip("missing-part", "the group has no `end`", stop.gap, "end\n", help_, shown=shown, beyond=1)
    end = opened.get("FINALLY")
    if end is not None and stop.trail.crumbs[:1] == ("waterfall",):
        label = (end, "the waterfall ends here")
        if word in opening_words("step") | {"together"}:
            message = f"a {word} stands behind the end of the waterfall"
            yield from _misplaced(message, stop.span, "put it above `finally`", label)
        if word == "finally":
            yield from _misplaced("the waterfall ends twice", stop.span, "keep one `finally`", label)


_GROUP_WORD = re.compile(
    r"\"[^\"\r\n]*\"?|#[^\r\n]*|(?<![\w-])(?P<word>together|end|finally|waterfall|define|test|ensure|assume)(?![\w-])"
)


def _inner_end(stop: Stop) -> int | None:
    """Behind the ``end`` of a group inside another, if the other has an ``end`` too."""
    inner: int | None = None
    for found in _GROUP_WORD.finditer(stop.text, stop.end, stop.end + 40 * NEAR):
        if found["word"] == "end" and inner is None:
            inner = found.end()
        elif found["word"] == "end":
            return inner
        elif found["word"]:
            return None
    return None


def tests(stop: Stop) -> Iterator[Slip]:
    """A test that expects nothing, or in which nothing happens."""
    header = stop.trail.opened.get("TEST")
    if header is None or not stop.trail.crumbs or not stop.trail.crumbs[0].startswith("test "):
        return
    if not stop.at_end and stop.word not in opening_words("section") | {"expect"}:
        return
    expects = "expect outcome covered\n"
    if "EXPECT" in stop.expected and END not in stop.expected and stop.word != "expect":
        message, own = "the test has no `expect`", expects
        help_ = "say what the run must give, such as `expect uncovered EUR 0`"
    elif "DECLARED" in stop.expected and "EVENT" in stop.expected:
        message, own = "the test has no event", 'event "…"\n' + ("" if stop.word == "expect" else expects)
        help_ = 'name an event file with `event "…"`, or write the lines of the event here'
    else:
        return
    yield Slip("missing-part", message, stop.gap, own, help_, shown=header, fix=False, beyond=1)


def openings(stop: Stop) -> Iterator[Slip]:
    """A history that does not say what stands when it begins, or says it twice."""
    if not (stop.trail.crumbs and stop.trail.crumbs[0].startswith("history ")):
        return
    if "OPENING" in stop.expected and (stop.at_end or stop.word == "on"):
        help_ = "say what stands when it begins, before its first day: members, their values, givens"
        own = "opening 2018-09-01\n"
        yield Slip("missing-part", "the history has no opening", stop.gap, own, help_, shown=stop.gap, fix=False)
    if stop.word == "opening" and "OPENING" not in stop.expected:
        yield from _misplaced("the history opens twice", stop.span, "write `on` and the day for what happens later")
    if stop.word == "dues" and "OPENING" not in stop.expected:
        advice = "it belongs in the head of the history, above `opening`"
        yield from _misplaced("`dues` stands below the opening", stop.span, advice)


def strangers(stop: Stop) -> Iterator[Slip]:
    """A clause outside of a step, a step outside of the waterfall, a line of an event in a rulebook and the reverse."""
    yield from _behind_its_place(stop)
    yield from _of_a_history(stop)
    if END not in stop.expected:
        return
    in_rulebook, in_event = "DEFINE" in stop.expected, "DECIDE" in stop.expected and "DEFINE" not in stop.expected
    clause = stop.here(_CLAUSE)
    if clause is not None and "UP" not in stop.expected:
        message = f"the clause `{' '.join(clause[0].split())}` stands outside of a step"
        yield from _misplaced(message, clause.span(), "clauses stand below the first line of their step")
    if stop.word in opening_words("together") and in_rulebook and "TRANCHE" not in stop.expected:
        message = f"`{stop.word}` stands outside of the waterfall"
        yield from _misplaced(message, stop.span, "steps stand below the line `waterfall`")
    if stop.here(_EVENT_LINE) and "DEFAULT" not in stop.expected and in_rulebook:
        message = f"`{stop.word}` belongs in an event"
        yield from _misplaced(message, stop.span, "write it in an event file or in a test")
    if in_event and stop.word in opening_words("section") | opening_words("step") | {"rulebook"}:
        yield from _misplaced(f"`{stop.word}` belongs in a rulebook", stop.span, "an event holds only data")


def _of_a_history(stop: Stop) -> Iterator[Slip]:
    """A line of a history in an event."""
    if not (stop.trail.crumbs and stop.trail.crumbs[0].startswith("event ")):
        return
    last = stop.before()
    moves = last is not None and last.kind == "PAID" and stop.word in {"in", "out"}
    if moves or (END in stop.expected and stop.here(_HISTORY_LINE)):
        said = f"paid {stop.word}" if moves else stop.word
        advice = 'write a history, which begins with `history "title"` and has a block `on DATE` for each day'
        yield from _misplaced(f"`{said}` belongs in a history", stop.span, advice)


def _behind_its_place(stop: Stop) -> Iterator[Slip]:
    """``up to`` behind the reason of a decision, and whose default a payment was for behind its amount."""
    line = stop.last_of({"INVOKE", "DECLINE", "PAID"})
    if line is not None and line.kind == "INVOKE" and stop.word == "up":
        message = "`up to` stands behind the rest of the decision"
        yield from _misplaced(message, stop.span, "put it right behind `invoke`")
    if line is not None and line.kind == "DECLINE" and stop.word == "up":
        message = "`up to` bounds what a step may pay, but it is declined"
        yield from _misplaced(message, stop.span, "leave it out, or write `invoke up to …`")
    if line is not None and line.kind == "PAID" and stop.word == "for" and "SCALE" in stop.expected:
        advice = "put whose default it was for before the amount"
        yield from _misplaced("`for` stands behind the amount", stop.span, advice)
    line = stop.last_of({"PAID", "DEFAULT", "FURTHER", "NON_DEFAULT", "EXPECT"})
    if line is None or line.kind == "EXPECT":
        return
    if stop.word == "in" and "SCALE" in stop.expected:
        advice = "put it before `loss`" if line.kind == "DEFAULT" else "put it before the amount"
        yield from _misplaced("the segment stands behind the amount", stop.span, advice)
    last = stop.before()
    if stop.word in {"and", ","} and last is not None and last.kind in {"CAPITALISED", "STRING"}:
        words = "paid" if line.kind == "PAID" else "default of"
        yield from _misplaced("one line names one member", stop.span, f"write a line `{words} …` for each of them")


# -------------------------------------------------------------------------------------------- the order of parts

_ENDING = (
    r"each(?!\s+segment)|in\s+total|in\s+any\s+[0-9]+\s+(?:(?:business\s+)?days?|months?)"
    r"|in\s+the\s+calendar\s+(?:year|month)|during\s+[a-z]\w*|at\s+every\s+resizing|in\s+each\s+segment"
)
_ENDINGS = re.compile(rf"(?:{_ENDING})(?:\s+(?:{_ENDING}))+")
_EACH_ENDING = re.compile(_ENDING)
_CITE_FIRST = re.compile(
    rf"(?P<cite>cite\s+\"[^\"\r\n]*\")(?P<gap>\s+)(?P<part>(?:{_ENDING})|without\s+reallocation|lowest first)"
)
_RANKS = ("each", "in total", "in any", "in the calendar", "during", "at every", "in each segment")
_ORDER = (0, 0, 2, 2, 2, 3, 4)
"""What stands before what; of one rank only one may stand."""


def _rank(ending: str) -> int:
    plain = " ".join(ending.split())
    return next(index for index in reversed(range(len(_RANKS))) if plain.startswith(_RANKS[index]))


def endings(stop: Stop) -> Iterator[Slip]:
    """The endings of a limit in another order than ``each``, ``in any …``, ``in each segment``."""
    for found in stop.around(_ENDINGS):
        parts = _EACH_ENDING.findall(found[0])
        ranks = [_rank(part) for part in parts]
        own, is_certain = parts[0], False
        if 0 in ranks and 1 in ranks:
            message, help_ = "a limit is `each` or `in total`, not both", "keep one of the two, or write two limits"
        elif len(set(ranks)) < len(ranks):
            message, help_ = f"the ending `{parts[0]}` stands twice", "keep one of the two"
        elif len({_ORDER[rank] for rank in ranks}) < len(ranks):
            message = f"a limit counts over one stretch of time, not over two: {quoted(found[0])}"
            help_ = "keep one of the two, or write two limits"
        elif ranks != sorted(ranks):
            own, is_certain = " ".join(sorted(parts, key=_rank)), True
            message = f"the endings of this limit stand in another order: {quoted(found[0])}"
            help_ = f"write `{own}`"
        else:
            continue
        yield Slip("misplaced-part", message, found.span(), own, help_, fix=is_certain, beyond=1, sure=True)
    for found in stop.around(_CITE_FIRST):
        fixed = f"{found['part']}{found['gap']}{found['cite']}"
        message, help_ = "the citation stands before the end of its clause", f"put it behind {quoted(found['part'])}"
        yield Slip("misplaced-part", message, found.span(), fixed, help_, shown=found.span("cite"), beyond=1)


_A_WORD = re.compile(r"[^\W\d]\w*")


def doubled(stop: Stop) -> Iterator[Slip]:
    """A word or a text that was written twice."""
    last = stop.before()
    is_word = stop.kind == "STRING" or _A_WORD.fullmatch(stop.word) is not None
    if last is not None and is_word and stop.source(last) == stop.word:
        message = f"{quoted(stop.word)} stands twice"
        yield Slip("misplaced-part", message, stop.span, "", "take one of the two away", beyond=1)


_MOVABLE = {
    "STRING": "the title",
    "FORMERLY": "`formerly`",
    "VERSION": "`version`",
    "IF": "`if missing`",
    "WHERE": "`where`",
    "FROM": "`from`",
    "PER": "`per segment`",
    "AS": "`as one pool`",
    "WITHOUT": "`without reallocation`",
    "EACH": "`each`",
}
_HEADS = frozenset("RULEBOOK EVENT WATERFALL PAID UP SHARED GIVEN DEFINE PARTY MEMBER".split())
_LATER = frozenset({"CITE", "FORMERLY", "IF", "IN", "LIMIT_IN", "PER", "AS", "FROM", "VERSION"})


def misplaced(stop: Stop) -> Iterator[Slip]:
    """A part that could have stood a few tokens earlier in the same line of the language."""
    is_phrase = stop.kind != "PER" or re.match(r"per\s+segment\b", stop.text[stop.at : stop.at + NEAR])
    if stop.kind not in _MOVABLE or not is_phrase:
        return
    passed: Moment | None = None
    heads = _HEADS | openers("together")
    for moment in reversed(stop.history):
        if passed is not None and (moment.kind in heads or (moment.kind == stop.kind and stop.kind != "STRING")):
            return
        if passed is not None and stop.machine.shift(moment.before, stop.kind) is not None:
            if moment.kind in _LATER:
                other = stop.source(moment)
                message = f"{_MOVABLE[stop.kind]} stands behind `{other} …`"
                yield from _misplaced(message, stop.span, f"put it before `{other}`")
            return
        passed = moment
