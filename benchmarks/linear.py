"""How the cost of a run grows with the number of members: the time per member should stay the same.

Each case is one rulebook that leans on one feature; losses are chosen so that about half of what a step can pay is
drawn, which is where sharing is dearest.  The yardstick is the same case with a tenth of the members.

What counts is the least time of each size, measured turn about: whatever else goes on in a machine makes a run longer,
never shorter, and the larger size meets more of it.  A case that misses the goal is measured again, some times: what
is the machine's goes away then, and what is the run's own stays.  Garbage is collected as seldom as in a command; else
Python would look through everything again and again while 10,000 members pay, a third of the time.
"""

import datetime
import random
from collections.abc import Callable, Mapping

from attrs import frozen

import rulelang
from benchmarks.measure import Goal, Report, collecting_seldom, main, ratio, rounds_of
from rulelang.check.program import CheckedProgram
from rulelang.model.event import EarlierPayment, Event, Loss, Value

SIZES = (10, 100, 1_000, 10_000)
MOST = 1.5
"""The goal: time per member at the largest size against a tenth of it."""
ROUNDS, SERIES = 5, 6
"""So many rounds make a series, and so many series at most are made of a case that misses the goal."""

_HEAD = """
rulebook "Growth"
currency EUR
{segments}
members have
    contribution : money {per_segment}
    stress       : money
    gain         : signed money
    rank         : number
    class        : one of first_class, second_class, third_class
given capital : money
define fund as sum of stress over survivors
"""

CASES: Mapping[str, str] = {
    "pro rata": "tranche one paid by survivors from contribution shared pro rata to contribution",
    "limits with aggregates": """
        tranche one paid by survivors
            up to contribution + stress / fund * EUR 5 million each
            up to largest of contribution over survivors * 3 each
            up to 50% of (sum of contribution over survivors where gain > EUR 0) in total
            shared pro rata to max(stress, average of stress over members)""",
    "every limit different (water-filling)": """
        tranche one paid by survivors up to contribution each shared equally""",
    "without reallocation": """
        tranche one paid by survivors up to contribution each shared pro rata to stress without reallocation""",
    "three ranks": """
        tranche one paid by survivors from contribution
            in order of class: first_class then second_class or third_class
            shared pro rata to stress""",
    "every rank different": """
        tranche one paid by survivors from contribution
            in order of rank, lowest first
            shared pro rata to stress""",
    "pots, three steps": """
        tranche one paid by survivors from contribution up to 10% of contribution each shared pro rata to stress
        tranche two paid by survivors from contribution up to 20% of contribution each shared pro rata to stress
        assessment three paid by survivors from contribution shared pro rata to stress""",
    "group as one pool": """
        together as one pool
            tranche one paid by ccp from capital shared pro rata to capital
            tranche two paid by survivors from contribution shared pro rata to contribution
            assessment three paid by survivors up to stress each shared pro rata to stress
        end""",
    "group by capacity": """
        together
            tranche one paid by survivors from contribution shared pro rata to stress
            assessment two paid by survivors up to stress each shared pro rata to contribution
        end""",
    "limits over time": """
        assessment one paid by survivors
            up to contribution each in any 30 days
            up to stress each in any 10 business days
            shared pro rata to contribution""",
    "four segments": """
        tranche one paid by survivors from contribution per segment shared pro rata to contribution
        assessment two paid by survivors up to stress each in each segment per segment shared pro rata to stress""",
    "pot split over four segments": """
        tranche one paid by survivors from stress split by contribution per segment
            shared pro rata to stress""",
    "invariant and results": """
        tranche one paid by survivors from contribution shared pro rata to contribution
        assessment two paid by survivors up to max(stress - paid(one), EUR 0) each
            shared pro rata to if total_paid > EUR 100 then stress else contribution""",
    "a tenth defaults": """
        tranche margin paid by defaulters from contribution
        tranche one paid by survivors up to stress each shared pro rata to stress""",
}
_SEGMENTED = frozenset({"four segments", "pot split over four segments"})
_LOSSES = {
    "four segments": 650_000_000,
    "pot split over four segments": 60_000_000,
    "invariant and results": 650_000_000,
}
"""The loss of a default (in a segment) for each member; members have 500,000,000 of each kind of money on average."""
SEGMENTS = ("north", "east", "south", "west")


