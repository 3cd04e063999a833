"""Settles a question: a proof, an event that refutes it, or neither with the reason.

The order is that of cost: a proof for any number of members to the minor unit; an event; a proof before rounding; a
proof for few members.  Nothing is proved that the encoding does not cover, and nothing refuted that was not run.
"""

import itertools
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import partial

from attrs import define, evolve, field

from rulelang.check.expressions.walk import reached
from rulelang.check.program import CheckedProgram, DatumProgram, EnsureProgram
from rulelang.check.types import Kind
from rulelang.model.event import Event
from rulelang.proof.claims.claims import Claim, EnsureHolds
from rulelang.proof.claims.common_names import common_names, filled_otherwise, not_covered
from rulelang.proof.claims.comparisons import NoSurvivorPays, NothingMoreUncovered, SameTotals
from rulelang.proof.claims.questions import Assumption, claim_of
from rulelang.proof.claims.results_read import decided_by_rounding
from rulelang.proof.claims.same_words import same_rules
from rulelang.proof.claims.verdict import AboutData, Never, Proved, Question, Refuted, Scope, Settled, Unknown, Verdict
from rulelang.proof.domain.sizes import beyond_range
from rulelang.proof.domain.values import Outside
from rulelang.proof.refuting.hunting import Hunt
from rulelang.proof.refuting.replay import Replayed
from rulelang.proof.solving.ladder import Decided, Setting, decide
from rulelang.proof.solving.solver import solver
from rulelang.proof.these_members import day_of, setting_of
from rulelang.proof.worlds.families import any_number, days_of, some_days, up_to
from rulelang.proof.worlds.kinds import NO_DATED_VALUES, Day, Kinds
from rulelang.proof.worlds.regimes import reads_earlier_days
from rulelang.syntax import nodes

UNITS_PER_STEP = 2
"""By how many minor units rounding may move what a payer pays in one sharing, between two runs."""
FORMULAS_PER_QUESTION = 2
"""All formulas of a question together may take as long as so many that run out of time."""
WITHDRAWALS = "withdrawals between rounds"
FURTHER = "further losses of earlier defaults"
ENDS = "days at an end of the calendar"
"""Kinds of events to which a proof may not carry over, as a verdict says."""
Family = Callable[[], Iterable[Kinds]]
"""What makes the worlds of a family, each time anew."""
_SCALES = (1, 10, 100)
"""In how many minor units the amounts of small events are counted."""
_FEW = 2
_MOST_IN_TURN = 4
_MOST_ORDERED = 3
"""Of so many defaults of an event, taken in turn, each order is looked at."""


def settle(
    question: Question,
    programs: Sequence[CheckedProgram],
    *,
    assumptions: Sequence[Assumption] = (),
    event: Event | None = None,
    most_members: int | None = None,
    timeout: float = 10,
) -> Settled:
    """What can be said of a question about a rulebook, or about two versions of it.

    With ``event`` it is settled for the members, data and givens of that event, the rest being free; with
    ``most_members`` for at most so many survivors and as many defaulters, instead of any number.  ``timeout`` bounds
    each formula put to the solver, in seconds, and all of them together by a few times as much; both are counted in the
    solver's own steps, so that a busy machine gives the same verdict.
    """
    started = time.perf_counter()
    formulas: dict[str, str] = {}
    claim = claim_of(question, programs)
    meant = tuple(one.of(programs, claim.programs) for one in assumptions)
    try:
        settling = _Settling(claim, meant, timeout, most_members, formulas, event)
        with solver().within(timeout * FORMULAS_PER_QUESTION):
            verdict = settling.by_its_words() or settling.verdict()
    except Outside as outside:
        verdict = _outside(claim.programs[0], outside)
    return Settled(question, verdict, time.perf_counter() - started, formulas)


def _outside(program: CheckedProgram, outside: Outside, proved: Scope | None = None) -> Unknown:
    node = outside.node
    words, span = outside.words, outside.span
    if node is not None:
        words, span = program.source.phrase(node.span), node.span
    return Unknown("outside", f"{outside} is outside the provable part", words, span, proved)


def _may_be_stated(datum: DatumProgram, value: object) -> bool:
    """Whether what stands for a missing datum is a plain value that an event may state too: a rate is above zero."""
    return value is not None and not (datum.type.kind is Kind.RATE and value == 0)


def _reads_data_alone(program: CheckedProgram, ensure: EnsureProgram) -> bool:
    """Whether an invariant reads no result of a run."""
    starts = (ensure.condition,) if ensure.where is None else (ensure.condition, ensure.where)
    return not any(
        isinstance(node, nodes.StepResult | nodes.PeriodValue)
        or (isinstance(node, nodes.RunValue) and node.what in ("remaining", "total_paid", "loss"))
        for node in reached(program.definitions, *starts)
    )


