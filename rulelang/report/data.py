"""What a report says, as plain values: the run of the event itself, the profile, the steps, and the changes.

Amounts are strings of minor units, so that the page can compute with them exactly.
"""

from collections.abc import Mapping
from functools import cached_property

from attrs import field, frozen

from rulelang.base.diagnostic import RulelangError, RunError, finding
from rulelang.changes.comparison import Comparison, EventPair, compare_versions
from rulelang.check.program import CheckedProgram, StepProgram
from rulelang.document.write import Plain
from rulelang.model.allocation import Allocation
from rulelang.model.event import Event
from rulelang.profiles.profile import Profile, follow
from rulelang.profiles.variable import find_variable
from rulelang.proof.proof import Proof
from rulelang.report.breakpoints import breakpoints
from rulelang.report.changes import exhibit
from rulelang.report.profile_data import profile_data, waterfall_data
from rulelang.report.turn_places import NO_ROUND, TurnPlaces
from rulelang.run.interpret import interpret
from rulelang.run.plan import Plan, make_plan

CLASSES = {
    "defaulters": "Defaulters",
    "ccp": "The CCP",
    "parties": "Other parties",
    "survivors": "Surviving members",
}
"""Classes of payers, in the order in which they are shown."""


def class_of(step: StepProgram) -> str:
    """The class of those who pay a step."""
    return step.payers if step.payers in CLASSES else "parties"


@frozen(slots=False)
class Version:
    """A version of a rulebook on a page: its run of the event and its profile (``None``: the event's loss alone)."""

    program: CheckedProgram
    event: Event
    allocation: Allocation
    profile: Profile | None

    @property
    def plan(self) -> Plan:
        """The turns of the waterfall."""
        return make_plan(self.program, self.event)

    @cached_property
    def places(self) -> TurnPlaces:
        """The places of the turns on the page."""
        return TurnPlaces.of(self.plan, self.allocation, self.profile)


@frozen
class Report:
    """What a page is made of; ``old`` and ``comparison`` only where an older version stands beside the rulebook.

    ``proof`` is what holds for all events, of the rulebook or (where there is an older version) of both.
    """

    new: Version
    old: Version | None = None
    comparison: Comparison | None = field(default=None, repr=False)
    proof: Proof | None = field(default=None, repr=False)

    @property
    def title(self) -> str:
        """The title of the page."""
        return f"{self.new.event.heading} – {self.new.program.title}"

    @property
    def fixed(self) -> bool:
        """Whether the page is about the event's own loss alone."""
        return self.new.profile is None


def make_report(
    program: CheckedProgram,
    event: Event,
    against: tuple[CheckedProgram, Event] | None = None,
    *,
    fixed: bool = False,
    to: int | None = None,
    proof: Proof | None = None,
    run: Allocation | None = None,
) -> Report:
    """Run a rulebook, and perhaps an older version of it, for the event's own loss and (not ``fixed``) for all.

    ``to`` is the largest loss to go to, in minor units; ``proof`` is told beside what was run; ``run`` is that of the
    event, where it is known and nothing is compared.

    Raises:
        RunError: the event's own loss cannot be run.
        RulelangError: what is paid is no straight line of the loss, or the versions cannot be compared.
    """
    if not event.losses:
        raise RulelangError([finding("nothing-to-vary", "the event has no default, so there is no loss to report")])
    if against is None:
        allocation = interpret(program, event) if run is None else run
        profile = None if fixed else _profile(program, event, to)
        return Report(Version(program, event, allocation, profile), proof=proof)
    old_program, old_event = against
    vary = None if fixed else "loss"
    found = compare_versions(old_program, program, [EventPair(old_event, event)], vary, to)
    (compared,) = found.events
    if compared.runs is None:
        raise RunError(compared.refusal)
    (old_run, new_run), (old, new) = compared.runs, compared.profiles or (None, None)
    return Report(Version(program, event, new_run, new), Version(old_program, old_event, old_run, old), found, proof)


def _profile(program: CheckedProgram, event: Event, to: int | None) -> Profile:
    plan = make_plan(program, event)
    return follow(plan, find_variable(plan), to)


def payers_of(report: Report) -> dict[str, str]:
    """Every payer that a version may charge, with its class: ``defaulters``, ``ccp``, ``parties`` or ``survivors``."""
    versions = [report.new, *([] if report.old is None else [report.old])]
    charged = {step.payers for version in versions for step in version.program.each_step()}
    found: dict[str, str] = {}
    for version in versions:
        event = version.event
        found.update(dict.fromkeys(event.defaulters, "defaulters"))
        if "ccp" in charged:
            found["ccp"] = "ccp"
        found.update({party: "parties" for party in version.program.parties if party in charged})
        found.update(dict.fromkeys(event.survivors, "survivors"))
    order = [*CLASSES]
    return dict(sorted(found.items(), key=lambda item: (order.index(item[1]), item[0])))


def names_of(report: Report) -> Mapping[str, str]:
    """The names of payers that have one of their own."""
    parties: dict[str, str] = {}
    for version in (report.old, report.new):
        if version is not None:
            parties.update({name: title for name, title in version.program.parties.items() if title})
            parties.update(version.allocation.names)
    return {**parties, "ccp": "the CCP"}


def report_data(report: Report) -> Plain:
    """The page's data."""
    payers, names, event = payers_of(report), names_of(report), report.new.event
    currency = report.new.program.currency
    return {
        "currency": {"code": currency.code, "decimals": currency.decimals},
        "loss": str(event.loss),
        "losses": [str(loss.amount) for loss in event.losses],
        "payers": [{"id": payer, "name": names.get(payer), "class": group} for payer, group in payers.items()],
        "new": version_data(report.new, list(payers)),
        "old": None if report.old is None else version_data(report.old, list(payers)),
        "changes": None if report.comparison is None else exhibit(report.comparison),
    }


def version_data(version: Version, payers: list[str]) -> Plain:
    """A version as plain values; payers are named by their position."""
    program, profile = version.program, version.profile
    last = program.outcome
    return {
        "steps": [{"name": step.name, "title": step.title, "class": class_of(step)} for step in program.each_step()],
        "outcome": None if last is None else {"name": last.name, "title": last.title},
        "run": _run(version, payers),
        **waterfall_data(version.plan, version.places, payers),
        "profile": None if profile is None else profile_data(profile, version.places, payers),
        "breakpoints": [] if profile is None else breakpoints(profile, version.places),
    }


def _run(version: Version, payers: list[str]) -> Plain:
    """The run of the event itself by the interpreter; each payment is a pair of payer and amount."""
    allocation, turns = version.allocation, list[Plain]()
    place = {payer: number for number, payer in enumerate(payers)}
    for number in version.places.told(allocation.trail.turns):
        if number is None:  # nothing was left, or the round before drew nothing
            left = turns[-1]["after"]
            turns.append(
                {"status": NO_ROUND, "before": left, "after": left, "drawn": "0", "capacity": None, "paid": []}
            )
            continue
        turn = allocation.trail.turns[number]
        turns.append(
            {
                "status": turn.status.value,
                "before": str(turn.before),
                "after": str(turn.after),
                "drawn": str(turn.drawn),
                "capacity": None if turn.capacity is None else str(turn.capacity),
                "paid": [[place[payer], str(paid)] for payer, paid in zip(turn.payers, turn.paid, strict=True)],
            }
        )
    return {"turns": turns, "uncovered": str(allocation.uncovered), "outcome": allocation.outcome}
