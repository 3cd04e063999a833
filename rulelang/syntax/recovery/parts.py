"""Slips in the build of a text: parts that are missing or that stand in the wrong place."""

import re
from collections.abc import Iterator

from rulelang.syntax.recovery.automaton import Moment
from rulelang.syntax.recovery.slip import Slip, quoted
from rulelang.syntax.recovery.stop import NEAR, Stop
from rulelang.syntax.tables import END
from rulelang.syntax.words import SECTION_WORDS, STEP_WORDS

_CLAUSE = re.compile(
    r"(paid\s+by|up\s+to|shared\s+(?:pro|equally)|in\s+(?:order|force)|per\s+segment|for\s+losses|when"
    r"|at\s+the\s+discretion)\b"
)
_EVENT_LINE = re.compile(
    r"(under\s+\"|declared\s+[0-9]|members\s+from|member\s+[A-Z\"]|default\s+of|paid\s+[0-9]|decide\s+[a-z])"
)


def whole_files(stop: Stop) -> Iterator[Slip]:
    """A text that begins otherwise than a rulebook or an event does."""
    if stop.before() is not None or stop.base[0] or len(stop.expected) != 1:
        return
    due = stop.spelt(stop.expected)[0]
    if stop.at_end:
        message = f"the {due} is empty" if not stop.text.strip() else f"the {due} holds nothing but comments"
        yield Slip("empty-file", message, 0, 0, help=f'it begins with `{due} "title"`', sure=True, final=True)
    other = "event" if due == "rulebook" else "rulebook"
    if re.match(rf"{other}\b\s*[\"“]", stop.text[stop.at : stop.at + 80]):
        message = f"this file is {_ONE[other]}, where {_ONE[due]} is due"
        yield Slip("wrong-kind-of-file", message, stop.at, stop.at + len(other), help=_HELP[due], sure=True, final=True)
    if stop.word[:1] in {"{", "["}:
        message = f"this looks like JSON, where the text of {_ONE[due]} is due"
        yield Slip(
            "wrong-kind-of-file",
            message,
            stop.at,
            stop.at + 1,
            help=f'it begins with `{due} "title"`',
            sure=True,
            final=True,
        )
    begun = f'{due} "title"'
    message = f"the {due} does not begin with its title"
    yield Slip(
        "missing-part",
        message,
        stop.at,
        stop.at,
        f"{begun}\n",
        f"write `{begun}` before everything else",
        shown=(stop.at, stop.end),
        fix=False,
    )


_ONE = {"rulebook": "a rulebook", "event": "an event"}
_HELP = {
    "rulebook": "give the rulebook first and the event after it",
    "event": 'give an event file, which begins with `event "title"`',
}


def groups_and_ends(stop: Stop) -> Iterator[Slip]:
    """``end`` without ``together`` and the reverse, a step after ``finally``, a group in a group."""
    word, opened = stop.word, stop.trail.opened
    span = (stop.at, stop.end)
    if word == "end":
        help_ = "take it away, or open the group with `together`"
        yield Slip(
            "misplaced-part", "`end` closes nothing: no `together` stands before it", *span, "", help_, fix=False
        )
    group = opened.get("TOGETHER")
    inner_end = _inner_end(stop) if word == "together" and "END" in stop.expected else None
    if inner_end is not None:
        labels = () if group is None else ((*group, "this group is still open"),)
        help_ = "close the first group with `end` before the second begins"
        yield Slip(
            "misplaced-part", "a group stands in a group", *span, help=help_, labels=labels, sure=True, skip=inner_end
        )
    if "END" in stop.expected and (stop.at_end or word in SECTION_WORDS | {"finally", "together"}):
        labels = () if group is None else ((*group, "the group begins here"),)
        place = (stop.at, stop.at) if stop.at_end else span
        yield Slip(
            "missing-part",
            "the group has no `end`",
            stop.at,
            stop.at,
            "end\n",
            "close the group with `end` behind its last step",
            shown=group or place,
            labels=() if group else labels,
            beyond=1,
        )
    last = opened.get("FINALLY")
    if last is not None and stop.trail.crumbs[:1] == ("waterfall",):
        labels = ((*last, "the waterfall ends here"),)
        if word in STEP_WORDS | {"together"}:
            yield Slip(
                "misplaced-part",
                f"a {word} stands behind the end of the waterfall",
                *span,
                help="put it above `finally`",
                labels=labels,
                sure=True,
            )
        if word == "finally":
            yield Slip(
                "misplaced-part", "the waterfall ends twice", *span, help="keep one `finally`", labels=labels, sure=True
            )