@define
class _Settling:
    """The way to a verdict of one claim about all events."""

    claim: Claim
    assumptions: tuple[Assumption, ...]
    seconds: float
    most: int | None
    formulas: dict[str, str]
    event: Event | None = None
    names: Sequence[Mapping[str, str]] = field(init=False)
    days: Sequence[Day] = field(init=False)
    filled_otherwise: Sequence[DatumProgram] = field(init=False)
    uncovered: Outside | None = field(init=False)
    of_exact_shares: Decided | None = field(init=False, default=None)

    def __attrs_post_init__(self) -> None:
        self.names = common_names(self.claim.programs)
        self.filled_otherwise = [] if self.event is not None else filled_otherwise(self.claim.programs, self.names)
        self.uncovered = not_covered(self.filled_otherwise, self.claim.programs[-1])

    def by_its_words(self) -> Proved | None:
        """A proof, if two versions have the same rules, word for word, and the claim is true of such.

        Raises:
            Outside: the event leaves out what a version needs.
        """
        if len(self.claim.programs) == 1:
            return None
        meanings = same_rules(self.claim.programs, self.names)
        if meanings is None or not self.claim.holds_of_the_same(meanings):
            return None
        if self.event is not None:
            setting_of(self.claim, self.event, Setting(self.names))  # which may not fit both
        return Proved(evolve(self._asked()[0], without=()), "by its words", tuple(one.text for one in self.assumptions))

    def verdict(self) -> Verdict:
        """The verdict.

        Raises:
            Outside: something is not encoded.
        """
        setting = self._begun()
        if self.claim.question.wants_event:
            return self._event_wanted(setting)
        outside: Outside | None = None
        late = False
        for linear_only in (True, False):
            for scope, family, how in self._first(evolve(setting, linear_only=linear_only)):
                try:
                    decided = self._decide(family, how)
                    promised = self._of_exact_shares(setting) if decided.proved and how.margin else decided
                except Outside as one:
                    outside = outside or one
                    continue
                late = late or decided.out_of_time
                if decided.proved and promised.proved:
                    decided.rests_on(promised.how)
                    return self._proved(scope, decided, family, how)
            if linear_only:
                if self._is_about_data():
                    return AboutData("it reads no result of a run: whether it holds is for the data to say")
                with solver().within(self.seconds):  # so that there is time left for what is harder to prove
                    found = self._hunted(setting)
                if found is not None:
                    return _refuted(found)
        return self._less(setting, outside, late=late)

    def _begun(self) -> Setting:
        """The setting of the claim, and its days; where none stand for all days, an event may be found all the same.

        Of two versions it is not looked for: to search in vain for what tells them apart takes long.
        """
        setting = Setting(self.names, self.assumptions)
        if self.event is not None:
            self.days = [day_of(self.event)]
            return setting_of(self.claim, self.event, setting)
        try:
            self.days = days_of(self.claim.programs)
        except Outside as one:
            if len(self.claim.programs) > 1:
                raise
            self.uncovered, self.days = one, some_days(self.claim.programs)
        return setting

    def _of_exact_shares(self, setting: Setting) -> Decided:
        """Whether it holds before rounding, which is asked once: what rounding is not to blame for, the rules do.

        All rungs are climbed for it, for an event that is looked for in vain costs more.

        Raises:
            Outside: something is not encoded.
        """
        if self.of_exact_shares is None:
            _, family = self._asked()
            self.of_exact_shares = self._decide(family, evolve(setting, rounding=False))
        return self.of_exact_shares

    @property
    def _may_be_off(self) -> bool:
        """Whether it compares two runs, each of which rounding may move a little."""
        return len(self.claim.programs) > 1 and self.claim.may_be_off

    def _is_about_data(self) -> bool:
        return isinstance(self.claim, EnsureHolds) and _reads_data_alone(self.claim.programs[0], self.claim.ensure)

    def _first(self, setting: Setting) -> Iterable[tuple[Scope, Family, Setting]]:
        """What is tried first: to the unit, for as many members as were asked for, and of two runs within a few."""
        scope, family = self._asked()
        if setting.linear_only or not self._may_be_off:
            yield scope, family, setting
        if self._may_be_off:
            margin = self._margin
            yield evolve(scope, to_the_unit=False, within=margin), family, evolve(setting, margin=margin)

    @property
    def _margin(self) -> int:
        """By how many minor units rounding may move what a payer pays, between two runs."""
        return UNITS_PER_STEP * max(self._sharings(program) for program in self.claim.programs)

    def _asked(self) -> tuple[Scope, Family]:
        if self.event is not None:
            survivors, failing = self.event.survivors, self.event.defaulters
            in_order = ("defaults in another order",) if self.claim.in_turn and len(failing) > _MOST_ORDERED else ()
            orders = itertools.permutations(failing) if self.claim.in_turn and not in_order else [failing]
            these = [Kinds(survivors, order, in_turn=self.claim.in_turn) for order in orders]
            scope = Scope(len(survivors), len(failing), these_members=True, without=in_order)
            return scope, lambda: these
        if self.most is not None:
            most = self.most
            return Scope(most, most), lambda: up_to(self.claim.programs, most)
        defaulters = self._most_defaulters
        return Scope(None, defaulters), lambda: any_number(self.claim.programs, self.names, defaulters)

    @property
    def _most_defaulters(self) -> int | None:
        """How many defaulters a proof for any number of survivors is about (``None``: any number too)."""
        return 1 if self.claim.larger_loss else _MOST_IN_TURN if self.claim.in_turn else None

    @staticmethod
    def _sharings(program: CheckedProgram) -> int:
        return sum(1 for step in program.each_step() if not step.single_payer) * max(1, len(program.segments))

    def _decide(self, family: Family, setting: Setting, days: Sequence[Day] | None = None) -> Decided:
        if self.uncovered is not None:  # an event may be found all the same
            raise self.uncovered
        # what linear arithmetic proves it proves soon; the last rung may be climbed twice
        seconds = self.seconds / (8 if setting.linear_only else 2)
        days = self.days if days is None else days
        decided = decide(self.claim, family(), days, setting, seconds)
        if decided.proved and not self.claim.of_runs_that_end:
            too_long = beyond_range(self.claim.programs[0])
            if too_long is not None:
                raise Outside("a number that may grow beyond the range of exact arithmetic", too_long)
        if decided.proved:
            for missing in self._may_be_missing():
                more = decide(self.claim, family(), days, evolve(setting, missing=missing), seconds)
                decided.rests_on(more.how)
                decided.formulas |= more.formulas
                if not more.proved:
                    decided.open, decided.out_of_time = more.open, more.out_of_time
                    break
        self.formulas.update(decided.formulas)
        return decided

    def _may_be_missing(self) -> Iterable[str]:
        """The data by whose lack a run may stop, one after the other, and what an event may not have dated.

        What stands for a missing datum as a plain value is none of them: an event may state that value too.  Of two
        versions it is what these fill in otherwise.
        """
        yield from (self.names[-1].get(datum.name, datum.name) for datum in self.filled_otherwise)
        if self.claim.of_runs_that_end:
            return
        program = self.claim.programs[0]
        for datum in (*program.fields.values(), *program.givens.values()):
            if datum.if_missing is not None and not _may_be_stated(datum, program.constants.get(id(datum.if_missing))):
                yield datum.name
        if reads_earlier_days(program):
            yield NO_DATED_VALUES

    def _proved(self, scope: Scope, decided: Decided, family: Family, setting: Setting) -> Proved:
        """A proof, with what of events it leaves out: those of further losses are tried for themselves."""
        texts = tuple(assumption.text for assumption in self.assumptions)
        without = self._left_out(decided, family, setting, any_number_of=self.most is None)
        return Proved(evolve(scope, without=(*scope.without, *without)), decided.how, texts)

    def _left_out(self, decided: Decided, family: Family, setting: Setting, *, any_number_of: bool) -> tuple[str, ...]:
        """What of events a proof does not carry over to: withdrawals (of any number of members), and further losses."""
        if self.event is not None:  # what of these it has, it has
            return ()
        without: list[str] = []
        linear = evolve(setting, linear_only=True)
        if any(step.rounds is not None for program in self.claim.programs for step in program.each_step()):
            most = self._most_defaulters
            with_them = partial(any_number, self.claim.programs, self.names, most, withdrawals=True)
            if any_number_of and self._carries_over(decided, with_them, linear):
                family = with_them
            else:
                without.append(WITHDRAWALS)
        further = [evolve(day, further=True) for day in self.days]
        if self.claim.in_turn or not self._carries_over(decided, family, linear, further):
            without.append(FURTHER)
        if not self.claim.of_runs_that_end:
            ends = [day for day in days_of(self.claim.programs, ends=True) if day not in self.days]
            if not self._carries_over(decided, family, linear, ends):
                without.append(ENDS)
        return tuple(without)

    def _carries_over(
        self, decided: Decided, family: Family, setting: Setting, days: Sequence[Day] | None = None
    ) -> bool:
        """Whether the claim is proved for another family too, or on other days."""
        try:
            for how in (setting, evolve(setting, rounding=False, margin=0)) if setting.margin else (setting,):
                more = self._decide(family, how, days)
                if not more.proved:
                    return False
                decided.rests_on(more.how)
        except Outside:
            return False
        return True

    def _hunted(self, setting: Setting, *, beyond_rounding: bool = True) -> Replayed | None:
        """An event that breaks the claim, beyond rounding first if it compares two runs."""
        two = len(self.claim.programs) > 1
        margin = 10 ** (self.claim.programs[0].currency.decimals + 1) if beyond_rounding and self._may_be_off else 0
        try:
            for missing in (None, *self._may_be_missing()):
                found = self._hunt(evolve(setting, margin=margin, missing=missing), 7 if two else 12).run()
                if found is not None:
                    return found
            if two or self.event is not None or not self.claim.of_runs_that_end:
                return None
            return self._hunt(setting, 12).shaken()
        except Outside:
            return None

    def _shaken_versions(self, setting: Setting) -> Replayed | None:
        """An event of small amounts under which two versions differ by more than rounding makes of it."""
        if self.event is not None or not isinstance(self.claim, NoSurvivorPays | SameTotals | NothingMoreUncovered):
            return None
        hunt = self._hunt(setting, 1)
        try:
            return evolve(hunt, claim=evolve(self.claim, units=self._margin)).shaken(_SCALES)
        except Outside:
            return None

    def _hunt(self, setting: Setting, tries: int) -> Hunt:
        return Hunt(self.claim, self.days, setting, self.seconds, tries, self.most)

    def _less(self, setting: Setting, outside: Outside | None, *, late: bool) -> Verdict:
        """What can be proved if not what was asked for: before rounding, or for few members."""
        scope, family = self._asked()
        exact = evolve(setting, rounding=False)
        try:
            if self.claim.may_be_off:
                decided = self._of_exact_shares(setting)
                late = late or decided.out_of_time
                if decided.proved:
                    return self._before_rounding(self._proved(evolve(scope, to_the_unit=False), decided, family, exact))
        except Outside as one:
            outside = outside or one
        if self._may_be_off:
            found = self._hunted(setting, beyond_rounding=False) or self._shaken_versions(setting)
            if found is not None:
                return _refuted(found)
        proved = None if self.most is not None or self.event is not None else self._for_few(setting)
        if outside is not None:
            return _outside(self.claim.programs[0], outside, proved)
        if late:
            return Unknown("out of time", "the solver did not answer in time", proved=proved)
        reason = "neither a proof for any number of members nor an event that breaks it was found"
        return Unknown("not found", reason, proved=proved)

    def _before_rounding(self, proved: Proved) -> Verdict:
        """What is proved of exact shares alone: of two runs, where rounding decides no more than some minor units.

        Of one run it is open: that a run obeys its invariant is a question of every minor unit.
        """
        for program in self.claim.programs:
            span = decided_by_rounding(program)
            if span is not None:
                reason = "what is rounded may decide it"
                return Unknown("not found", reason, program.source.phrase(span), span, proved.scope)
        if len(self.claim.programs) > 1:
            return proved
        return Unknown("not found", "a run may break it by some minor units", proved=proved.scope)

    def _for_few(self, setting: Setting) -> Scope | None:
        """The most members, up to a few, for whom it can be proved."""
        found = None
        for most in range(1, _FEW + 1):
            family = partial(up_to, self.claim.programs, most)
            try:
                decided = self._decide(family, setting)
            except Outside:
                break
            if not decided.proved:
                break
            found = Scope(most, most, without=self._left_out(decided, family, setting, any_number_of=False))
        return found

    # ------------------------------------------------------------------------------------------- an event is wanted

    def _event_wanted(self, setting: Setting) -> Verdict:
        """An event, or that there is none: whichever is likelier is tried first."""
        scope, family = self._asked()
        texts = tuple(assumption.text for assumption in self.assumptions)
        decided = None
        if self.claim.rarely_shown:
            with suppress(Outside):  # an event may be found all the same
                decided = self._decide(family, evolve(setting, linear_only=True))
        found = None
        if decided is None or not decided.proved:
            found = self._hunt(setting, 8).run()
            decided = self._decide(family, setting) if found is None else None
        if decided is not None and decided.proved:
            without = self._left_out(decided, family, setting, any_number_of=self.most is None)
            if not without or self.claim.question.information:
                return Never(evolve(scope, without=(*scope.without, *without)), decided.how, texts)
            found = self._hunt(setting, 4).beyond()
            if found is None:
                reason = "no event was found, and that there is none was proved but for some kinds of events"
                return Unknown("not found", reason, proved=evolve(scope, without=without))
        if found is not None:
            return Proved(scope, "by an event", texts, found.texts[0], found.shown)
        if decided is not None and decided.out_of_time:
            return Unknown("out of time", "no event was found, and the solver did not answer in time")
        return Unknown("not found", "no event was found, and that there is none was not proved")


def _refuted(found: Replayed) -> Refuted:
    second = found.texts[1] if len(found.texts) > 1 and found.texts[1] != found.texts[0] else None
    return Refuted(found.texts[0], found.shown, second)
