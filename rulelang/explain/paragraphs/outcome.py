"""The last paragraphs: the outcome, what must hold, values filled in for missing ones, and remarks."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from rulelang.check.events.values import spoken
from rulelang.check.program import EnsureProgram
from rulelang.explain.explanation import Paragraph
from rulelang.explain.replay import Replay
from rulelang.explain.sentences.turn import under
from rulelang.explain.sentences.values import values_of
from rulelang.explain.sentences.words import bracketed, within
from rulelang.model.allocation import EnsureLine
from rulelang.model.trail import MissingUse


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
    return Paragraph("Outcome", (text, _ending(run)), facts=facts)


def _ending(run: Replay) -> str:
    name, last = run.allocation.outcome, run.program.outcome
    if not run.allocation.uncovered:
        return f"The outcome is “{name}”."
    if last is None:
        return "The rulebook does not say what happens to it: it has no “finally”."
    named = f"“{last.title}” ({name})" if last.title else f"“{name}”"
    return f"{f'{under(last.citation)}, the' if last.citation else 'The'} outcome is {named}."


def ensures(run: Replay, which: Sequence[EnsureProgram], payer: str | None = None) -> Iterator[Paragraph]:
    """The invariants, whether each holds, and for whom it does not."""
    judged = zip(run.program.ensures, run.allocation.ensures, strict=True)
    lines = [(ensure, line) for ensure, line in judged if ensure in which]
    if not lines:
        return
    facts = [{"text": line.text, "holds": line.holds, "breaches": list(line.breaches)} for _, line in lines]
    texts = tuple(_judged(run, ensure, line, payer) for ensure, line in lines)
    yield Paragraph("What must hold", (), texts, {"ensures": facts})


def _judged(run: Replay, ensure: EnsureProgram, line: EnsureLine, payer: str | None) -> str:
    lead = f"“{line.text}”{bracketed(line.citation)}"
    if payer is not None:
        verdict = "is broken by" if payer in line.breaches else "holds for"
        return f"{lead} {verdict} {_breach(run, ensure, payer)}."
    if line.holds:
        return f"{lead} holds{f' for all {ensure.population}' if ensure.population else ''}."
    if ensure.population is None:
        values = values_of(run.words, run.end, ensure.condition)
        return f"{lead} is broken{f': {values}' if values else ''}."
    return f"{lead} is broken by {run.words.list([_breach(run, ensure, member) for member in line.breaches])}."


def _breach(run: Replay, ensure: EnsureProgram, member: str) -> str:
    """A member with the values that the invariant speaks of."""
    values = values_of(run.words, run.end, ensure.condition, member)
    return f"{run.words.payer(member)}{bracketed(values)}"


def missing(run: Replay, uses: Sequence[MissingUse]) -> Iterator[Paragraph]:
    """The values that the rulebook's ``if missing`` put in the place of missing ones."""
    if not uses:
        return
    grouped: dict[tuple[str, str | None, str], list[MissingUse]] = {}
    for use in uses:
        grouped.setdefault((use.name, use.segment, use.words), []).append(use)
    lines = [_filled(run, alike) for alike in grouped.values()]
    facts = [
        {
            "name": use.name,
            "member": use.member,
            "segment": use.segment,
            "words": use.words,
            "value": _value(run, use),
        }
        for use in uses
    ]
    yield Paragraph("Values filled in for what was missing", (), tuple(lines), {"missing": facts})


def _filled(run: Replay, uses: Sequence[MissingUse]) -> str:
    """What one rule put in the place of one field's or given's missing values."""
    name, where, rule = uses[0].name, within(uses[0].segment), f"“if missing {uses[0].words}”"
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
        return run.words.value(use.value, datum.type.kind)
    return spoken(use.value, datum, run.program.currency)


def remarks(run: Replay) -> Iterator[Paragraph]:
    """What else the run had to remark."""
    made = run.allocation.trail.remarks
    lines = tuple(f"{remark[:1].upper()}{remark[1:]}." for remark in made)
    if lines:
        yield Paragraph("Remarks", (), lines, {"remarks": list(made)})
