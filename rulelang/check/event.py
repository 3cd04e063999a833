"""From an event as written to an event that fits a rulebook: every name known, every value of its type, none missing.

All findings are collected before any is raised, so that a person mends a data file in one go.
"""

import datetime
from collections.abc import Callable, Mapping
from pathlib import Path

from attrs import define, evolve, field

from rulelang.base.diagnostic import CheckError, Diagnostic, Label, ReadError, finding
from rulelang.base.source import Place, SourceText, Span
from rulelang.base.suggest import did_you_mean, listed, nearest
from rulelang.check import values
from rulelang.check.csv_members import read_members
from rulelang.check.event_json import raw_from_json
from rulelang.check.facts import date_help
from rulelang.check.program import CheckedProgram, DatumProgram, StepProgram
from rulelang.check.raw_event import (
    RawAmount,
    RawDecision,
    RawEvent,
    RawLoss,
    RawMember,
    RawPayment,
    RawValue,
    Word,
)
from rulelang.check.types import MONEY
from rulelang.model.event import Decision, EarlierPayment, Event, Loss, Value
from rulelang.syntax import nodes
from rulelang.syntax.read import parse_event, read_source

Reader = Callable[[Path, str], SourceText]


def check_event(source: SourceText, program: CheckedProgram, read: Reader = read_source) -> Event:
    """Read an event (text, or JSON if the name ends in ``.json``) and hold it against a rulebook.

    ``read`` gives the text of a file of members; replaying an audit record passes one that looks into the record.

    Raises:
        ReadError: a text cannot be read.
        CheckError: the event does not fit the rulebook; with every finding.
    """
    if source.name.endswith(".json"):
        raw = raw_from_json(source)
    else:
        raw = raw_from_syntax(source, parse_event(source), program, read)
    return resolve(raw, program)


def check_test_event(program: CheckedProgram, test: nodes.TestSection, read: Reader = read_source) -> Event:
    """The event of a test block: the file it names, or the one written in its place.

    Raises:
        ReadError: a file cannot be read or lies outside the folder of the rulebook.
        CheckError: the event does not fit the rulebook.
    """
    if isinstance(test.event, nodes.EventSyntax):
        return resolve(raw_from_syntax(program.source, test.event, program, read), program)
    path, shown = _inside(test.event.path, Place(program.source, test.event.span), program.source, program)
    return check_event(read(path, shown), program, read)


def _inside(written: str, place: Place, source: SourceText, program: CheckedProgram) -> tuple[Path, str]:
    """The file that a text names, and how to call it: it lies in the folder tree of that text or of the rulebook.

    Raises:
        ReadError: it does not, or the text has no folder because it never was a file.
    """
    if source.path is None:
        message = f"`{written}` cannot be found: this text is no file, so it has no folder"
        raise ReadError([finding("path-outside", message, place)])
    folder = source.path.parent
    roots = {folder.resolve()}
    if program.source.path is not None:
        roots.add(program.source.path.parent.resolve())
    target = folder / written
    try:
        resolved = target.resolve()
    except (OSError, ValueError, RuntimeError):
        resolved = None
    if resolved is None or "\0" in written or not any(resolved.is_relative_to(root) for root in roots):
        raise ReadError(
            [
                finding(
                    "path-outside",
                    f"`{written}` lies outside the folder of the rulebook and of the event",
                    place,
                    help="keep the files of a rulebook in one folder tree",
                )
            ]
        )
    shown = str(Path(source.name).parent / written)
    return target, shown


# ----------------------------------------------------------------------------------------- from the syntax of events


def raw_from_syntax(source: SourceText, tree: nodes.EventSyntax, program: CheckedProgram, read: Reader) -> RawEvent:
    """The common form of an event file, with the rows of the CSV files it names.

    Raises:
        ReadError, CheckError: a file of members cannot be read, or is no table.
    """
    event = RawEvent(source, tree.title, Place(source, Span(tree.span.start, tree.span.start + len("event"))))
    seen: dict[type, nodes.EventItem] = {}
    for item in tree.items:
        if isinstance(item, nodes.Under | nodes.DeclaredItem):
            _refuse_second(source, seen, item)
        _ENTER[type(item)](event, item)
        if isinstance(item, nodes.MembersFrom):
            place = Place(source, item.span)
            path, shown = _inside(item.path, place, source, program)
            table = _read_table(read, path, shown, place)
            event.data.append(table)
            event.members.extend(read_members(table))
    return event


