"""What is owed after a draw (``replenish``), and whom money from an estate repays (``recoveries``)."""

from rulelang.base.advice import Advice, only, write
from rulelang.base.suggest import listed
from rulelang.base.values import evolve
from rulelang.check.draft import Draft
from rulelang.check.expressions.literals import duration
from rulelang.check.expressions.names import known_period, known_step, pot_advice
from rulelang.check.over_time import require_settled
from rulelang.check.program import PotProgram, RecoveriesProgram, RepayProgram, ReplenishProgram, StepProgram, owner_of
from rulelang.check.repairs import removal, words_before
from rulelang.check.steps.bounds import lower_limit
from rulelang.check.steps.scope import StepScope
from rulelang.check.types import Kind
from rulelang.syntax import nodes


def lower_replenishments(draft: Draft) -> None:
    """Enter the clauses that replenish pots into the draft, in the order written."""
    found: dict[str, ReplenishProgram] = {}
    for section in draft.rulebook.sections:
        if not isinstance(section, nodes.ReplenishSection):
            continue
        name = section.pot.text
        with draft.inside(f"replenish {name}", citation=nodes.cited(section.cite)):
            if name in found:
                message = f"`{name}` is replenished by two clauses"
                draft.report_second("duplicate-section", message, section.pot.span, found[name].span)
                continue
            if (pot := _pot(draft, section.pot)) is not None:
                found[name] = _lower(draft, section, pot)
    draft.replenishments = tuple(found.values())


def _pot(draft: Draft, name: nodes.Identifier) -> PotProgram | None:
    if name.text not in draft.pots:
        what = draft.names.get(name.text)
        message = f"`{name.text}` is {what[0]} from which no step draws" if what else f"no pot is called `{name.text}`"
        draft.report("unknown-pot", message, name.span, help=pot_advice(draft, name.text))
        return None
    return draft.pots[name.text]


def _lower(draft: Draft, section: nodes.ReplenishSection, pot: PotProgram) -> ReplenishProgram:
    scope = _scope(draft, section, pot)
    owner = _owner_of(draft, pot)
    if section.payers.text != owner:
        whose = _OWNERS.get(owner, f"`{owner}`")
        message = f"`{pot.name}` is money of {whose}, but `{section.payers.text}` is to replenish it"
        draft.report("wrong-owner", message, section.payers.span, help=only(write(owner, shown=f"paid by {owner}")))
        scope = _scope(draft, evolve(section, payers=evolve(section.payers, text=owner)), pot)
    _check_value(scope, section)
    if section.where is not None:
        scope.per_payer(section.where, (Kind.YES_NO,), "what stands after `where`")
    if pot.per_segment and section.limits:
        message = f"`{pot.name}` is per segment, and a clause that replenishes it has no limits"
        advice = "bound the amount itself, as in `to lower of required and EUR 5 million each`"
        draft.report("replenish-per-segment", message, section.limits[0].span, help=advice)
    limits = () if pot.per_segment else tuple(lower_limit(scope, limit) for limit in scope.limits)
    if section.once is not None:
        known_period(draft, section.once.period)
    if section.draws_on is not None:
        _check_draws(draft, section.draws_on, pot, owner)
    return ReplenishProgram(
        pot.name,
        section.title,
        nodes.cited(section.cite),
        owner,
        section.where,
        section.value,
        limits,
        None if section.once is None else section.once.period.text,
        duration(draft, section.within),
        pot.name if section.draws_on is None else section.draws_on.text,
        pot.per_member,
        pot.per_segment,
        section.pot.span,
    )


_OWNERS = {"survivors": "members", "ccp": "the CCP"}


def _owner_of(draft: Draft, pot: PotProgram) -> str:
    """Whose money a pot is: that of members, of the CCP or of a party."""
    return "survivors" if pot.per_member else owner_of(pot.name, draft.steps.values())


def _scope(draft: Draft, section: nodes.ReplenishSection, pot: PotProgram) -> StepScope:
    """The clause as if it were a step paid by those who replenish: its limits and values have the shapes of one."""
    clauses: list[nodes.Clause] = [nodes.PaidBy(section.payers, span=section.payers.span), *section.limits]
    if pot.per_segment:
        clauses.append(nodes.PerSegment())
    scope = StepScope(draft, nodes.Step("assessment", section.pot, clauses=tuple(clauses), span=section.span), None)
    scope.sort()
    return scope