@frozen
class Sample:
    """One case at one size, to be run so often that small sizes take measurable time too."""

    program: CheckedProgram
    event: Event
    repeats: int

    def run(self) -> None:
        """Run it."""
        for _ in range(self.repeats):
            rulelang.evaluate(self.program, self.event)


def _program(case: str) -> CheckedProgram:
    segmented = case in _SEGMENTED
    head = _HEAD.format(
        segments="segments " + ", ".join(SEGMENTS) if segmented else "", per_segment="per segment" if segmented else ""
    )
    if segmented:
        head = head.replace("define fund as sum of stress over survivors", "")
    tail = 'ensure "nobody pays twice" for survivors: total_paid <= contribution + stress' if "results" in case else ""
    return rulelang.parse_rulebook(f"{head}\nwaterfall\n{CASES[case]}\nfinally closure\n{tail}\n")


def _event(case: str, program: CheckedProgram, size: int) -> Event:
    """An event with so many members; the data are the same in every run."""
    chance = random.Random(size)  # noqa: S311
    members = tuple(f"M{number:05}" for number in range(size))
    ranks = list(range(size))
    chance.shuffle(ranks)

    def money(low: int) -> dict[str, Value | None]:
        return {member: chance.randrange(10**6, 10**9) - low for member in members}

    keys = SEGMENTS if program.segments else (None,)
    fields: dict[tuple[str, str | None], dict[str, Value | None]] = {
        **{("contribution", key): money(0) for key in keys},
        ("stress", None): money(0),
        ("gain", None): money(5 * 10**8),
        ("rank", None): dict(zip(members, ranks, strict=True)),
        ("class", None): {member: chance.choice(("first_class", "second_class", "third_class")) for member in members},
    }
    failed = members[::10] if case == "a tenth defaults" else members[:1]
    loss = size * _LOSSES.get(case, 250_000_000) // len(failed)
    losses = tuple(Loss(member, key, loss + place) for place, member in enumerate(failed) for key in keys)
    payments: tuple[EarlierPayment, ...] = ()
    if case == "limits over time":
        payments = tuple(
            EarlierPayment(datetime.date(2018, 8, 1 + place % 31), member, "one", None, 10**5)
            for place, member in enumerate(members)
        )
    givens: dict[tuple[str, str | None], Value | None] = {("capital", None): 10**8}
    return Event("Growth", datetime.date(2018, 9, 11), members, {}, fields, givens, losses, payments)


def _growths(case: str, series: int) -> dict[int, float]:
    """The time for each member at every size, against the last but one.

    So many series of rounds are made at least, and more of them where the case misses the goal.
    """
    program = _program(case)
    samples = {size: Sample(program, _event(case, program, size), max(1, 1_000 // size)) for size in SIZES}
    for sample in samples.values():
        drawn = [line.drawn for line in rulelang.evaluate(program, sample.event).lines]
        assert all(drawn), f"{case}: some step is not reached"
    sides: dict[str, Callable[[], object]] = {str(size): sample.run for size, sample in samples.items()}
    least = dict.fromkeys(SIZES, float("inf"))
    found = dict.fromkeys(SIZES, 1.0)
    for number in range(SERIES):
        if number >= series and found[SIZES[-1]] <= MOST:
            break
        spent = rounds_of(sides, ROUNDS)
        least = {size: min(least[size], *spent[str(size)]) for size in SIZES}
        each = {size: least[size] / size / sample.repeats for size, sample in samples.items()}
        found = {size: each[size] / each[SIZES[-2]] for size in SIZES}
    return found


def run(quick: bool) -> Report:  # noqa: FBT001 - the form of every benchmark
    """Measure every case at every size."""
    rows = []
    worst, worst_case = 0.0, ""
    for case in CASES:
        with collecting_seldom():
            growths = _growths(case, 1 if quick else 2)
        growth = growths[SIZES[-1]]
        if growth > worst:
            worst, worst_case = growth, case
        rows.append((case, *(ratio(growths[size]) for size in SIZES)))
    goal = Goal(
        f"time per member at {SIZES[-1]:,} members at most {MOST}x that at {SIZES[-2]:,}",
        f"{ratio(worst)} ({worst_case})",
        worst <= MOST,
    )
    columns = ("time per member, against 1,000 members", *(f"{size:,}" for size in SIZES))
    return Report("Growth with the number of members", columns, tuple(rows), (goal,))


if __name__ == "__main__":
    main([run], __doc__ or "")
