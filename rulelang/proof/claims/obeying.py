"""Whether an event can obey what is assumed, with somebody of whom a claim speaks: from a contradiction all follows."""

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from attrs import define

from rulelang.check.program import CheckedProgram
from rulelang.proof.claims.claims import Built, Claim, Played, Whom
from rulelang.proof.domain.terms import Truth, disjunction
from rulelang.run.exact import ExactNumbers
from rulelang.run.expressions import Moment
from rulelang.run.inputs import make_data
from rulelang.run.plan import make_plan
from rulelang.run.run_state import settled
from rulelang.run.waterfall import Evaluation


def ends_of(programs: Sequence[CheckedProgram], played: Played) -> list[Moment]:
    """The ends of runs of the interpreter, in which expressions can be asked for."""
    ends = []
    for program, event in zip(programs, played.events, strict=True):
        plan, domain = make_plan(program, event), ExactNumbers()
        evaluation = Evaluation(plan, domain, make_data(plan, domain))
        evaluation.run()
        ends.append(evaluation.end)
    return ends


@define
class AnEventObeys(Claim):
    """The assumptions hold together, and there is somebody of whom a claim speaks: an event of which that is true."""

    any_number: ClassVar[bool] = True

    of_whom: Whom

    def denial(self, built: Built) -> Truth:
        """Where there is somebody; the assumptions decide."""
        kinds = built.world.kinds
        return self._somebody(built.runs[self.of_whom.version].end, kinds.survivors, kinds.defaulters)

    def seen(self, played: Played) -> str | None:
        """Whatever comes out, if there is somebody."""
        event = played.events[self.of_whom.version]
        end = ends_of(self.programs, played)[self.of_whom.version]
        if not self._somebody(end, event.survivors, event.defaulters):
            return None
        return "an event obeys all assumptions"

    def _somebody(self, end: Moment, survivors: Sequence[str], defaulters: Sequence[str]) -> Truth:
        whom = self.of_whom
        if whom.population is None:
            return True
        named = {"survivors": survivors, "defaulters": defaulters, "members": (*survivors, *defaulters)}
        who = tuple(end.plan.position[member] for member in named[whom.population])
        if whom.where is None or not who:
            return bool(who)
        return disjunction(*settled(partial(end.column, whom.where, who)))
