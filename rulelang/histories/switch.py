"""Another rulebook comes into force: what stands goes on by name, and nothing that is owed or held is lost."""

from collections.abc import Collection, Iterator, Mapping

from attrs import evolve

from rulelang.base.diagnostic import CheckError, finding
from rulelang.check.program import CheckedProgram, DatumProgram
from rulelang.check.types import Kind
from rulelang.histories.history import Block
from rulelang.histories.names import names_known, names_today
from rulelang.histories.standing import Standing
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
    standing.claims.renamed({name: step.name for name, step in program.steps_by_any_name.items()})
    _rename_payments(standing, program, names_known(program))
    standing.under(program)


def _rename_payments(standing: Standing, program: CheckedProgram, names: Mapping[str, str]) -> None:
    """Earlier payments under steps that the rulebook does not have count nowhere while it is in force."""
    known: list[EarlierPayment] = []
    forgotten: list[EarlierPayment] = []
    of_dues = {id(one.payment): one for one in standing.owed}
    payers = {"ccp", *program.parties, *standing.members, *standing.defaulted, *standing.departed}
    for one in sorted((*standing.payments, *standing.forgotten), key=lambda each: each.date):
        *former, name = names_today((*one.former, one.step), names)
        now = evolve(one, step=name, former=tuple(former))
        renamed = _fitted(now, program, payers)
        (forgotten if renamed is None else known).append(renamed or now)
        if id(one) in of_dues:
            of_dues[id(one)].payment = now
    standing.payments, standing.forgotten = known, forgotten
    standing.forget_ledger()


def _fitted(one: EarlierPayment, program: CheckedProgram, payers: Collection[str]) -> EarlierPayment | None:
    """The payment as the rulebook can count it; ``None`` if it cannot."""
    step = program.steps.get(one.step) or program.replenished.get(one.step)
    if step is None or one.payer not in payers:
        return None
    if not step.per_segment:
        return one if one.segment is None else evolve(one, segment=None)
    return one if one.segment in program.segment_names else None


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
            message = f"`{name}` is {after} in the rulebook that comes into force, and was {before}"
            yield "changed-type", message, "give it another name, or the same type as before"
    yield from _lost_money(standing, program)


def _kinds(standing: Standing) -> dict[str, str]:
    """What each name is of which something stands, under the rulebook that last knew it."""
    old = standing.program
    return standing.kinds | {name: _kind(old, datum) for name, datum in {**old.fields, **old.givens}.items()}


def _kind(program: CheckedProgram, datum: DatumProgram) -> str:
    what = "a field" if datum.name in program.fields else "a given"
    sign = "signed " if datum.signed else ""
    per = " per segment" if datum.per_segment else " per defaulter" if datum.per_defaulter else ""
    unit = f" with {program.currency_of(datum.type).decimals} decimals" if datum.type.currency is not None else ""
    return f"{what} of {sign}{datum.type}{unit if datum.type.kind is Kind.MONEY else ''}{per}"


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
