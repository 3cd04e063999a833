"""The columns of a table of scenarios: which amount of the event each overrides, and how its values are read.

``scenario`` is the id; ``loss.MEMBER``, ``non-default loss``, ``FIELD.MEMBER`` and ``given.NAME`` override, each
followed by ``.SEGMENT`` where the amount is one of a segment; ``FIELD.MEMBER.DEFAULTER`` is a value per defaulter, and
``stress.MEMBER`` a loss where sets of members default in turn.  Whether a segment or a defaulter is due is known from
the rulebook, so ids may hold points.
"""

from collections.abc import Callable, Iterable, Sequence

import pyarrow
from attrs import define, field, frozen

from rulelang.base.advice import Help
from rulelang.base.diagnostic import CheckError, Diagnostic, finding
from rulelang.base.suggest import did_you_mean, listed, nearest
from rulelang.check.program import CheckedProgram, DatumProgram
from rulelang.check.types import PLAIN, Kind
from rulelang.model.event import Event
from rulelang.model.result_columns import SCENARIO
from rulelang.sweeps.options import SweepOptions
from rulelang.sweeps.scenarios.column_types import Form, form_of, said
from rulelang.sweeps.tape.overrides import NOBODY, RATE_DIGITS, RATIO_DIGITS, Override

STRESS, NON_DEFAULT = "stress", "non-default loss"


@frozen
class ScenarioColumn:
    """A column that overrides an amount of the event.

    ``place`` is its place in the table; ``datum`` its type and sign; a value ``v`` becomes the integer
    ``v * 10**digits``.
    """

    title: str
    place: int
    override: Override
    datum: DatumProgram
    form: Form
    digits: int

    @property
    def stressed(self) -> bool:
        """Whether it is what a member's default would lose, if it defaulted."""
        return self.override.kind == "loss" and self.title.startswith(f"{STRESS}.")


@frozen
class ScenarioColumns:
    """The columns of a table: those that override, in the table's order, and the place of ids (``None``: none)."""

    overrides: tuple[ScenarioColumn, ...]
    scenario: int | None


def read_columns(
    program: CheckedProgram, event: Event, schema: pyarrow.Schema, options: SweepOptions
) -> ScenarioColumns:
    """What the columns of a table override.

    Raises:
        CheckError: a column is unknown, stands twice, or has a type that does not hold its values; with every finding.
    """
    reading = _Reading(program, event, options)
    overrides = [
        found
        for place, column in enumerate(schema)
        if column.name != SCENARIO and (found := reading.column(place, column)) is not None
    ]
    places = [place for place, name in enumerate(schema.names) if name == SCENARIO]
    reading.refuse_twice(schema.names)
    if places:
        reading.check_ids(schema.field(places[0]).type)
    if not overrides and not reading.found:
        message = "the scenarios override nothing of the event"
        advice = "add columns such as `loss.MEMBER`, `FIELD.MEMBER` or `given.NAME`"
        reading.found.append(finding("unknown-column", message, help=advice))
    reading.refuse_both(overrides)
    if reading.found:
        raise CheckError(reading.found)
    return ScenarioColumns(tuple(overrides), places[0] if places else None)


class _Unfit(Exception):
    """Why a column is not taken."""

    def __init__(self, code: str, message: str, advice: Help | None = None) -> None:
        super().__init__(message)
        self.diagnostic = finding(code, message, help=advice)


