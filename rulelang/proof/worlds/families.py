"""Families of worlds that cover all events: any number of members, or up to so many, on any day.

*Any number.*  Some member stands for all that a claim may be about, the others are taken as one, a slot for each
combination of their choices; a slot may be empty.  That nobody survives, or defaults, are worlds of their own: then
there is no member to stand for all.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from math import prod

from attrs import evolve

from rulelang.check.program import CheckedProgram, DatumProgram, StepProgram
from rulelang.check.types import Kind
from rulelang.proof.domain.values import Outside
from rulelang.proof.worlds.kinds import (
    DEFAULTERS,
    LEAVING,
    MOST_ALONE,
    SURVIVORS,
    WITHDRAWS,
    Choices,
    Day,
    InSegment,
    Kinds,
)
from rulelang.proof.worlds.regimes import SOME_DAY, regimes
from rulelang.syntax import nodes

Others = tuple[Choices, ...]
Options = dict[InSegment, Sequence[str | bool | int]]
_MOST_SLOTS = 16
_MOST_TIMES_TO_WITHDRAW = 4
_MOST_PERIODS = 3


def days_of(programs: Sequence[CheckedProgram], *, ends: bool = False) -> list[Day]:
    """The days that stand for all days, each with every choice of periods that stand open.

    ``ends`` if it matters that there is no day before the first of the calendar, or after its last.

    Raises:
        Outside: the rules use days in a way that is not encoded, or there are too many periods.
    """
    # of a period that one version alone knows no event of both can say that it stands open
    periods = sorted(set.intersection(*({*program.periods} for program in programs)))
    if len(periods) > _MOST_PERIODS:
        raise Outside(f"more than {_MOST_PERIODS} periods, each of which may stand open or not")
    standing = [
        frozenset(name for name, is_open in zip(periods, choice, strict=True) if is_open)
        for choice in itertools.product((False, True), repeat=len(periods))
    ]
    days = [Day(declared, one) for declared in regimes(programs, ends=ends) for one in standing]
    for day, program in itertools.product(days, programs):
        _check_counted_from_start(program, day)
    return days


def some_days(programs: Sequence[CheckedProgram]) -> list[Day]:
    """Days on which an event may be looked for, where none stand for all: no period stands open, or each does."""
    periods = frozenset(name for program in programs for name in program.periods)
    return [Day(SOME_DAY, standing) for standing in dict.fromkeys((frozenset[str](), periods))]


def _check_counted_from_start(program: CheckedProgram, day: Day) -> None:
    """What is read as of days from the start of an open period is of the past, so that its value may be any."""
    for node in program.expressions:
        if not isinstance(node, nodes.AsOf):
            continue
        match node.day:
            case nodes.Arithmetic(
                operator=sign, left=nodes.PeriodValue(period=period), right=nodes.DaysLiteral(digits=digits, unit=unit)
            ) if period.text in day.standing:
                try:
                    is_past = program.calendar.shifted(day.start, int(f"{sign}{digits}"), unit) < day.declared
                except OverflowError:
                    is_past = False
                if not is_past:
                    raise Outside("so many days from the start of a period", node)


def any_number(
    programs: Sequence[CheckedProgram],
    names: Sequence[Mapping[str, str]],
    most_defaulters: int | None,
    *,
    withdrawals: bool = False,
) -> Iterator[Kinds]:
    """Any number of survivors, and of defaulters any number too or up to so many; the hardest world first.

    ``withdrawals``: members may withdraw between rounds.

    Raises:
        Outside: the choices of members have too many combinations, or there are too many rounds to withdraw after.
    """
    options = _options(programs, names)
    leaves = withdrawn_options(programs) if withdrawals else {}
    if prod(map(len, leaves.values())) > _MOST_TIMES_TO_WITHDRAW:
        raise Outside("a withdrawal after one of so many rounds")
    others = tuple(_combinations({**options, **leaves}))
    matter = any(_defaulters_matter(program) for program in programs)
    more = tuple(_combinations(options)) if matter else ({},)
    if most_defaulters is None:
        defaulters: list[tuple[tuple[str, ...], Others]] = [(DEFAULTERS[:1], more), ((), ())]
    else:
        defaulters = [(DEFAULTERS[:number], ()) for number in range(most_defaulters, -1, -1)]
    notices = any(reads_notices(program) for program in programs)
    for alone, taken_as_one in defaulters:
        for withdrawn in _combinations(leaves):
            kinds = Kinds(SURVIVORS[:1], alone, others, taken_as_one, withdrawn={SURVIVORS[0]: withdrawn})
            yield from _with_notices(kinds, notices=notices)
    for alone, taken_as_one in defaulters:
        yield from _with_notices(Kinds((), alone, (), taken_as_one), notices=notices)


def withdrawn_options(programs: Sequence[CheckedProgram]) -> Options:
    """After which round of which step a member may withdraw; a withdrawal fits all versions or is in no event.

    Raises:
        Outside: a step with rounds is called otherwise in another version.
    """
    found: Options = {}
    for step, other in itertools.product(_in_rounds(programs), programs):
        named = [one for one in map(other.step_named, step.names) if one is not None]
        if any(one.name != step.name for one in named):
            raise Outside("a withdrawal from a step that another version calls otherwise")
    for step in programs[0].each_step():
        known = [program.steps.get(step.name) for program in programs]
        rounds = [one.rounds for one in known if one is not None and one.rounds is not None]
        if len(rounds) == len(programs):
            found[f"{WITHDRAWS}{step.name}", None] = range(max(rounds))
    return found


def _in_rounds(programs: Sequence[CheckedProgram]) -> Iterator[StepProgram]:
    return (step for program in programs for step in program.each_step() if step.rounds is not None)


def reads_notices(program: CheckedProgram) -> bool:
    """Whether a rule asks who has given notice."""
    return any(isinstance(node, nodes.RunValue) and node.what == "leaving" for node in program.expressions)


def _with_notices(kinds: Kinds, *, notices: bool) -> Iterator[Kinds]:
    """A world, once for each number of survivors that have given notice (who does not matter) and for each defaulter.

    Which of the defaulters matters where the defaults are taken in turn.
    """
    yield kinds
    if notices:
        count = len(kinds.defaulters)
        defaulters = [some for size in range(count + 1) for some in itertools.combinations(kinds.defaulters, size)]
        for leaving, some in itertools.product(range(len(kinds.survivors) + 1), defaulters):
            if leaving or some:
                yield evolve(kinds, leaving=frozenset((*kinds.survivors[:leaving], *some)))


def up_to(programs: Sequence[CheckedProgram], most: int) -> Iterator[Kinds]:
    """Up to so many survivors and as many defaulters, each alone; the largest world first.

    Raises:
        Outside: so many cannot stand alone.
    """
    if most > MOST_ALONE:
        raise Outside(f"more than {MOST_ALONE} members of a kind, each for itself,")
    notices = any(reads_notices(program) for program in programs)
    for survivors in range(most, -1, -1):
        for defaulters in range(most, -1, -1):
            yield from _with_notices(Kinds(SURVIVORS[:survivors], DEFAULTERS[:defaulters]), notices=notices)


def _combinations(options: Options) -> list[Choices]:
    """All combinations of some choices.

    Raises:
        Outside: they are too many.
    """
    number = prod(map(len, options.values()))
    if number > _MOST_SLOTS:
        raise Outside(f"{number} combinations of the choices of a member")
    return [dict(zip(options, row, strict=True)) for row in itertools.product(*options.values())]


def _options(programs: Sequence[CheckedProgram], names: Sequence[Mapping[str, str]]) -> Options:
    """The choices of a member that some rule reads."""
    options: Options = {}
    for program, known in zip(programs, names, strict=True):
        read = {node.name for node in program.expressions if isinstance(node, nodes.Reference)}
        for name, datum in program.fields.items():
            if name in read and (values := _values(datum)):
                for segment in program.segments if datum.per_segment else (None,):
                    options[known.get(name, name), segment] = values
    if any(reads_notices(program) for program in programs):
        options[LEAVING] = (True, False)
    return options


def _values(datum: DatumProgram) -> Sequence[str | bool]:
    if datum.type.kind is Kind.CHOICE:
        return datum.type.choices
    return (True, False) if datum.type.kind is Kind.YES_NO else ()


def _defaulters_matter(program: CheckedProgram) -> bool:
    """Whether any rule looks at data of defaulters."""
    if any(step.payers == "defaulters" for step in program.each_step()):
        return True
    populations = ("members", "defaulters")
    if any(statement.population in populations for statement in program.statements):
        return True
    return any(isinstance(node, nodes.Aggregate) and node.over in populations for node in program.expressions)