def _read_table(read: Reader, path: Path, shown: str, place: Place) -> SourceText:
    try:
        return read(path, shown)
    except ReadError as error:  # the place that names the file is the one to mend
        raise ReadError([evolve(d, place=d.place or place) for d in error.diagnostics]) from None


def _refuse_second(source: SourceText, seen: dict[type, nodes.EventItem], item: nodes.EventItem) -> None:
    first = seen.setdefault(type(item), item)
    if first is not item:
        word = "declared" if isinstance(item, nodes.DeclaredItem) else "under"
        label = Label(Place(source, first.span), "the first is here")
        message, place, advice = f"`{word}` stands twice in the event", Place(source, item.span), "keep one of the two"
        raise CheckError([finding("duplicate-section", message, place, labels=[label], help=advice)])


def _word(source: SourceText, name: nodes.Identifier) -> Word:
    return Word(name.text, Place(source, name.span))


def _segment(source: SourceText, name: nodes.Identifier | None) -> Word | None:
    return None if name is None else _word(source, name)


def _value(source: SourceText, datum: nodes.DatumValue) -> RawValue:
    place = Place(source, datum.value.span)
    return RawValue(_word(source, datum.name), _segment(source, datum.segment), datum.value, place)


def _amount(source: SourceText, amount: nodes.MoneyLiteral) -> RawAmount:
    return RawAmount(amount, Place(source, amount.span))


def _date(source: SourceText, literal: nodes.DateLiteral) -> datetime.date:
    found = nodes.instant(literal.text)
    if found is None:
        place = Place(source, literal.span)
        message, advice = f"there is no day {literal.text}", date_help(literal.text)
        raise CheckError([finding("malformed-date", message, place, help=advice)])
    return found


def _enter_under(event: RawEvent, item: nodes.Under) -> None:
    event.under = item.path


def _enter_declared(event: RawEvent, item: nodes.DeclaredItem) -> None:
    event.declared = _date(event.source, item.date)


def _enter_given(event: RawEvent, item: nodes.GivenItem) -> None:
    event.givens.append(_value(event.source, item.datum))


def _enter_member(event: RawEvent, item: nodes.MemberItem) -> None:
    member_values = tuple(_value(event.source, datum) for datum in item.values)
    event.members.append(RawMember(_word(event.source, item.member), item.name, member_values, from_table=False))


def _enter_default(event: RawEvent, item: nodes.DefaultItem) -> None:
    source = event.source
    event.losses.append(
        RawLoss(_word(source, item.member), _segment(source, item.segment), _amount(source, item.amount))
    )


def _enter_payment(event: RawEvent, item: nodes.PaymentItem) -> None:
    source = event.source
    event.payments.append(
        RawPayment(
            _date(source, item.date),
            Place(source, item.date.span),
            _word(source, item.payer),
            _word(source, item.step),
            _segment(source, item.segment),
            _amount(source, item.amount),
        )
    )


def _enter_decision(event: RawEvent, item: nodes.DecisionItem) -> None:
    event.decisions.append(RawDecision(_word(event.source, item.step), item.invoke, item.body, item.reason))


def _enter_nothing(event: RawEvent, item: nodes.MembersFrom) -> None:
    """The rows of a CSV file are entered when it is read."""


_ENTER: dict[type, Callable[..., None]] = {
    nodes.Under: _enter_under,
    nodes.DeclaredItem: _enter_declared,
    nodes.GivenItem: _enter_given,
    nodes.MembersFrom: _enter_nothing,
    nodes.MemberItem: _enter_member,
    nodes.DefaultItem: _enter_default,
    nodes.PaymentItem: _enter_payment,
    nodes.DecisionItem: _enter_decision,
}


# ------------------------------------------------------------------------------------------- against the rulebook


def resolve(raw: RawEvent, program: CheckedProgram) -> Event:
    """The event in the terms of the rulebook.

    Raises:
        CheckError: with every finding.
    """
    resolution = _Resolution(raw, program)
    event = resolution.event()
    if resolution.findings:
        unique = {(found.code, found.message, found.place): found for found in resolution.findings}
        raise CheckError(sorted(unique.values(), key=_start))
    assert event is not None
    return event


def _start(found: Diagnostic) -> tuple[str, int]:
    place = found.place
    return ("", 0) if place is None or place.span is None else (place.source.name, place.span.start)