@define
class _Reading:
    program: CheckedProgram
    event: Event
    options: SweepOptions
    found: list[Diagnostic] = field(factory=list)

    def column(self, place: int, column: pyarrow.Field) -> ScenarioColumn | None:
        """What a column overrides; ``None`` with a finding if it is none."""
        title = column.name
        try:
            self._require_name(place, title)
            override = self._target(title)
            datum = override.datum(self.program)
            form = self._form(title, datum, column.type)
        except _Unfit as unfit:
            self.found.append(unfit.diagnostic)
            return None
        return ScenarioColumn(title, place, override, datum, form, self._digits(datum))

    def refuse_twice(self, names: Sequence[str]) -> None:
        """Report columns that stand twice."""
        for name in dict.fromkeys(name for name in names if names.count(name) > 1):
            message = f"the column `{name}` stands twice in the scenarios"
            self.found.append(finding("duplicate-value", message, help="keep one of the two"))

    def refuse_both(self, overrides: Sequence[ScenarioColumn]) -> None:
        """Report a loss and a stress of the same member."""
        losses: dict[Override, str] = {}
        for column in overrides:
            if column.override.kind == "loss":
                first = losses.setdefault(column.override, column.title)
                if first != column.title:
                    message = f"the columns `{first}` and `{column.title}` are of the same default"
                    self.found.append(finding("duplicate-value", message, help="keep one of the two"))

    def check_ids(self, type_: pyarrow.DataType) -> None:
        """Report ids that are neither whole numbers nor text."""
        if form_of(type_) not in (Form.WHOLE, Form.TEXT):
            message = f"the column `{SCENARIO}` holds ids, but its type is {said(type_)}"
            self.found.append(finding("wrong-column-type", message, help="use whole numbers or text as ids"))

    def _require_name(self, place: int, title: str) -> None:
        """A column has a name, and it is not the whole header of a file with other separators."""
        if not title:
            message = f"column {place + 1} of the scenarios has no name"
            raise _Unfit("unknown-column", message, "name what it overrides, or remove the column")
        if title.startswith((f"{SCENARIO};", f"{SCENARIO}\t")):
            message = f"the column `{title}` is all of the header"
            raise _Unfit("unknown-column", message, "separate the columns by commas, not by semicolons or tabs")

    def _target(self, title: str) -> Override:
        first, dot, rest = title.partition(".")
        if first == NON_DEFAULT:
            return Override("loss", NOBODY, None, self._segment_alone(title, rest if dot else None))
        if dot and (first == "loss" or (first == STRESS and self.options.cover is not None)):
            member, segment = self._split(title, rest, due=bool(self.program.segments), known=self._is_member)
            self._require_member(title, member)
            return Override("loss", member, None, segment)
        if first == "given" and dot:
            name, segment = self._given(title, rest)
            return Override("given", name, None, segment)
        name = self.program.data_by_any_name.get(first, first)
        datum = self.program.fields.get(name)
        if datum is None or not dot:
            raise self._unknown(title, first, dot=bool(dot))
        if datum.per_defaulter:
            return Override("field", name, *self._pair(title, rest))
        member, segment = self._split(title, rest, due=datum.per_segment, known=self._is_member)
        self._require_member(title, member)
        return Override("field", name, member, segment)

    def _given(self, title: str, rest: str) -> tuple[str, str | None]:
        written, givens = rest.partition(".")[0], self.program.givens
        name = self.program.data_by_any_name.get(written, written)
        if name not in givens:
            message = f"the column `{title}` names the given `{name}`, which the rulebook does not have"
            raise _Unfit("unknown-column", message, did_you_mean(name, givens))
        due = givens[name].per_segment
        return name, self._split(title, rest, due=due, known=lambda word: word == written)[1]

    def _split(self, title: str, rest: str, *, due: bool, known: Callable[[str], bool]) -> tuple[str, str | None]:
        """A name and its segment; the name alone where no segment is due."""
        name, dot, segment = rest.rpartition(".")
        if not due:
            if dot and not known(rest) and known(name):
                raise self._no_segment_due(title, segment)
            return rest, None
        if segment in self.program.segments:
            return name, segment
        if known(rest):
            message = f"the column `{title}` does not say of which segment"
            advice = f"write a column for each segment, as in `{title}.{self.program.segments[0]}`"
            raise _Unfit("missing-segment", message, advice)
        raise self._unknown_segment(title, segment)

    def _segment_alone(self, title: str, segment: str | None) -> str | None:
        """The segment of an amount that is of nobody."""
        known = self.program.segments
        if segment is None and known:
            message = f"the column `{title}` does not say of which segment"
            raise _Unfit("missing-segment", message, f"write a column for each segment, as in `{title}.{known[0]}`")
        if segment is not None and segment not in known:
            raise self._unknown_segment(title, segment) if known else self._no_segment_due(title, segment)
        return segment

    def _unknown_segment(self, title: str, segment: str) -> _Unfit:
        message = f"the column `{title}` names the segment `{segment}`, which the rulebook does not have"
        near = did_you_mean(segment, self.program.segments)
        return _Unfit("unknown-segment", message, near or f"the segments are {listed(self.program.segments, 'and')}")

    def _no_segment_due(self, title: str, segment: str) -> _Unfit:
        message = f"the column `{title}` names the segment `{segment}`, but the amount is not per segment"
        return _Unfit("unknown-segment", message, f"write `{title.removesuffix('.' + segment)}`")

    def _pair(self, title: str, rest: str) -> tuple[str, None, str]:
        """The member and the defaulter of a value per defaulter."""
        parts = rest.split(".")
        cuts = [(".".join(parts[:place]), ".".join(parts[place:])) for place in range(1, len(parts))]
        both = [cut for cut in cuts if all(map(self._is_member, cut))]
        if not both:
            field = title.removesuffix(f".{rest}")
            if cuts and self._is_member(cuts[0][0]):
                self._require_member(title, cuts[0][1])
            self._require_member(title, cuts[0][0] if cuts else rest)
            message = f"the column `{title}` does not say with which defaulter"
            raise _Unfit("unknown-column", message, f"write `{field}.MEMBER.DEFAULTER`")
        return both[0][0], None, both[0][1]

    def _is_member(self, name: str) -> bool:
        return name in self.event.members

    def _require_member(self, title: str, member: str) -> None:
        if self._is_member(member):
            return
        message = f"the column `{title}` names `{member}`, who is not a member in this event"
        raise _Unfit("unknown-member", message, did_you_mean(member, self.event.members))

    def _unknown(self, title: str, first: str, *, dot: bool) -> _Unfit:
        if not dot:
            names: Iterable[str] = (SCENARIO, *self.program.fields, *self.program.givens)
            advice: Help | None = did_you_mean(title, [SCENARIO])
            if title in self.program.fields:
                advice = f"say of which member, as in `{title}.{next(iter(self.event.members), 'MEMBER')}`"
            elif title in self.program.givens:
                advice = f"write `given.{title}`"
            elif advice is None:
                advice = did_you_mean(title, names)
        else:
            near = nearest(first, ["loss", "given", *self.program.fields])
            advice = None if near is None else f"did you mean `{near}{title[len(first) :]}`?"
            if first == STRESS:
                advice = "add `--cover N`, so that every set of up to N members defaults in turn"
            if first in self.program.givens:
                advice = f"write `given.{title}`"
        message = f"the column `{title}` overrides nothing of the event"
        return _Unfit("unknown-column", message, advice or "write `loss.MEMBER`, `FIELD.MEMBER` or `given.NAME`")

    def _form(self, title: str, datum: DatumProgram, type_: pyarrow.DataType) -> Form:
        form, kind = form_of(type_), datum.type.kind
        if kind is Kind.TEXT:
            message = f"the column `{title}` overrides text, which cannot vary from scenario to scenario"
            raise _Unfit("wrong-column-type", message, "declare it as a choice, `one of …`, in the rulebook")
        if form is Form.FLOATING and kind in (Kind.MONEY, Kind.RATE, *PLAIN):
            if self.options.floats is not None:
                return form
            message = f"the column `{title}` holds floating numbers, which are not exact amounts"
            raise _Unfit("wrong-column-type", message, _FLOAT_HELP)
        forms, advice = _FORMS[kind]
        if form not in forms:
            message = f"the column `{title}` is {datum.type}, but its type is {said(type_)}"
            raise _Unfit("wrong-column-type", message, advice)
        return form

    def _digits(self, datum: DatumProgram) -> int:
        if datum.type.kind is Kind.MONEY:
            return 0 if self.options.unit == "minor" else self.program.currency_of(datum.type).decimals
        return {Kind.RATIO: RATIO_DIGITS, Kind.RATE: RATE_DIGITS}.get(datum.type.kind, 0)


_NUMERIC = (
    {Form.WHOLE, Form.DECIMAL, Form.TEXT, Form.NOTHING},
    "use decimals, whole numbers, or decimals as text",
)
_FORMS: dict[Kind, tuple[set[Form], str]] = {
    Kind.MONEY: _NUMERIC,
    Kind.NUMBER: _NUMERIC,
    Kind.RATIO: _NUMERIC,
    Kind.RATE: _NUMERIC,
    Kind.DATE: ({Form.DATE, Form.TEXT, Form.NOTHING}, "use dates, or text such as `2018-09-11`"),
    Kind.YES_NO: ({Form.TRUTH, Form.TEXT, Form.NOTHING}, "use truth values, or text `yes` and `no`"),
    Kind.CHOICE: ({Form.TEXT, Form.NOTHING}, "use text with the values of the choice"),
}
"""What a column of each kind may hold, and what to write into it."""
_FLOAT_HELP = "store decimals or whole minor units, or say with `--floats` how they are rounded"
