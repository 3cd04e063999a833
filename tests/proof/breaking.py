"""An event that breaks a claim as a model of the world that stands for it: alone, or with the others taken as one.

A claim is proved where no world has a model of its denial; so each event that breaks one has to be a model of one.  The
data of the event are facts about the variables of the world by their names, and what the event says of earlier days
and payments is left free.
"""

import itertools

from attrs import evolve

import rulelang
from rulelang.base.diagnostic import RulelangError
from rulelang.proof.claims.claims import Played
from rulelang.proof.claims.common_names import common_names
from rulelang.proof.domain.terms import conjunction, named, negation, variable
from rulelang.proof.proof import assumptions_of
from rulelang.proof.solving.ladder import Setting, build
from rulelang.proof.solving.smt import Problem
from rulelang.proof.solving.solver import solver
from rulelang.proof.worlds.families import any_number, days_of, reads_notices
from rulelang.proof.worlds.kinds import LEAVING, WITHDRAWS, Day, Kinds
from rulelang.proof.worlds.labels import dealt_label, label
from rulelang.run.exact import ExactNumbers
from rulelang.run.inputs import make_data
from rulelang.run.over_time import standing
from rulelang.run.plan import make_plan
from rulelang.run.rule_violation import RuleViolation

SECONDS = 3
_WITHOUT_BOUND = 10**20


def is_broken(claim, events):
    """Whether runs show that a claim is broken, which keep to what is assumed."""
    try:
        ran = [rulelang.evaluate(program, event) for program, event in zip(claim.programs, events, strict=True)]
        obeyed = all(one.holds for run in ran for one in run.assumes)
        return obeyed and claim.seen(Played(ran, events)) is not None
    except (RulelangError, RuleViolation):
        return False


def _days_for(programs, declared):
    """The days that stand for all days, those first that are next to the event's."""
    days = {day.declared for day in days_of(programs)}
    return sorted(days, key=lambda day: (day > declared, abs(day - declared)))