@define
class _Resolution:
    raw: RawEvent
    program: CheckedProgram
    findings: list[Diagnostic] = field(factory=list)
    member_places: dict[str, Place] = field(factory=dict)
    empty: dict[tuple[str, tuple[str, str | None]], Place] = field(factory=dict)

    def report(self, code: str, message: str, place: Place, advice: str | None = None, **details: object) -> None:
        crumbs = (f'event "{self.raw.title}"',)
        self.findings.append(finding(code, message, place, help=advice, breadcrumb=crumbs, **details))  # type: ignore[arg-type]

    def event(self) -> Event | None:
        raw = self.raw
        if raw.declared is None:
            self.report(
                "missing-value",
                "the event does not say when the default was declared",
                raw.place,
                "add a line such as `declared 2018-09-11`",
            )
        names, fields = self._members()
        givens = self._givens()
        losses = self._losses()
        payments = tuple(p for p in map(self._payment, raw.payments) if p is not None)
        decisions = self._decisions()
        if raw.declared is None:
            return None
        return Event(
            raw.title,
            raw.declared,
            tuple(sorted(self.member_places)),
            names,
            fields,
            givens,
            losses,
            payments,
            decisions,
            raw.under,
            raw.source,
            tuple(raw.data),
        )

    # ------------------------------------------------------------------------------------------------------- members

    def _members(self) -> tuple[dict[str, str], dict[tuple[str, str | None], dict[str, Value | None]]]:
        names: dict[str, str] = {}
        columns: dict[tuple[str, str | None], dict[str, Value | None]] = {
            key: {} for datum in self.program.fields.values() for key in self._keys(datum)
        }
        refused: set[tuple[str, tuple[str, str | None]]] = set()
        tabled: set[str] = set()
        for member in self.raw.members:
            ident = member.member.text
            self._enter_member(member, tabled)
            if member.title is not None:
                names[ident] = member.title
        given: dict[tuple[str, tuple[str, str | None]], Place] = {}
        for member in sorted(self.raw.members, key=lambda m: not m.from_table):
            for value in member.values:
                self._enter_value(member, value, columns, given, refused)
        self._require_values(columns, refused)
        return names, columns

    def _enter_member(self, member: RawMember, tabled: set[str]) -> None:
        ident = member.member.text
        if ident == "ccp" or ident in self.program.parties:
            message = f"`{ident}` is a payer of the rulebook, not a member"
            self.report("duplicate-name", message, member.member.place, "give the member another id")
        if any(not character.isprintable() for character in ident):
            message = "the id of a member holds a character that cannot be printed"
            self.report("wrong-value", message, member.member.place, "write the id anew")
        if member.from_table:
            if ident in tabled:
                label = Label(self.member_places[ident], "the first row is here")
                self.report(
                    "duplicate-member",
                    f"the member `{ident}` has two rows",
                    member.member.place,
                    "keep one of the two",
                    labels=[label],
                )
            tabled.add(ident)
        self.member_places.setdefault(ident, member.member.place)

    def _keys(self, datum: DatumProgram) -> list[tuple[str, str | None]]:
        """The columns of a field or given: one, or one for each segment."""
        return (
            [(datum.name, segment) for segment in self.program.segments] if datum.per_segment else [(datum.name, None)]
        )

    def _enter_value(
        self,
        member: RawMember,
        value: RawValue,
        columns: dict[tuple[str, str | None], dict[str, Value | None]],
        given: dict[tuple[str, tuple[str, str | None]], Place],
        refused: set[tuple[str, tuple[str, str | None]]],
    ) -> None:
        ident = member.member.text
        key = self._key(value, self.program.fields, "field")
        if key is None:
            refused.update((ident, meant) for meant in self._meant(value, self.program.fields))
            return
        if not member.from_table:
            first = given.setdefault((ident, key), value.name.place)
            if first is not value.name.place:
                label = Label(first, "the first is here")
                message = f"`{value.name.text}` of `{ident}` is given twice"
                self.report("duplicate-value", message, value.name.place, "keep one of the two", labels=[label])
                return
        if value.written is None:
            self.empty[ident, key] = value.place
            return
        read = self._read(value, self.program.fields[key[0]], ident)
        if read is None:
            refused.add((ident, key))
        else:
            columns[key][ident] = read

    def _meant(self, value: RawValue, table: Mapping[str, DatumProgram]) -> list[tuple[str, str | None]]:
        """The columns that a value without one was probably meant for: they are not called missing as well."""
        name = value.name.text if value.name.text in table else nearest(value.name.text, table)
        return [] if name is None else self._keys(table[name])

    def _key(self, value: RawValue, table: Mapping[str, DatumProgram], what: str) -> tuple[str, str | None] | None:
        """The column that a value belongs to; ``None`` with a finding if there is none."""
        name = value.name.text
        datum = table.get(name)
        if datum is None:
            advice = did_you_mean(name, table) or f"the {what}s of the rulebook are {listed(table, 'and')}"
            self.report(
                "unknown-name", f"the rulebook has no {what} `{name}`", value.name.place, advice if table else None
            )
            return None
        segment = None if value.segment is None else value.segment.text
        if not self._fits_segment(
            value.segment, per_segment=datum.per_segment, what=f"`{name}`", place=value.name.place
        ):
            return None
        return (name, segment)

    def _fits_segment(self, segment: Word | None, *, per_segment: bool, what: str, place: Place) -> bool:
        """Whether a segment is named exactly where one is due."""
        known = self.program.segments
        if segment is None:
            if per_segment:
                advice = f"say in which, as in `in {known[0]}`"
                if place.span is None:
                    advice = f'say in which, as in "{known[0]}"'
                elif place.source in self.raw.data:
                    advice = f"name a column for each segment, as in `{what.strip('`')}.{known[0]}`"
                self.report("missing-segment", f"{what} is per segment, but no segment is named", place, advice)
            return not per_segment
        if not per_segment:
            self.report("unknown-segment", f"{what} is not per segment", segment.place, "leave the segment out")
            return False
        if segment.text not in known:
            advice = did_you_mean(segment.text, known) or f"the segments are {listed(known, 'and')}"
            self.report("unknown-segment", f"no segment is called `{segment.text}`", segment.place, advice)
            return False
        return True

    def _read(self, value: RawValue, datum: DatumProgram, member: str | None = None) -> Value | None:
        """The value, in the terms of its field or given; ``None`` with a finding if it does not fit."""
        assert value.written is not None
        whose = f"`{datum.name}`" if member is None else f"`{datum.name}` of `{member}`"
        try:
            if isinstance(value.written, str):
                return values.from_cell(value.written, datum, self.program.currency, whose)
            return values.from_words(value.written, datum, self.program.currency, whose)
        except values.Refusal as refusal:
            self.report(refusal.code, refusal.message, value.place, refusal.help)
            return None

    def _require_values(
        self,
        columns: dict[tuple[str, str | None], dict[str, Value | None]],
        refused: set[tuple[str, tuple[str, str | None]]],
    ) -> None:
        """Every member has every field, or the rulebook says what holds if it is missing."""
        for key, column in columns.items():
            datum = self.program.fields[key[0]]
            shown = key[0] if key[1] is None else f"{key[0]} in {key[1]}"
            missing = [ident for ident in self.member_places if ident not in column]
            column.update(dict.fromkeys(missing))
            if datum.if_missing is not None:
                continue
            payers = ("ccp", *self.program.parties)  # taken for members by mistake
            missing = [ident for ident in missing if (ident, key) not in refused and ident not in payers]
            places = [self.empty.get((ident, key)) for ident in missing]
            if len(missing) == len(self.member_places) > 1 and not any(places):
                message = f"`{shown}` is missing for all {len(missing)} members"
                self.report("missing-value", message, self.member_places[missing[0]], "give it for each member")
                continue
            for ident, place in zip(missing, places, strict=True):
                self.report(
                    "missing-value",
                    f"`{shown}` of member `{ident}` is missing",
                    place or self.member_places[ident],
                    "give the value; nothing is ever assumed",
                )

    # -------------------------------------------------------------------------------------------------------- givens

    def _givens(self) -> dict[tuple[str, str | None], Value | None]:
        table = self.program.givens
        found: dict[tuple[str, str | None], Value | None] = {}
        places: dict[tuple[str, str | None], Place] = {}
        refused: set[tuple[str, str | None]] = set()
        for value in self.raw.givens:
            key = self._key(value, table, "given")
            if key is None:
                refused.update(self._meant(value, table))
                continue
            if key in places:
                label = Label(places[key], "the first is here")
                message = f"`{value.name.text}` is given twice"
                self.report("duplicate-value", message, value.name.place, "keep one of the two", labels=[label])
                continue
            if value.written is None:
                continue
            places[key] = value.name.place
            read = self._read(value, table[key[0]])
            if read is not None:
                found[key] = read
        for datum in table.values():
            for key in self._keys(datum):
                if key not in places and key not in refused and datum.if_missing is None:
                    shown = key[0] if key[1] is None else f"{key[0]} in {key[1]}"
                    advice = f"add a line such as `given {shown} = …`"
                    if self.raw.place.span is None:
                        advice = 'give it under "givens"'
                    self.report("missing-value", f"the event does not give `{shown}`", self.raw.place, advice)
                found.setdefault(key, None)
        return found

    # ------------------------------------------------------------------------------------------------------- losses

    def _units(self, amount: RawAmount) -> int | None:
        try:
            if isinstance(amount.written, str):
                read = values.from_cell(amount.written, _AMOUNT, self.program.currency, "the amount")
                assert isinstance(read, int)
                return read
            return values.amount(amount.written, self.program.currency)
        except values.Refusal as refusal:
            self.report(refusal.code, refusal.message, amount.place, refusal.help)
            return None

    def _is_member(self, word: Word, what: str) -> bool:
        if word.text in self.member_places:
            return True
        advice = did_you_mean(word.text, self.member_places) or "give its data in a `member` block or in the CSV file"
        self.report("unknown-member", f"{what} `{word.text}` is not a member in this event", word.place, advice)
        return False

    def _losses(self) -> tuple[Loss, ...]:
        losses = []
        for raw in self.raw.losses:
            known = self._is_member(raw.member, "the defaulter")
            per_segment = bool(self.program.segments)
            what = f"the loss of `{raw.member.text}`"
            fits = (
                self._fits_loss(raw, what)
                if not per_segment
                else self._fits_segment(raw.segment, per_segment=True, what=what, place=raw.member.place)
            )
            units = self._units(raw.amount)
            if units == 0:
                self.report("no-loss", f"{what} is zero", raw.amount.place, "remove the line, or give the loss")
            if known and fits and units:
                segment = None if raw.segment is None else raw.segment.text
                losses.append(Loss(raw.member.text, segment, units, raw.member.place.span))
        return tuple(losses)

    def _fits_loss(self, raw: RawLoss, what: str) -> bool:
        if raw.segment is None:
            return True
        message = f"{what} names the segment `{raw.segment.text}`, but the rulebook has no segments"
        self.report("no-segments", message, raw.segment.place, "leave the segment out")
        return False

    # --------------------------------------------------------------------------------------- payments and decisions

    def _step(self, word: Word) -> StepProgram | None:
        step = self.program.step_named(word.text)
        if step is None:
            known = [name for each in self.program.each_step() for name in each.names]
            advice = did_you_mean(word.text, known) or f"the steps are {listed(self.program.steps, 'and')}"
            self.report("unknown-step", f"the rulebook has no step `{word.text}`", word.place, advice)
        return step

    def _payment(self, raw: RawPayment) -> EarlierPayment | None:
        step = self._step(raw.step)
        units = self._units(raw.amount)
        payer = raw.payer.text
        known = payer == "ccp" or payer in self.program.parties or self._is_member(raw.payer, "the payer")
        if self.raw.declared is not None and raw.date > self.raw.declared:
            self.report(
                "payment-after-declaration",
                f"a payment of {raw.date} is later than the declaration of {self.raw.declared}",
                raw.date_place,
                "earlier payments are dated on or before the declaration",
            )
        if step is None or units is None or not known:
            return None
        what = f"a payment under `{step.name}`"
        if not self._fits_segment(raw.segment, per_segment=step.per_segment, what=what, place=raw.step.place):
            return None
        segment = None if raw.segment is None else raw.segment.text
        return EarlierPayment(raw.date, payer, step.name, segment, units, raw.payer.place.span)

    def _decisions(self) -> dict[str, Decision]:
        decisions: dict[str, Decision] = {}
        places: dict[str, Place] = {}
        for raw in self.raw.decisions:
            step = self._decided_step(raw)
            if step is None:
                continue
            if step.name in decisions:
                label = Label(places[step.name], "the first is here")
                message = f"`{step.name}` is decided twice"
                self.report("duplicate-value", message, raw.step.place, "keep one of the two", labels=[label])
                continue
            places[step.name] = raw.step.place
            decisions[step.name] = Decision(step.name, raw.invoke, raw.body, raw.reason, raw.step.place.span)
        return decisions

    def _decided_step(self, raw: RawDecision) -> StepProgram | None:
        step = self.program.steps.get(raw.step.text)
        if step is None:
            if self._step(raw.step) is not None:
                self._refuse_former(raw)
            return None
        if step.discretion is None:
            self.report(
                "nothing-to-decide",
                f"`{step.name}` leaves nothing to decide",
                raw.step.place,
                "remove the line, or write `at the discretion of …` in the step",
            )
            return None
        return step

    def _refuse_former(self, raw: RawDecision) -> None:
        step = self.program.step_named(raw.step.text)
        assert step is not None
        message = f"`{raw.step.text}` is a former name of `{step.name}`"
        self.report("unknown-step", message, raw.step.place, f"write `decide {step.name}`")


_AMOUNT = DatumProgram("amount", MONEY, signed=False, per_segment=False, note=None, if_missing=None, span=Span(0, 0))
