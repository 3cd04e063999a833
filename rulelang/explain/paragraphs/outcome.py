"""The last paragraphs: the outcome, what must hold, values filled in for missing ones, and remarks."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from rulelang.base.gather import collected
from rulelang.check.program import EnsureProgram
from rulelang.explain.explanation import Paragraph
from rulelang.explain.replay import Replay
from rulelang.explain.sentences.values import values_of
from rulelang.explain.sentences.words import bracketed, listing, loss_name, titled, under, within
from rulelang.model.allocation import EnsureLine
from rulelang.model.trail import DatedValue, MissingUse, PeriodTrail


def outcome(run: Replay) -> Paragraph:
    """How much of the loss is covered, and what the rulebook calls the rest."""
    allocation, words, last = run.allocation, run.words, run.program.outcome
    covered = words.money(allocation.loss - allocation.uncovered)
    if not allocation.uncovered:
        text = f"All of the loss, {covered}, is covered."
    else:
        stays = words.money(allocation.uncovered)
        text = f"Of the loss of {words.money(allocation.loss)}, {covered} is covered; {stays} stays uncovered."
    plain = run.program.currency.plain
    facts = {
        "covered": plain(allocation.loss - allocation.uncovered),
        "uncovered": plain(allocation.uncovered),
        "outcome": allocation.outcome,
        "title": last.title if last is not None and allocation.uncovered else None,
    }
    return Paragraph("Outcome", (text, *_each_loss(run), _ending(run)), facts=facts)


def _each_loss(run: Replay) -> Iterator[str]:
    """What stays uncovered of each of several losses."""
    lines = run.allocation.losses
    if len(lines) > 1 and run.allocation.uncovered:
        each = [
            f"{run.words.money(line.uncovered)} of the loss {loss_name(run.words, run.event, place)}"
            for place, line in enumerate(lines)
            if line.uncovered
        ]
        yield f"Uncovered {'is' if len(each) == 1 else 'are'} {run.words.list(each)}."


def periods(run: Replay) -> Iterator[Paragraph]:
    """Every period as it stood when the run ended, and why."""
    trails = run.allocation.trail.periods
    if not trails:
        return
    facts = [
        {"period": each.name, "first": each.first, "last": each.last, "triggered": each.triggered} for each in trails
    ]
    yield Paragraph("Periods", (), tuple(_period(run, each) for each in trails), {"periods": facts})


def _period(run: Replay, trail: PeriodTrail) -> str:
    period = run.program.periods[trail.name]
    title = f"{run.words.period(trail.name)}{bracketed(period.citation)}"
    what = {
        "default": "a default",
        "payment": f"a payment under {listing(period.steps)}",
        "exhaustion": f"the exhaustion of {listing(period.steps)}",
    }[period.opener]
    if trail.before is not None:
        text = f"{title} stood open from {trail.before[0]} to {trail.before[1]} when the run began"
        if trail.last != trail.before[1]:
            return f"{text}; {what} of this run extends it to {trail.last}."
        return f"{text}{f', and {what} of this run does not lengthen it' if trail.triggered else ''}."
    if trail.triggered:
        return f"{title} opened on {trail.first} by {what} and lasts until {trail.last}, {period.length} in all."
    return f"{title} is not open: nothing opened it ({what} does)."


def dated(run: Replay) -> Iterator[Paragraph]:
    """Which value of which day was read as of a day."""
    reads = run.allocation.trail.dated
    alike = collected(((read.name, read.segment, read.as_of), _read(run, read)) for read in reads)
    lines = [
        f"{name}{within(where)} as of {day}: {run.words.list(told)}." for (name, where, day), told in alike.items()
    ]
    if lines:
        facts = [
            {
                "name": read.name,
                "member": read.member,
                "segment": read.segment,
                "as_of": read.as_of.isoformat(),
                "dated": None if read.dated is None else read.dated.isoformat(),
            }
            for read in reads
        ]
        yield Paragraph("Values as of a day", (), tuple(lines), {"values_as_of": facts})


def _read(run: Replay, read: DatedValue) -> str:
    datum = run.program.fields.get(read.name) or run.program.givens[read.name]
    whose = "" if read.member is None else f"{run.words.payer(read.member)} "
    day = "of the day of the event" if read.dated is None else f"dated {read.dated}"
    return f"{whose}{run.words.value(read.value, datum.type)} ({day})"


def _ending(run: Replay) -> str:
    name, last = run.allocation.outcome, run.program.outcome
    if not run.allocation.uncovered:
        return f"The outcome is “{name}”."
    if last is None:
        return "The rulebook does not say what happens to it: it has no “finally”."
    return f"{f'{under(last.citation)}, the' if last.citation else 'The'} outcome is {titled(name, last.title)}."


def statements(run: Replay, which: Sequence[EnsureProgram], payer: str | None = None) -> Iterator[Paragraph]:
    """The invariants, then the assumptions: whether each holds, and for whom it does not."""
    judged = list(zip(run.program.statements, run.allocation.statements, strict=True))
    for heading, word in (("What must hold", "ensure"), ("What is taken for granted", "assume")):
        lines = [(stated, line) for stated, line in judged if stated in which and stated.word == word]
        if lines:
            texts = tuple(_judged(run, stated, line, payer) for stated, line in lines)
            yield Paragraph(heading, (), texts, {f"{word}s": [line.to_dict() for _, line in lines]})


def _judged(run: Replay, stated: EnsureProgram, line: EnsureLine, payer: str | None) -> str:
    lead = f"“{line.text}”{bracketed(line.citation)}"
    if payer is not None:
        verdict = "is broken by" if payer in line.breaches else "holds for"
        return f"{lead} {verdict} {_breach(run, stated, payer)}."
    if line.holds:
        return f"{lead} holds{f' for all {stated.population}' if stated.population else ''}."
    broken = run.broken_in[run.program.statements.index(stated)]
    last = len(run.passes) - 1
    when, known = "", last in broken  # the values are those after the last pass
    if last:
        when = f" after {run.words.list([run.words.losses_of(run.passes[number]) for number in sorted(broken)])}"
    if stated.population is None:
        values = values_of(run.words, run.end, stated.condition) if known else ""
        return f"{lead} is broken{when}{f': {values}' if values else ''}."
    members = [_breach(run, stated, member) if known else run.words.payer(member) for member in line.breaches]
    return f"{lead} is broken{when} by {run.words.list(members)}."


def _breach(run: Replay, stated: EnsureProgram, member: str) -> str:
    """A member with the values that the statement speaks of."""
    values = values_of(run.words, run.end, stated.condition, member)
    return f"{run.words.payer(member)}{bracketed(values)}"


def missing(run: Replay, uses: Sequence[MissingUse]) -> Iterator[Paragraph]:
    """The values that the rulebook's ``if missing`` put in the place of missing ones."""
    if not uses:
        return
    grouped = collected(((use.name, use.segment, use.words, use.defaulter), use) for use in uses)
    lines = [_filled(run, alike) for alike in grouped.values()]
    facts = [
        {
            "name": use.name,
            "member": use.member,
            "segment": use.segment,
            "defaulter": use.defaulter,
            "words": use.words,
            "value": _value(run, use),
        }
        for use in uses
    ]
    yield Paragraph("Values filled in for what was missing", (), tuple(lines), {"missing": facts})