_GROUP_WORD = re.compile(
    r"\"[^\"\r\n]*\"?|#[^\r\n]*|(?<![\w-])(?P<word>together|end|finally|waterfall|define|test|ensure)(?![\w-])"
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
    if not stop.at_end and stop.word not in SECTION_WORDS | {"expect"}:
        return
    if "EXPECT" in stop.expected and END not in stop.expected and stop.word != "expect":
        help_ = "say what the run must give, such as `expect uncovered EUR 0`"
        yield Slip(
            "missing-part",
            "the test has no `expect`",
            stop.at,
            stop.at,
            "expect outcome covered\n",
            help_,
            shown=header,
            fix=False,
            beyond=1,
        )
    elif "DECLARED" in stop.expected and "EVENT" in stop.expected:
        help_ = 'name an event file with `event "…"`, or write the lines of the event here'
        replacement = 'event "…"\n' + ("" if stop.word == "expect" else "expect outcome covered\n")
        yield Slip(
            "missing-part",
            "the test has no event",
            stop.at,
            stop.at,
            replacement,
            help_,
            shown=header,
            fix=False,
            beyond=1,
        )


def strangers(stop: Stop) -> Iterator[Slip]:
    """A clause outside of a step, a step outside of the waterfall, a line of an event in a rulebook and the reverse."""
    clause = stop.here(_CLAUSE)
    span = (stop.at, stop.end)
    if clause is not None and "UP" not in stop.expected and END in stop.expected:
        what = " ".join(clause[0].split())
        yield Slip(
            "misplaced-part",
            f"the clause `{what}` stands outside of a step",
            *clause.span(),
            help="clauses stand below the first line of their step",
            sure=True,
        )
    if END not in stop.expected:
        return
    is_step = stop.word in STEP_WORDS | {"finally", "together"}
    if is_step and "DEFINE" in stop.expected and "TRANCHE" not in stop.expected:
        yield Slip(
            "misplaced-part",
            f"`{stop.word}` stands outside of the waterfall",
            *span,
            help="steps stand below the line `waterfall`",
            sure=True,
        )
    line = stop.here(_EVENT_LINE)
    if line is not None and "DEFAULT" not in stop.expected and "DEFINE" in stop.expected:
        yield Slip(
            "misplaced-part",
            f"`{stop.word}` belongs in an event",
            *span,
            help="write it in an event file or in a test",
            sure=True,
        )
    if (
        "DECIDE" in stop.expected
        and "DEFINE" not in stop.expected
        and stop.word in SECTION_WORDS | STEP_WORDS | {"rulebook"}
    ):
        yield Slip(
            "misplaced-part", f"`{stop.word}` belongs in a rulebook", *span, help="an event holds only data", sure=True
        )


# -------------------------------------------------------------------------------------------- the order of parts

_ENDING = r"each(?!\s+segment)|in\s+total|in\s+any\s+[0-9]+\s+(?:business\s+)?days?|in\s+each\s+segment"
_ENDINGS = re.compile(rf"(?:{_ENDING})(?:\s+(?:{_ENDING}))+")
_EACH_ENDING = re.compile(_ENDING)
_CITE_FIRST = re.compile(
    rf"(?P<cite>cite\s+\"[^\"\r\n]*\")(?P<gap>\s+)(?P<part>(?:{_ENDING})|without\s+reallocation|lowest first)"
)
_RANKS = ("each", "in total", "in any", "in each segment")


def _rank(ending: str) -> int:
    plain = " ".join(ending.split())
    return next(index for index in (3, 2, 1, 0) if plain.startswith(_RANKS[index]))


def endings(stop: Stop) -> Iterator[Slip]:
    """The endings of a limit in another order than ``each``, ``in any …``, ``in each segment``."""
    for found in stop.around(_ENDINGS):
        parts = _EACH_ENDING.findall(found[0])
        ranks = [_rank(part) for part in parts]
        if 0 in ranks and 1 in ranks:
            message, help_ = "a limit is `each` or `in total`, not both", "keep one of the two, or write two limits"
            yield Slip("misplaced-part", message, *found.span(), parts[0], help_, fix=False, beyond=1, sure=True)
        elif len(set(ranks)) < len(ranks):
            message, help_ = f"the ending `{parts[0]}` stands twice", "keep one of the two"
            yield Slip("misplaced-part", message, *found.span(), parts[0], help_, fix=False, beyond=1, sure=True)
        elif ranks != sorted(ranks):
            ordered = " ".join(sorted(parts, key=_rank))
            message = f"the endings of this limit stand in another order: {quoted(found[0])}"
            yield Slip("misplaced-part", message, *found.span(), ordered, f"write `{ordered}`", beyond=1, sure=True)
    for found in stop.around(_CITE_FIRST):
        fixed = f"{found['part']}{found['gap']}{found['cite']}"
        message, help_ = "the citation stands before the end of its clause", f"put it behind {quoted(found['part'])}"
        yield Slip("misplaced-part", message, *found.span(), fixed, help_, shown=found.span("cite"), beyond=1)


def doubled(stop: Stop) -> Iterator[Slip]:
    """A word that was written twice."""
    last = stop.before()
    if last is not None and stop.word and stop.source(last) == stop.word:
        message = f"{quoted(stop.word)} stands twice"
        yield Slip("misplaced-part", message, stop.at, stop.end, "", "take one of the two away", beyond=1)


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
_HEADS = frozenset(
    """
    RULEBOOK EVENT TRANCHE ASSESSMENT HAIRCUT TEAR_UP VOLUNTARY FINALLY TOGETHER WATERFALL PAID UP SHARED GIVEN DEFINE
    PARTY COLON MEMBER
    """.split()
)


def misplaced(stop: Stop) -> Iterator[Slip]:
    """A part that could have stood a few tokens earlier in the same line of the language."""
    if stop.kind not in _MOVABLE:
        return
    passed: Moment | None = None
    for moment in reversed(stop.history):
        if moment.kind in _HEADS and passed is not None and moment.kind != "COLON":
            return
        if passed is not None and moment.kind == stop.kind and stop.kind != "STRING":
            return
        if passed is not None and stop.machine.shift(moment.before, stop.kind) is not None:
            if moment.kind in {"CITE", "FORMERLY", "IF", "IN", "LIMIT_IN", "PER", "AS", "FROM", "VERSION"}:
                what, other = _MOVABLE[stop.kind], stop.source(moment)
                shown = (stop.at, stop.end)
                yield Slip(
                    "misplaced-part",
                    f"{what} stands behind `{other} …`",
                    *shown,
                    help=f"put it before `{other}`",
                    sure=True,
                )
            return
        passed = moment
