"""Another rulebook comes into force: what stands goes on by name, and nothing that is owed or held is lost."""

from collections.abc import Iterator, Mapping

from attrs import evolve

from rulelang.base.diagnostic import CheckError, finding
from rulelang.check.program import CheckedProgram, DatumProgram
from rulelang.check.types import Kind
from rulelang.histories.history import Block
from rulelang.histories.names import names_known, names_today
from rulelang.histories.standing import DatumKind, Standing
from rulelang.model.event import EarlierPayment


def switch(standing: Standing, block: Block, program: CheckedProgram) -> None:
    """Put another rulebook in force.

    Raises:
        CheckError: it loses money that is in a pot or owed to one, or gives a name another type.
    """
    lost = list(_lost(standing, program))
    if lost:
        place, crumbs = block.raw.place, block.raw.crumbs
        raise CheckError([finding(code, text, place, help=advice, breadcrumb=crumbs) for code, text, advice in lost])
    data = program.data_by_any_name
    standing.kinds = {data.get(name, name): kind for name, kind in _kinds(standing).items()}
    standing.fields = {(data.get(name, name), part): column for (name, part), column in standing.fields.items()}
    standing.givens = {(data.get(name, name), part): value for (name, part), value in standing.givens.items()}
    standing.dated_fields = {(data.get(name, name), part): one for (name, part), one in standing.dated_fields.items()}
    standing.dated_givens = {(data.get(name, name), part): one for (name, part), one in standing.dated_givens.items()}
    standing.restated = {
        ((data.get(name, name), part), member): days for ((name, part), member), days in standing.restated.items()
    }
    by_day = sorted(standing.last_raised.items(), key=lambda one: one[1])
    standing.last_raised = {data.get(pot, pot): day for pot, day in by_day}
    for owed in standing.owed:
        payer, pot, segment = owed.account
        owed.account = payer, data.get(pot, pot), segment
    standing.parties = standing.parties.union(standing.program.parties)
    standing.claims.renamed({name: step.name for name, step in program.steps_by_any_name.items()})
    _rename_payments(standing, program, names_known(program))
    standing.under(program)


def _rename_payments(standing: Standing, program: CheckedProgram, names: Mapping[str, str]) -> None:
    """Earlier payments under steps that the rulebook does not have count nowhere while it is in force."""
    known: list[EarlierPayment] = []
    forgotten: list[EarlierPayment] = []
    of_dues = {id(one.payment): one for one in standing.owed}
    for one in sorted((*standing.payments, *standing.forgotten), key=lambda each: each.date):
        keys = (*one.former, (one.step, one.segment))
        name = names_today(tuple([step for step, _ in keys]), names)[-1]
        fits, segment = _fitting(program, name, keys[0][1])
        now = evolve(one, step=name, segment=segment, former=keys if (name, segment) != keys[-1] else one.former)
        (known if fits else forgotten).append(now)
        if id(one) in of_dues:
            of_dues[id(one)].payment = now
    standing.payments, standing.forgotten = known, forgotten
    there = {"ccp", *program.parties, *standing.members, *standing.defaulted, *standing.departed}
    standing.gone = frozenset([one.payer for one in known if one.payer not in there])
    standing.forget_ledger()


def _fitting(program: CheckedProgram, name: str, segment: str | None) -> tuple[bool, str | None]:
    """Whether the rulebook can count what was paid under a step in a segment, and in which segment of its own.

    What was paid in none of its segments counts where all segments do: in limits with a name, and in `once during`.
    """
    step = program.steps.get(name) or program.replenished.get(name)
    if step is None:
        return False, segment
    if not step.per_segment:
        return True, None
    if segment in program.segment_names:
        return True, segment
    return step.once_during is not None or any(limit.named is not None for limit in step.limits), None