def _filled(run: Replay, uses: Sequence[MissingUse]) -> str:
    """What one rule put in the place of one field's or given's missing values."""
    defaulter = uses[0].defaulter
    whose = "" if defaulter is None else f" with {run.words.payer(defaulter)}"
    name, where, rule = f"{uses[0].name}{whose}", within(uses[0].segment), f"“if missing {uses[0].words}”"
    values = list(dict.fromkeys(_value(run, use) for use in uses))
    members = [run.words.payer(use.member) for use in uses if use.member is not None]
    whom = f" for {run.words.list(members)}" if members else ""
    if len(values) == 1:
        return f"{name}{where} was not given{whom}; by {rule} it is {values[0]}."
    each = [f"{member} ({_value(run, use)})" for member, use in zip(members, uses, strict=True)]
    return f"{name}{where} was not given and is filled in by {rule} for {run.words.list(each)}."


def _value(run: Replay, use: MissingUse) -> str:
    datum = run.program.fields.get(use.name) or run.program.givens[use.name]
    if isinstance(use.value, Fraction):
        return run.words.value(use.value, datum.type)
    return run.program.show(datum.type, use.value)


def remarks(run: Replay) -> Iterator[Paragraph]:
    """What else the run had to remark."""
    made = run.allocation.trail.remarks
    lines = tuple(f"{remark[:1].upper()}{remark[1:]}." for remark in made)
    if lines:
        yield Paragraph("Remarks", (), lines, {"remarks": list(made)})
