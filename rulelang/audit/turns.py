"""Every turn of a run as an audit record tells it: what was met, every limit, every payer's share, what was left."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from rulelang.base.apportion import Shares
from rulelang.base.json_values import JsonObject, JsonValue
from rulelang.base.money import Currency, Exact
from rulelang.check.program import CheckedProgram, StepProgram
from rulelang.check.types import Kind
from rulelang.model.event import Event
from rulelang.model.trail import LimitTrail, RankTrail, Turn
from rulelang.run.turn_facts import facts_of_turn
from rulelang.syntax import nodes


def exact_text(amount: Exact, currency: Currency) -> str:
    """An exact amount as text in major units: ``"33.34"``, or ``"100/3"`` where it is no whole minor unit."""
    if isinstance(amount, Fraction) and amount.denominator != 1:
        return str(amount / 10**currency.decimals)
    return currency.plain(int(amount))


def told_decision(program: CheckedProgram, event: Event, name: str) -> JsonObject:
    """What an event decided on a step, up to what amount, by whom and why."""
    decision = event.decisions[name]
    verdict = "invoke" if decision.invoke else "decline"
    most = None if decision.most is None else program.currency.plain(decision.most)
    return {"step": name, "decision": verdict, "by": decision.body, "because": decision.reason, "up_to": most}


def told_turn(program: CheckedProgram, event: Event, turn: Turn) -> JsonObject:
    """One turn with all that it looked at."""
    step = program.steps[turn.step]
    plain = program.currency.plain
    decision = event.decisions.get(step.name)
    return {
        **facts_of_turn(program, turn),
        "pass": turn.passing + 1,
        "group": turn.group,
        "clause_citations": dict(step.citations),
        "condition": None if step.condition is None else program.source.phrase(step.condition.span),
        "once_during": step.once_during,
        "in_force": None if step.force is None else [day and day.isoformat() for day in step.force],
        "decision": None if turn.decided is None or decision is None else told_decision(program, event, step.name),
        "decided_most": None if turn.decided_most is None else plain(turn.decided_most),
        "losses_met": step.losses_met,
        "limits": [_limit(trail, program.currency) for trail in turn.limit_trails],
        "pot": None if turn.pot is None else turn.pot.name,
        "key": _key_words(program, step),
        "reallocation": step.reallocates,
        "left_out": list(turn.left_out),
        "payers": list(_payers(program, step, turn)),
        "ranks": [_rank(rank, turn, program.currency) for rank in turn.ranks],
        "losses_reduced": [plain(amount) for amount in turn.reduced],
    }


def _key_words(program: CheckedProgram, step: StepProgram) -> str | None:
    return program.source.phrase(step.key.span) if isinstance(step.key, nodes.Expression) else step.key


def _limit(trail: LimitTrail, currency: Currency) -> JsonObject:
    """Every field of a limit under its own name; what each payer has is money."""

    def money(amounts: Sequence[Exact]) -> list[JsonValue]:
        return [exact_text(amount, currency) for amount in amounts]

    return {
        "words": trail.words,
        "line": trail.line,
        "citation": trail.citation,
        "name": trail.name,
        "each": trail.each,
        "basis": trail.basis,
        "counts": list(trail.counts),
        "first_day": None if trail.first_day is None else trail.first_day.isoformat(),
        "counted_since": trail.counted_since,
        "values": money(trail.values),
        "already_paid": None if trail.already_paid is None else money(trail.already_paid),
        "left": money(trail.left),
        "resizings": [
            {"day": one.day.isoformat(), "values": money(one.values), "already_paid": money(one.already_paid)}
            for one in trail.resizings
        ],
    }


def _payers(program: CheckedProgram, step: StepProgram, turn: Turn) -> Iterator[JsonObject]:
    """A row for each payer: key, limit, what is left of its pot, exact share, and what it pays after rounding."""
    currency = program.currency
    money_key = isinstance(step.key, nodes.Expression) and program.types[id(step.key)].type.kind is Kind.MONEY
    money_key = money_key or step.key == "limits"
    for place, payer in enumerate(turn.payers):
        key = None if turn.keys is None else turn.keys[place]
        limit = turn.limits[place]
        row: JsonObject = {
            "payer": payer,
            "key": None if key is None else exact_text(key, currency) if money_key else str(key),
            "limit": None if limit is None else currency.plain(limit),
            "pays": currency.plain(turn.paid[place]),
        }
        if turn.pot is not None:
            row["pot_left"] = exact_text(turn.pot.left[place], currency)
            row["pot_part"] = None if turn.pot.parts is None else currency.plain(turn.pot.parts[place])
        if turn.shares is not None:
            row.update(_share(turn.shares, place, currency))
        yield row


def _share(shares: Shares, place: int, currency: Currency) -> JsonObject:
    return {
        "exact_share": exact_text(shares.exact(place), currency),
        "rounding_units": shares.units[place] - shares.whole[place],
    }


def _rank(rank: RankTrail, turn: Turn, currency: Currency) -> JsonObject:
    return {
        "rank": rank.value,
        "draw": currency.plain(rank.draw),
        "payers": [
            {"payer": turn.payers[place], **_share(rank.shares, index, currency)}
            for index, place in enumerate(rank.payers)
        ],
    }