class Breaking:
    """A claim and the events that break it, one for each of its runs."""

    def __init__(self, claim, events):
        self.claim, self.events, self.names = claim, events, common_names(claim.programs)
        self.assumptions = assumptions_of(claim.programs)
        self.declared = _days_for(claim.programs, events[0].declared)
        self.event = events[0]
        self.data = [
            make_data(make_plan(program, event), ExactNumbers())
            for program, event in zip(claim.programs, events, strict=True)
        ]
        past = self.event.past
        self.leaving = {member for member, day in past.notices.items() if day <= self.event.declared}
        self.only_defaults = claim.in_turn and all(loss.member is not None for loss in self.event.losses)

    def alone(self):
        """``sat`` if the event is a model of the world in which everybody stands alone."""
        event, withdrawn = self.event, {}
        for one in event.withdrawals:
            withdrawn.setdefault(one.member, {})[WITHDRAWS + one.step, None] = one.after_round
        kinds = Kinds(event.survivors, event.defaulters, leaving=frozenset(self.leaving), withdrawn=withdrawn)
        return self._answer([(self._kinds(kinds), {member: [member] for member in event.members})])

    def others_as_one(self):
        """``sat`` if it is one of a world in which one survivor and one defaulter (in turn: all) stand alone."""
        event = self.event
        survivors, defaulters = event.survivors or (None,), event.defaulters or (None,)
        most = max(len(survivors), len(defaulters))
        some = zip(*(itertools.islice(itertools.cycle(each), most) for each in (survivors, defaulters)), strict=True)
        return self._answer(world for chosen in some for world in self._worlds_with(*chosen))

    def _kinds(self, kinds):
        return evolve(kinds, only_defaults=bool(self.only_defaults and kinds.defaulters))

    def _worlds_with(self, survivor, defaulter):
        """The worlds of the family in which these stand alone, each with who of the event is whom of the world."""
        claim, event = self.claim, self.event
        most = 1 if claim.larger_loss else 4 if claim.in_turn else None
        failing = event.defaulters if most is not None else [defaulter] if defaulter else []
        if event.withdrawals or (most is not None and len(failing) > most):
            return
        for kinds in any_number(claim.programs, self.names, most):
            if len(kinds.survivors) != (survivor is not None) or len(kinds.defaulters) != len(failing):
                continue
            who = {name: [survivor] for name in kinds.survivors}
            who |= {name: [member] for name, member in zip(kinds.defaulters, failing, strict=True)}
            leaving = {name for name, members in who.items() if self.leaving.issuperset(members)}
            if any(map(reads_notices, claim.programs)) and leaving != kinds.leaving:
                continue
            if self._taken_as_one(who, "OTHERS", event.survivors, kinds.other_survivors) and self._taken_as_one(
                who, "XOTHERS", event.defaulters, kinds.other_defaulters
            ):
                yield self._kinds(kinds), who

    def _taken_as_one(self, who, stem, members, slots):
        """Put each of some members who stands not alone into the slot of its choices; whether each has one."""
        apart = {member for some in who.values() for member in some}
        who |= {f"{stem} {place + 1}": [] for place in range(len(slots))}
        for member in members:
            if member not in apart:
                place = next((place for place, choices in enumerate(slots) if self._has(member, choices)), None)
                if place is None:
                    return False
                who[f"{stem} {place + 1}"].append(member)
        return True

    def _has(self, member, choices):
        return all(
            (member in self.leaving if place == LEAVING else self._value(place, member)) == value
            for place, value in choices.items()
        )

    def _value(self, place, member):
        for version, data in enumerate(self.data):
            own = {common: name for name, common in self.names[version].items()}.get(place[0], place[0])
            if (own, place[1]) in data.fields:
                return data.fields[own, place[1]][self.event.members.index(member)]
        raise LookupError(place)

    # ------------------------------------------------------------------------------------------------------ the facts

    def _answer(self, worlds):
        answers = []
        for (kinds, who), declared in itertools.product(worlds, self.declared):
            if self.claim.asks(kinds):
                answers.append(self._is_model(kinds, who, declared))
                if answers[-1] == "sat":
                    return "sat"
        return next((one for one in answers if one != "unsat"), "unsat" if answers else "no such world")

    def _is_model(self, kinds, who, declared):
        event = self.event
        is_open = {name for one in self.claim.programs for name in one.periods if standing(event, name) is not None}
        day = Day(declared, frozenset(is_open), further=any(loss.further for loss in event.losses))
        built, goal = build(self.claim, kinds, day, Setting(self.names, self.assumptions))
        known = {**self._known(who), **{f"how many[{name}]": [len(who[name])] for name in built.world.slots}}
        variables = built.domain.variables
        facts = [self._fact(built.domain, name, known) for name in tuple(variables) if variables[name].is_data]
        goal = conjunction(goal, *facts)
        if isinstance(goal, bool):
            return "sat" if goal else "unsat"
        problem = Problem(variables, goal, built.world.formulas())
        return solver().ask(problem.text(products=True), SECONDS).answer

    @staticmethod
    def _fact(domain, name, known):
        """What is known of a variable: a choice has a truth for each option."""
        datum, _, option = name.partition(" is ")
        values = known.get(datum if option else name)
        if not domain.variables[name].is_truth:
            return True if values is None else domain.equal(variable(name), sum(values))
        if not values:
            return True
        holds = values[0] == option if option else values[0]
        return named(name) if holds else negation(named(name))

    def _known(self, who):
        """The values of the event by the names of variables, those of all that are taken as one in a list."""
        known = {}
        for version, (program, data) in enumerate(zip(self.claim.programs, self.data, strict=True)):
            names = self.names[version]
            for (name, segment), value in data.givens.items():
                known[label(names.get(name, name), segment, None)] = [value]
            for (name, segment), column in data.fields.items():
                if not program.fields[name].per_defaulter:
                    for one, members in who.items():
                        known[label(names.get(name, name), segment, one)] = self._of(column, members)
            for name, columns in data.with_defaulters.items():
                for one, other in itertools.product(who, who):
                    failing = [member for member in who[other] if member in columns]
                    values = [value for member in failing for value in self._of(columns[member], who[one])]
                    known[dealt_label(names.get(name, name), one, other)] = values
        for step, decision in self.event.decisions.items():
            known[f"decide {step}"] = [decision.invoke]
            known[f"decide {step} up to"] = [_WITHOUT_BOUND if decision.most is None else decision.most]
        return {**known, **self._losses(who)}

    def _of(self, column, members):
        return [column[self.event.members.index(member)] for member in members]

    def _losses(self, who):
        first, last = self.events[0], self.events[-1]
        known = {}
        for segment in self.claim.programs[0].segments or (None,):
            for one, members in (*who.items(), (None, [None])):
                what = "loss" if one is not None else "non-default loss"
                before, after = (
                    sum(loss.amount for loss in event.losses if loss.member in members and loss.segment == segment)
                    for event in (first, last)
                )
                known[label(what, segment, one)] = [before]
                known[label(f"more {what}", segment, one)] = [after - before]
        return known