def _check_value(scope: StepScope, section: nodes.ReplenishSection) -> None:
    typed = scope.per_payer(section.value, (Kind.MONEY,), "what a pot is replenished to")
    if typed is not None:
        require_settled(scope.draft, section.value.span, typed.type.currency, "what a pot is replenished to")
    if not scope.single and not section.each:
        scope.report(
            "missing-each",
            f"`{section.pot.text}` has a balance of each member, and what it is replenished to does not say `each`",
            section.value.span,
            help="add `each`",
        )


def _check_draws(draft: Draft, name: nodes.Identifier, pot: PotProgram, owner: str) -> None:
    other = _pot(draft, name)
    if other is None:
        return
    found = _owner_of(draft, other)
    if found != owner:
        message = f"`{name.text}` is money of {_OWNERS.get(found, f'`{found}`')}, but `{pot.name}` is not"
        draft.report("wrong-owner", message, name.span, help="draws on a pot are made good by those whose money it was")


# --------------------------------------------------------------------------------------------------------- recoveries


def lower_recoveries(draft: Draft) -> None:
    """Enter what recoveries repay into the draft."""
    first: nodes.RecoveriesSection | None = None
    for section in draft.rulebook.sections:
        if not isinstance(section, nodes.RecoveriesSection):
            continue
        if first is not None:
            message = "`recoveries` stands twice, but a rulebook has it once"
            draft.report_second("duplicate-section", message, section.span, first.span)
            return
        first = section
        with draft.inside("recoveries", citation=nodes.cited(section.cite)):
            draft.recoveries = _lower_recoveries(draft, section)


def _lower_recoveries(draft: Draft, section: nodes.RecoveriesSection) -> RecoveriesProgram:
    seen: dict[str, nodes.Identifier] = {}
    groups = []
    for group in section.groups:
        known = [step for name in group.steps if (step := _repaid(draft, name, seen)) is not None]
        if group.into is not None:
            _check_into(draft, group.into, known)
        groups.append(RepayProgram(tuple(step.name for step in known), None if group.into is None else group.into.text))
    rest = section.rest
    if rest.text not in ("ccp", "defaulters", *draft.parties):
        known_payers = ("ccp", *draft.parties, "defaulters")
        message = f"the rest of what is recovered goes to `{rest.text}`, which is no payer it can go to"
        advice = draft.suggestions.did_you_mean(rest.text, known_payers, "payer") or f"write {listed(known_payers)}"
        draft.report("unknown-payer", message, rest.span, help=advice)
    for step in draft.steps.values():
        if step.name not in seen and step.payers != "defaulters":
            draft.report(
                "step-not-repaid",
                f"`{step.name}` is paid by others than the defaulters, but recoveries do not repay it",
                step.span,
                labels=[draft.label(section.span, "what they repay stands here")],
                help=f"name it, as in `then repay {step.name}`, or allow this with the reason",
            )
    return RecoveriesProgram(section.title, nodes.cited(section.cite), tuple(groups), rest.text, section.span)


def _repaid(draft: Draft, name: nodes.Identifier, seen: dict[str, nodes.Identifier]) -> StepProgram | None:
    if not known_step(draft, name):
        return None
    if name.text in seen:
        message = f"recoveries repay `{name.text}` twice"
        draft.report_second("duplicate-name", message, name.span, seen[name.text].span)
        return None
    seen[name.text], step = name, draft.steps[name.text]
    if step.payers == "defaulters":
        draft.report(
            "not-repaid",
            f"`{name.text}` is paid by the defaulters, whose own money is not repaid",
            name.span,
            help="leave it out: what is left at the end goes where `rest to` says",
        )
        return None
    return step


def _without_into(draft: Draft, into: nodes.Identifier, before: str, behind: str = "") -> Advice:
    span = words_before(draft.source, "into", into.span)
    return removal(draft.source, span, f"{before}`into` out{behind}", "`into`")


def _check_into(draft: Draft, into: nodes.Identifier, steps: list[StepProgram]) -> None:
    for step in steps:
        if step.pot is None or step.pot.name != into.text:
            from_where = "no pot" if step.pot is None else f"`{step.pot.name}`"
            draft.report(
                "not-repaid",
                f"`{step.name}` draws from {from_where}, so it is not repaid into `{into.text}`",
                into.span,
                labels=[draft.label(step.span, "it stands here")],
                help=_without_into(draft, into, "name the pot from which each step of the group draws, or leave "),
            )
            return
    if any(step.pot is not None and step.pot.per_segment for step in steps):
        message = f"`{into.text}` is per segment, and what is recovered belongs to no segment"
        advice = _without_into(draft, into, "leave ", ": what is repaid is theirs in cash")
        draft.report("not-repaid", message, into.span, help=advice)
