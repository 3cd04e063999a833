"""Two versions of a rulebook compared: what changed in the text, who pays differently, and the verdict."""

from collections.abc import Sequence

from attrs import evolve, frozen

from rulelang.base.diagnostic import Diagnostic, RulelangError, RunError, finding
from rulelang.base.gather import totals
from rulelang.base.money import Currency
from rulelang.base.source import SourceText
from rulelang.base.two_currencies import settle_apart
from rulelang.changes.amounts import compare_event
from rulelang.changes.edits.structure import StructureChanges, compare_structure
from rulelang.changes.event_comparison import EventComparison, Version
from rulelang.changes.history_comparison import HistoryComparison
from rulelang.changes.verdict import Level, Verdict
from rulelang.changes.words.compared import compared_words
from rulelang.changes.words.sentences import sentence_of
from rulelang.changes.words.to_dict import identity, plain_diagnostic, plain_event
from rulelang.check.program import CheckedProgram
from rulelang.document.write import Plain
from rulelang.model.event import Event
from rulelang.run.interpret import interpret


@frozen
class Comparison:
    """A rulebook and its new version: the edits, the events compared, and the verdict over all.

    Where the new version does not check, ``new`` and ``structure`` are ``None``, ``refusal`` says why, and nothing
    else was compared.
    """

    old: CheckedProgram
    new: CheckedProgram | None
    structure: StructureChanges | None
    events: tuple[EventComparison, ...]
    verdict: Verdict
    new_source: SourceText
    refusal: tuple[Diagnostic, ...] = ()
    histories: tuple[HistoryComparison, ...] = ()

    @property
    def currency(self) -> Currency:
        """The currency that both versions settle in."""
        return self.old.currency

    def to_dict(self) -> Plain:
        """The comparison as plain values: what ``rulelang diff --format json`` prints (``schemas/diff.schema.json``).

        Amounts are texts in major units; what is no whole minor unit is an exact fraction such as ``"100/3"``.
        """
        plain = {
            "old": identity(self.old, self.old.source),
            "new": identity(self.new, self.new_source),
            "currency": self.currency.code,
            **self.verdict.to_dict(),
            "refusal": [plain_diagnostic(each) for each in self.refusal],
            "structure": None if self.structure is None else self.structure.to_dict(),
            "events": [plain_event(event, self.currency) for event in self.events],
        }
        if self.histories:
            plain["histories"] = [one.to_dict(self.currency) for one in self.histories]
        return plain

    def with_histories(self, found: Sequence[HistoryComparison]) -> "Comparison":
        """The comparison with histories beside its events; what differs in them counts for the verdict."""
        if not found:
            return self
        worst = max(found, key=lambda one: one.level)
        looked = f"{len(found)} {'history' if len(found) == 1 else 'histories'}, day by day"
        compared = f"{self.verdict.compared}; {looked}" if self.events else looked
        level, sentence = self.verdict.level, self.verdict.sentence
        if worst.level > level:
            level, sentence = worst.level, worst.sentence(self.currency)
        elif level is Level.STRUCTURE and not self.events:
            sentence = f"{sentence.partition(';')[0]}; {worst.sentence(self.currency)}"
        return evolve(self, histories=tuple(found), verdict=Verdict(level, sentence, compared))


@frozen
class EventPair:
    """One default, as an event for the old version and one for the new; or why the new version cannot take it."""

    old: Event
    new: Event | RulelangError


def compare_versions(
    old: CheckedProgram,
    new: CheckedProgram,
    events: Sequence[EventPair],
    vary: str | None = "loss",
    to: int | str | None = None,
) -> Comparison:
    """Compare two versions over some events; see :func:`rulelang.changes.amounts.compare_event`.

    Raises:
        RulelangError: the versions or the two sides of an event cannot be compared, the old version does not run, or
            what is paid is no straight line of what varies.
    """
    structure = compare_structure(old, new)
    if old.currency != new.currency:
        raise RulelangError([settle_apart(old.currency, new.currency)])
    for pair in events:
        if isinstance(pair.new, Event):
            _same_default(pair.old, pair.new)
            _same_steps(structure, pair.old, pair.new)
    found = tuple(_compare(old, new, structure, pair, vary, to) for pair in events)
    return Comparison(old, new, structure, found, _verdict(structure, found, old.currency), new.source)


def not_checking(old: CheckedProgram, new: SourceText, refusal: RulelangError) -> Comparison:
    """The comparison with a new version that does not check: it runs no more, and nothing else can be said."""
    sentence = f"the new version does not check: {refusal.diagnostics[0].message}"
    verdict = Verdict(Level.DOES_NOT_RUN, sentence, "nothing, for there is no new version to compare with")
    return Comparison(old, None, None, (), verdict, new, refusal.diagnostics)


def _compare(
    old: CheckedProgram,
    new: CheckedProgram,
    structure: StructureChanges,
    pair: EventPair,
    vary: str | None,
    to: int | str | None,
) -> EventComparison:
    """One event; a new version that cannot take it or run it is a result, not an error."""
    mine = Version(old, pair.old, interpret(old, pair.old))
    if isinstance(pair.new, RulelangError):
        return EventComparison(pair.old, refusal=pair.new.diagnostics)
    try:
        theirs = Version(new, pair.new, interpret(new, pair.new))
    except RunError as error:
        return EventComparison(pair.old, refusal=error.diagnostics)
    return compare_event(mine, theirs, structure.steps, vary, to)


def _verdict(structure: StructureChanges, events: Sequence[EventComparison], currency: Currency) -> Verdict:
    text = Level.IDENTICAL if structure.identical else Level.TEXT if structure.text_only else Level.STRUCTURE
    level = max((text, *(event.level for event in events)))
    return Verdict(level, sentence_of(level, structure, events, currency), compared_words(events, currency))


def _same_default(old: Event, new: Event) -> None:
    """Refuse two events that are not the same default: another day, other members, other losses."""
    for mine, theirs, lacking, there in ((old, new, "old", "new"), (new, old, "new", "old")):
        missing = sorted({*theirs.members} - {*mine.members})
        if missing:
            shown = ", ".join(f"`{member}`" for member in missing[:5]) + (" …" if len(missing) > 5 else "")
            message = f"the event for the {lacking} version has no member {shown}, which that for the {there} one has"
            raise RulelangError([finding("not-comparable", message, help="give both versions the same members")])
    for what, one, other in (("days", old.declared, new.declared), ("losses", _losses(old), _losses(new))):
        if one != other:
            message = f'the events "{old.title}" and "{new.title}" have different {what}'
            advice = "compare both versions under the same default"
            raise RulelangError([finding("not-comparable", message, help=advice)])


def _losses(event: Event) -> dict[str | None, int]:
    return totals((loss.member, loss.amount) for loss in event.losses)


def _same_steps(structure: StructureChanges, old: Event, new: Event) -> None:
    """Refuse an event that is read for both versions and names a step whose name means another step in the new one."""
    if old.source is None or new.source is None or old.source.sha256 != new.source.sha256:
        return
    reused = {edit.subject for edit in structure.edits if edit.kind == "name-reused"}
    named = [*(payment.step for payment in new.payments), *new.decisions]
    step = next((step for step in named if step in reused), None)
    if step is not None:
        message = f'the event "{new.title}" names `{step}`, which is another step in the new version'
        advice = "write the event anew for the new version, and give it with `--new-event`"
        raise RulelangError([finding("not-comparable", message, help=advice)])
