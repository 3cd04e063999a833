"""What the laws are tried on: random cases by seed, and small waterfalls whose terms do not depend on the run."""

import functools
from pathlib import Path

from attrs import evolve, frozen
from hypothesis import strategies as st

import rulelang
from rulelang.base.source import SourceText
from rulelang.check.events.event import check_event
from rulelang.check.program import CheckedProgram
from rulelang.model.allocation import Allocation
from rulelang.model.event import Event
from tests.examples import is_quick
from tests.oracle.generate import Case, generate

SEEDS = st.sampled_from(range(0, 20_000, 997)) if is_quick() else st.integers(0, 20_000)
"""What random cases are made from; the laws of the quick run look at the same ones, which are made once."""


def load(case: Case) -> tuple[CheckedProgram, Event]:
    """The rulebook and the event of a case, read without files."""
    program = rulelang.parse_rulebook(case.rulebook, "rulebook.rules")
    source = SourceText.from_text(case.event, "event.event", Path("event.event").absolute())

    def read(path: Path, shown: str) -> SourceText:
        return SourceText.from_text(case.files[path.name], shown, path)

    return program, check_event(source, program, read)


@functools.cache
def case_of(seed: int, *, over_time: bool = False) -> Case:
    """A random case that runs; ``over_time`` with the forms of the second edition."""
    while (case := generate(seed, over_time)).error is not None:
        seed += 1_000_003
    return case


def any_case(seed: int) -> Case:
    """A random case that runs, one of two with the forms of the second edition."""
    return case_of(seed, over_time=bool(seed % 2))


def run(case: Case) -> Allocation:
    return rulelang.evaluate(*load(case))


@functools.lru_cache(maxsize=500)
def ran(seed: int) -> tuple[CheckedProgram, Event, Allocation]:
    """A random case and what it came to, for laws that look at the same runs."""
    program, event = load(any_case(seed))
    return program, event, rulelang.evaluate(program, event)


def without_digests(allocation: Allocation) -> dict[str, object]:
    """The result as plain values, apart from the digests of the texts."""
    result = allocation.to_dict()
    return {**result, "rulebook": result["rulebook"]["title"], "event": result["event"]["title"]}


# ------------------------------------------------------------------------------------ waterfalls that do not look back


@frozen
class Member:
    """A survivor's data; amounts in minor units."""

    fund: int
    stake: int
    key: int
    score: int
    bid: str

    def block(self, name: str) -> str:
        amounts = f"fund = {money(self.fund)} stake = {money(self.stake)}"
        return f'member "{name}" {amounts} key = {self.key} score = {self.score} bid = {self.bid}'


@frozen
class Step:
    """One step: who pays, its limits, how it is shared, and what else it says."""

    payers: str
    limits: tuple[str, ...] = ()
    pot: str | None = None
    sharing: str | None = None
    order: str | None = None
    reallocates: bool = True

    def text(self, name: str) -> str:
        """The step as it is written."""
        parts = [f"tranche {name} paid by {self.payers}", *self.limits]
        if self.pot is not None:
            parts[0] += f" from {self.pot}"
        if self.order is not None:
            parts.append(f"in order of {self.order}")
        if self.sharing is not None:
            parts.append(f"shared {self.sharing}" + ("" if self.reallocates else " without reallocation"))
        return "\n        ".join(parts)

    @property
    def bounded(self) -> bool:
        """Whether something limits it."""
        return bool(self.limits) or self.pot is not None


@frozen
class World:
    """A rulebook of independent steps, members, and one loss of one defaulter."""

    members: dict[str, Member]
    stages: tuple[tuple[Step, ...], ...]
    heads: tuple[str, ...]
    loss: int
    own: int = 0

    @property
    def steps(self) -> int:
        return sum(len(stage) for stage in self.stages)

    def rulebook(self) -> str:
        lines, number = [], 0
        for stage, head in zip(self.stages, self.heads, strict=True):
            texts = []
            for step in stage:
                number += 1
                texts.append("    " + step.text(f"s{number}"))
            lines += [f"    {head}", *texts, "    end"] if head else texts
        waterfall = "\n".join(lines)
        return f"""rulebook "a world" version "1"
currency EUR
members have
    fund : money
    stake : money
    key : number
    score : number
    bid : one of absent, poor, good
waterfall
{waterfall}
    finally open
"""

    def event(self) -> str:
        blocks = "\n".join(member.block(name) for name, member in self.members.items())
        defaulter = Member(self.own, 0, 0, 0, "good").block("~")
        return f'event "e" declared 2024-03-15\n{blocks}\n{defaulter}\ndefault of "~" loss {money(self.loss)}\n'

    def run(self, loss: int | None = None) -> Allocation:
        world = self if loss is None else evolve(self, loss=loss)
        return run(Case(world.rulebook(), world.event(), {}))