def _lost(standing: Standing, program: CheckedProgram) -> Iterator[tuple[str, str, str]]:
    """What the rulebook cannot take over: a code, a message and advice for each."""
    old, data = standing.program, {**program.fields, **program.givens}
    if old.currency.code != program.currency.code:
        message = f"the rulebook settles in {program.currency.code}, the one before it in {old.currency.code}"
        yield "changed-type", message, "a history is kept in one currency"
        return
    if old.currency != program.currency:
        new, had = program.currency.decimals, old.currency.decimals
        message = f"{old.currency.code} has {new} decimals in the rulebook that comes into force, and had {had}"
        yield "changed-type", message, f"declare it with {had} decimals: a history is kept in one currency"
        return
    first: dict[str, str] = {}
    for name, before in _kinds(standing).items():
        now = data.get(program.data_by_any_name.get(name, name))
        if now is None:
            continue
        if first.setdefault(now.name, name) != name:
            message = f"`{first[now.name]}` and `{name}` are both `{now.name}` in the rulebook that comes into force"
            yield "lost-pot", message, "let each of them go on under a name of its own"
        after = _kind(program, now)
        if before != after:
            message = f"`{name}` is {after.said} in the rulebook that comes into force, and was {before.said}"
            yield "changed-type", message, "give it another name, or the same type as before"
    for person in sorted({*standing.members, *standing.defaulted, *standing.departed} & program.parties.keys()):
        message = f"`{person}` is a party of the rulebook that comes into force, and a member of this history"
        yield "duplicate-name", message, "give the party another name, or the member another id"
    yield from _lost_money(standing, program)


def _kinds(standing: Standing) -> dict[str, DatumKind]:
    """What each name is of which something stands, under the rulebook that last knew it."""
    old = standing.program
    return standing.kinds | {name: _kind(old, datum) for name, datum in {**old.fields, **old.givens}.items()}


def _kind(program: CheckedProgram, datum: DatumProgram) -> DatumKind:
    what, type_ = "a field" if datum.name in program.fields else "a given", datum.type
    decimals = None
    said = datum.type_said
    if type_.kind is Kind.MONEY and type_.currency is not None:
        decimals = program.currency_of(type_).decimals
        said += f" with {decimals} decimals"
    elif type_.kind is Kind.RATE:
        said = f"{program.currency_of(type_).code} per {type_.per}"
    per = " per segment" if datum.per_segment else " per defaulter" if datum.per_defaulter else ""
    essence = type_.kind, type_.values, type_.currency, type_.per, decimals, datum.signed, per, what
    return DatumKind(f"{what} of {said}{per}", essence)


def _lost_money(standing: Standing, program: CheckedProgram) -> Iterator[tuple[str, str, str]]:
    data, names, old = {**program.fields, **program.givens}, program.data_by_any_name, standing.program
    show = old.currency.show
    advice = "declare it, or name the old name with `formerly` where it has a new one"
    told: set[tuple[str, str]] = set()

    def is_gone(pot: str, segment: str | None) -> bool:
        return names.get(pot, pot) not in data or (segment is not None and segment not in program.segment_names)

    everybody = (*standing.members, *standing.defaulted, *standing.departed)
    for (payer, pot, segment), amount in standing.balances(everybody).items():
        if amount and is_gone(pot, segment) and ("", pot) not in told:
            told.add(("", pot))
            where = f" in `{segment}`" if segment is not None and names.get(pot, pot) in data else ""
            yield "lost-pot", f"the rulebook knows no `{pot}`{where}, in which `{payer}` has {show(amount)}", advice
    for (payer, pot, segment), amount in standing.owed_by_account().items():
        party = payer in old.parties and payer not in program.parties
        if (party or is_gone(pot, segment)) and not told & {(payer, pot), ("", pot)}:
            told.add((payer, pot))
            what = f"party `{payer}`, which" if party else f"`{pot}`, to which `{payer}`"
            yield "lost-pot", f"the rulebook knows no {what} owes {show(amount)}", advice