def money(units: int) -> str:
    return f"EUR {units // 100}.{units % 100:02}"


UNITS = st.one_of(st.integers(0, 12), st.integers(0, 5_000), st.integers(0, 10**9))
NAMES = st.sampled_from(["A", "B", "C", "a", "AA", "A1", "é", "10", "9", "b c", "Z"])
MEMBERS = st.dictionaries(
    NAMES,
    st.builds(
        Member,
        UNITS,
        UNITS,
        st.one_of(st.integers(0, 4), st.integers(0, 10**6)),
        st.integers(0, 2),
        st.sampled_from(["absent", "poor", "good"]),
    ),
    min_size=1,
    max_size=6,
)
EACH = st.one_of(
    st.sampled_from(["up to fund each", "up to stake each", "up to 50% of fund each", "up to fund / 3 each"]),
    UNITS.map(lambda units: f"up to {money(units)} each"),
)
TOTAL = UNITS.map(lambda units: f"up to {money(units)} in total")
ORDERS = st.sampled_from(
    [
        "bid: absent then poor then good",
        "bid: good or poor then absent",
        "score, lowest first",
        "score, highest first",
        "stake, highest first",
    ]
)


@st.composite
def survivors(draw: st.DrawFn, pot: str | None = None, *, pooled: bool = False) -> Step:
    """A step paid by survivors."""
    each = tuple(draw(st.lists(EACH, max_size=2)))
    total = () if pooled else tuple(draw(st.lists(TOTAL, max_size=1)))
    keys = ["equally", "pro rata to key", "pro rata to fund", "pro rata to fund + stake"]
    if pooled:
        keys = ["pro rata to fund", "pro rata to stake"]
    if each or pot is not None:
        keys.append("pro rata to limits")
    order = None if pooled else draw(st.none() | ORDERS)
    reallocates = pooled or order is not None or draw(st.booleans())
    return Step("survivors", (*each, *total), pot, draw(st.sampled_from(keys)), order, reallocates)


@st.composite
def worlds(draw: st.DrawFn, *, groups: bool = True) -> World:
    """A waterfall that names each pot once at most, so that no term depends on what was paid before."""
    pots = ["fund", "stake"]

    def pot() -> str | None:
        return pots.pop() if pots and draw(st.booleans()) else None

    stages: list[tuple[Step, ...]] = []
    heads: list[str] = []
    if draw(st.booleans()):
        stages.append((Step("defaulters", pot="fund"),))
        heads.append("")
        pots.remove("fund")
    for _ in range(draw(st.integers(1, 4))):
        kind = draw(
            st.sampled_from(["ccp", "survivors", "survivors", *(["capacity", "ratio", "pool"] if groups else [])])
        )
        if kind == "ccp":
            stages.append((Step("ccp", (f"up to {money(draw(UNITS))}",)),))
            heads.append("")
        elif kind == "survivors":
            stages.append((draw(survivors(pot())),))
            heads.append("")
        else:
            steps = [draw(survivors(pot(), pooled=kind == "pool")) for _ in range(draw(st.integers(2, 3)))]
            if kind == "capacity":
                steps = [step if step.bounded else evolve(step, limits=("up to fund each",)) for step in steps]
            ratio = " : ".join(str(draw(st.integers(1, 5))) for _ in steps)
            stages.append(tuple(steps))
            heads.append(
                {"capacity": "together", "ratio": f"together in ratio {ratio}", "pool": "together as one pool"}[kind]
            )
    members = draw(MEMBERS)
    return World(members, tuple(stages), tuple(heads), draw(st.one_of(st.integers(1, 40), UNITS)) or 1, draw(UNITS))
