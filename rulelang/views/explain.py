"""A run told in sentences, for a rulebook lawyer or a member's risk officer: what ``rulelang explain`` prints.

The explanation is a value made of paragraphs; each holds its sentences, a list with a line for each payer, and the same
facts as plain values for programs.  Names and titles come from strangers and stay plain text in every form.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import groupby
from typing import Any

from attrs import define, evolve, field, frozen

from rulelang.base.apportion import share
from rulelang.base.diagnostic import CheckError, finding
from rulelang.base.money import Exact
from rulelang.base.render import visible
from rulelang.base.suggest import did_you_mean
from rulelang.check.program import CheckedProgram, EnsureProgram, GroupProgram, StepProgram
from rulelang.check.values import spoken
from rulelang.model.allocation import Allocation, EnsureLine
from rulelang.model.event import Event
from rulelang.model.trail import MissingUse, Status, Turn
from rulelang.run.evaluate import Evaluation, Trouble
from rulelang.run.missing import Fields, Givens, fill_missing
from rulelang.run.purse import PotSplits, Purse, make_purse
from rulelang.run.state import RunState
from rulelang.syntax import nodes
from rulelang.views import sentences as tell
from rulelang.views.sentences import Scene, Sharing, Words, listing, plural

MOST_SHOWN = 12
"""So many payers of a step, and names of a list, are written out where nobody asked for one step or payer."""

# ----------------------------------------------------------------------------------------------------- the explanation


@frozen
class Paragraph:
    """A heading, sentences, and lines of a list; ``facts`` says the same as plain values.

    Text and Markdown show ``shown`` lines of the list (``None``: all) and then the line ``others``.
    """

    heading: str
    sentences: tuple[str, ...]
    lines: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(factory=dict, repr=False)
    shown: int | None = None
    others: str = ""

    @property
    def visible_lines(self) -> tuple[str, ...]:
        """The lines that text and Markdown show."""
        if self.shown is None or len(self.lines) <= self.shown:
            return self.lines
        return (*self.lines[: self.shown], self.others)


@frozen
class Explanation:
    """A run, or what one payer or one step had to do with it, in paragraphs."""

    title: str
    paragraphs: tuple[Paragraph, ...]
    facts: Mapping[str, Any] = field(factory=dict, repr=False)

    def to_text(self, width: int = 80) -> str:
        """Plain text, no line wider than ``width`` cells unless a single word is."""
        title = list(_wrapped(self.title, width))
        blocks = ["\n".join([*title, "=" * min(width, max(map(_cells, title), default=0))])]
        for paragraph in self.paragraphs:
            lines = list(_wrapped(paragraph.heading, width))
            lines.append("-" * min(width, max(map(_cells, lines), default=0)))
            lines.extend(_wrapped(" ".join(paragraph.sentences), width))
            for line in paragraph.visible_lines:
                lines.extend(_wrapped(line, width, "  - ", "    "))
            blocks.append("\n".join(lines))
        return "\n\n".join(blocks) + "\n"

    def to_markdown(self) -> str:
        """Markdown, every name and title escaped."""
        blocks = [f"# {_escaped(self.title)}"]
        for paragraph in self.paragraphs:
            blocks.append(f"## {_escaped(paragraph.heading, opens=False)}")
            if paragraph.sentences:
                blocks.append(_escaped(" ".join(paragraph.sentences)))
            if paragraph.lines:
                blocks.append("\n".join(f"- {_escaped(line)}" for line in paragraph.visible_lines))
        return "\n\n".join(blocks) + "\n"

    def to_dict(self) -> dict[str, Any]:
        """Plain values: every sentence, every payer, amounts as strings in major units."""
        return {
            **self.facts,
            "title": self.title,
            "paragraphs": [
                {
                    "heading": paragraph.heading,
                    "sentences": list(paragraph.sentences),
                    "lines": list(paragraph.lines),
                    "facts": dict(paragraph.facts),
                }
                for paragraph in self.paragraphs
            ],
        }


_CODE_AND_AMOUNT = re.compile(r"(?<=\b[A-Z]{3}) (?=-?[0-9])")


def _cells(text: str) -> int:
    """How many cells of a terminal a text takes."""
    if text.isascii():
        return len(text)
    marks = (unicodedata.category(letter) in ("Mn", "Me") for letter in text)
    wide = (unicodedata.east_asian_width(letter) in ("W", "F") for letter in text)
    return sum(0 if mark else 1 + two for mark, two in zip(marks, wide, strict=True))


def _wrapped(text: str, width: int, first: str = "", later: str = "") -> Iterator[str]:
    """The text in lines; a currency stays with its amount."""
    line, room = first, False
    for word in _CODE_AND_AMOUNT.sub("\0", visible(text)).split():
        shown = word.replace("\0", " ")
        if room and _cells(line) + 1 + _cells(shown) > width:
            yield line
            line, room = later, False
        line += f" {shown}" if room else shown
        room = True
    if room:
        yield line


_ACTIVE = re.compile(r"[\\`*_{}\[\]<>#|~&$@]|(?<=:)//|(?<=www)\.")
_OPENS_BLOCK = re.compile(r"([-+=>]|[0-9]+[.)])")


def _escaped(text: str, *, opens: bool = True) -> str:
    """Text that Markdown shows as it is, on one line, with no link, list or markup in it."""
    plain = _ACTIVE.sub(lambda found: f"\\{found[0]}", " ".join(visible(text).split()))
    if opens and (found := _OPENS_BLOCK.match(plain)):
        plain = f"{plain[: found.end() - 1]}\\{plain[found.end() - 1 :]}"
    return plain


# ------------------------------------------------------------------------------------------------------------ the door


def explain(
    program: CheckedProgram,
    event: Event,
    allocation: Allocation,
    *,
    payer: str | None = None,
    step: str | None = None,
    rejected: bool = False,
) -> Explanation:
    """Tell a run in sentences.

    With ``payer`` only what concerns that payer, with ``step`` only that step; ``rejected`` adds what was looked at
    and not taken.

    Raises:
        CheckError: there is no such payer or step.
    """
    if payer is not None:
        _known("unknown-member", "payer", payer, (*event.members, "ccp", *program.parties))
    wanted = None
    if step is not None:
        wanted = program.step_named(step)
        if wanted is None:
            raise _unknown("unknown-step", "step", step, program.steps)
    return _Teller(program, event, allocation, payer, wanted, rejected).explanation()


def _known(code: str, what: str, name: str, names: Sequence[str]) -> None:
    if name not in names:
        raise _unknown(code, what, name, names)


def _unknown(code: str, what: str, name: str, names: Iterable[str]) -> CheckError:
    return CheckError([finding(code, f"no {what} is called `{name}`", help=did_you_mean(name, names))])


# ---------------------------------------------------------------------------------------- the run, as each turn met it


@define
class _Replay:
    """Goes through the trail again, and keeps for each turn what evaluates expressions in the run as it met it."""

    program: CheckedProgram
    event: Event
    words: Words
    detailed: bool
    fields: Fields = field(init=False)
    givens: Givens = field(init=False)
    end: Evaluation = field(init=False)
    splits: dict[str, PotSplits] = field(factory=dict)

    def scenes(self, turns: Sequence[Turn]) -> list[Scene]:
        """A scene for each turn, in the order of the run."""
        self.fields, self.givens, _ = fill_missing(self.program, self.event)
        state = RunState([loss.amount for loss in self.event.losses])
        places = self._places()
        found = []
        for _, batch in groupby(
            turns, key=lambda turn: (turn.step if turn.group is None else turn.group, turn.segment)
        ):
            mates = tuple(batch)
            now = state.snapshot()
            for turn in mates:
                number, step, group = places[turn.step]
                ev = Evaluation(self.program, self.event, self.fields, self.givens, now, turn.segment, step.scope)
                self._split(step, now)
                found.append(Scene(turn, step, number, group, mates, ev, self.words, self.detailed))
                state.capacities[turn.step, turn.segment] = self._capacity(found[-1])
            self._pay(state, mates)
        self.end = Evaluation(self.program, self.event, self.fields, self.givens, state)
        return found

    def _places(self) -> dict[str, tuple[str, StepProgram, GroupProgram | None]]:
        places: dict[str, tuple[str, StepProgram, GroupProgram | None]] = {}
        for number, stage in enumerate(self.program.stages, start=1):
            if isinstance(stage, GroupProgram):
                for place, step in enumerate(stage.steps, start=1):
                    places[step.name] = (f"{number}.{place}", step, stage)
            else:
                places[stage.name] = (str(number), stage, None)
        return places

    def _split(self, step: StepProgram, now: RunState) -> None:
        if step.pot is not None and step.pot.split_by is not None and step.name not in self.splits:
            start = Evaluation(self.program, self.event, self.fields, self.givens, now, None, step.scope)
            self.splits[step.name] = PotSplits(start, {})

    def _capacity(self, scene: Scene) -> Any:
        if scene.turn.status is Status.NOT_REACHED:
            return lambda: getattr(self.purse(scene), "capacity", 0) if self.gate(scene) is Status.PAID else 0
        return scene.turn.capacity if scene.done else 0

    def _pay(self, state: RunState, mates: Sequence[Turn]) -> None:
        for turn in mates:
            pot = self.program.steps[turn.step].pot
            for payer, amount in zip(turn.payers, turn.paid, strict=True):
                if amount:
                    state.pay((turn.step, turn.segment), payer, amount)
                    if pot is not None:
                        state.draw((pot.name, turn.segment if pot.per_segment else None), payer, amount)
        for place, amount in enumerate(next((turn.reduced for turn in mates if turn.reduced), ())):
            state.remaining[place] -= amount

    def gate(self, scene: Scene) -> Status:
        """What would have become of a step that no loss reached."""
        step, event = scene.step, self.event
        if step.force is not None and not step.force[0] <= event.declared <= (step.force[1] or event.declared):
            return Status.NOT_IN_FORCE
        try:
            if step.condition is not None and not scene.ev.one(step.condition):
                return Status.CONDITION
        except Trouble:
            return Status.CONDITION
        decision = event.decisions.get(step.name)
        return Status.DECLINED if decision is not None and not decision.invoke else Status.PAID

    def purse(self, scene: Scene) -> Purse | None:
        """What a step could have drawn on, where that can be worked out."""
        try:
            return make_purse(scene.step, scene.ev, self.splits.get(scene.step.name))
        except Trouble:
            return None


# --------------------------------------------------------------------------------------------------------- the telling


@define
class _Teller:
    """Puts the paragraphs together: all of them, or those of one payer, one step, or both."""

    program: CheckedProgram
    event: Event
    allocation: Allocation
    payer: str | None
    step: StepProgram | None
    rejected: bool
    words: Words = field(init=False)
    replay: _Replay = field(init=False)
    scenes: list[Scene] = field(init=False)

    def explanation(self) -> Explanation:
        narrow = self.payer is not None or self.step is not None
        self.words = Words(self.program, self.allocation.names, None if narrow else MOST_SHOWN)
        self.replay = _Replay(self.program, self.event, self.words, self.rejected)
        self.scenes = self.replay.scenes(self.allocation.trail.turns)
        return Explanation(self._title(), tuple(self._paragraphs()), self._identity())

    def _title(self) -> str:
        of = [] if self.payer is None else [self.words.payer(self.payer)]
        if self.step is not None:
            of.append(self.words.step(self.step))
        return ": ".join([self.event.title, *of])

    def _identity(self) -> dict[str, Any]:
        result = self.allocation.to_dict()
        return {
            **{name: result[name] for name in ("rulebook", "event", "currency", "loss", "uncovered", "outcome")},
            "payer": self.payer,
            "step": None if self.step is None else self.step.name,
            "rejected": self.rejected,
        }

    def _paragraphs(self) -> Iterator[Paragraph]:
        if self.payer is not None:
            yield from self._of_payer(self.payer)
        elif self.step is not None:
            mine = [scene for scene in self.scenes if scene.step is self.step]
            yield from (self._step(scene) for scene in mine)
        else:
            yield self._event()
            yield from self._waterfall()
            yield self._outcome()
            yield from self._ensures(self.program.ensures)
            yield from self._missing(self.allocation.trail.missing)
            yield from self._remarks()

    # ----------------------------------------------------------------------------------------------- beginning and end

    def _event(self) -> Paragraph:
        event, allocation, words = self.event, self.allocation, self.words
        version = f", version {allocation.rulebook.version}" if allocation.rulebook.version else ""
        losses = [
            f"{words.money(loss.amount)} of {tell.loss_name(words, event, place)}"
            for place, loss in enumerate(event.losses)
        ]
        texts = [
            f"The rulebook is “{allocation.rulebook.title}”{version}; the default was declared on {event.declared}."
        ]
        if len(losses) == 1:
            loss = event.losses[0]
            amount = f"{words.money(loss.amount)}{self._in(loss.segment)}"
            texts.append(f"{words.payer(loss.member)} defaulted with a loss of {amount}.")
        elif losses:
            in_all = f"{words.money(event.loss)} in all: {words.list(losses)}"
            texts.append(f"{words.payers(event.defaulters)} defaulted; the losses are {in_all}.")
        members = f"{plural(len(event.members), 'member')}, {len(event.survivors):,} of them surviving"
        texts.append(f"There are {members}." if len(event.members) != 1 else "There is one member.")
        texts.append(self._summary())
        facts = {
            "declared": event.declared.isoformat(),
            "losses": [self._loss_fact(place, loss.amount) for place, loss in enumerate(event.losses)],
            "members": len(event.members),
            "survivors": len(event.survivors),
        }
        return Paragraph("The default", tuple(texts), facts=facts)

    def _summary(self) -> str:
        totals: dict[str, int] = {}
        for allotment in self.allocation.allotments:
            step = self.program.steps[allotment.step]
            who = {"survivors": "the surviving members", "defaulters": "the defaulters"}.get(step.payers)
            who = who or self.words.payer(step.payers)
            who = "the defaulter" if who == "the defaulters" and len(self.event.defaulters) == 1 else who
            totals[who] = totals.get(who, 0) + allotment.amount
        if not totals:
            return "Nobody pays anything."
        paid = self.words.list([f"{self.words.money(amount)} by {who}" for who, amount in totals.items()])
        uncovered = self.allocation.uncovered
        stays = f"{self.words.money(uncovered)} stays uncovered" if uncovered else "nothing stays uncovered"
        return f"The loss is met with {paid}; {stays}."

    def _loss_fact(self, place: int, amount: int) -> dict[str, Any]:
        loss = self.event.losses[place]
        return {"member": loss.member, "segment": loss.segment, "amount": self._plain(amount)}

    def _plain(self, units: int) -> str:
        return self.program.currency.plain(units)

    def _outcome(self) -> Paragraph:
        allocation, words, last = self.allocation, self.words, self.program.outcome
        covered = words.money(allocation.loss - allocation.uncovered)
        if not allocation.uncovered:
            text = f"All of the loss, {covered}, is covered."
        else:
            stays = words.money(allocation.uncovered)
            text = f"Of the loss of {words.money(allocation.loss)}, {covered} is covered; {stays} stays uncovered."
        texts = [text, self._ending(last.title if last else None, last.citation if last else None)]
        facts = {
            "covered": self._plain(allocation.loss - allocation.uncovered),
            "uncovered": self._plain(allocation.uncovered),
            "outcome": allocation.outcome,
            "title": last.title if last is not None and allocation.uncovered else None,
        }
        return Paragraph("Outcome", tuple(texts), facts=facts)

    def _ending(self, title: str | None, citation: str | None) -> str:
        outcome = self.allocation.outcome
        if not self.allocation.uncovered:
            return f"The outcome is “{outcome}”."
        if self.program.outcome is None:
            return "The rulebook does not say what happens to it: it has no “finally”."
        named = f"“{title}” ({outcome})" if title else f"“{outcome}”"
        return f"{f'{tell.under(citation)}, the' if citation else 'The'} outcome is {named}."

    def _ensures(self, which: Sequence[EnsureProgram], payer: str | None = None) -> Iterator[Paragraph]:
        judged = zip(self.program.ensures, self.allocation.ensures, strict=True)
        lines = [(ensure, line) for ensure, line in judged if ensure in which]
        if not lines:
            return
        facts = [{"text": line.text, "holds": line.holds, "breaches": list(line.breaches)} for _, line in lines]
        texts = tuple(self._judged(ensure, line, payer) for ensure, line in lines)
        yield Paragraph("What must hold", (), texts, {"ensures": facts})

    def _judged(self, ensure: EnsureProgram, line: EnsureLine, payer: str | None) -> str:
        lead = f"“{line.text}”{f' ({line.citation})' if line.citation else ''}"
        if payer is not None:
            verdict = "is broken by" if payer in line.breaches else "holds for"
            return f"{lead} {verdict} {self._breach(ensure, payer)}."
        if line.holds:
            return f"{lead} holds{f' for all {ensure.population}' if ensure.population else ''}."
        if ensure.population is None:
            values = tell.values_of(self.words, self.replay.end, ensure.condition)
            return f"{lead} is broken{f': {values}' if values else ''}."
        return f"{lead} is broken by {self.words.list([self._breach(ensure, member) for member in line.breaches])}."

    def _breach(self, ensure: EnsureProgram, member: str) -> str:
        """A member with the values that the invariant speaks of."""
        values = tell.values_of(self.words, self.replay.end, ensure.condition, member)
        return f"{self.words.payer(member)}{f' ({values})' if values else ''}"

    def _missing(self, uses: Sequence[MissingUse]) -> Iterator[Paragraph]:
        if not uses:
            return
        grouped: dict[tuple[str, str | None, str], list[MissingUse]] = {}
        for use in uses:
            grouped.setdefault((use.name, use.segment, use.words), []).append(use)
        lines = [self._filled(alike) for alike in grouped.values()]
        facts = [
            {
                "name": use.name,
                "member": use.member,
                "segment": use.segment,
                "words": use.words,
                "value": self._value(use),
            }
            for use in uses
        ]
        yield Paragraph("Values filled in for what was missing", (), tuple(lines), {"missing": facts})

    def _filled(self, uses: Sequence[MissingUse]) -> str:
        """What one rule put in the place of one field's or given's missing values."""
        name, where, rule = uses[0].name, self._in(uses[0].segment), f"“if missing {uses[0].words}”"
        values = list(dict.fromkeys(map(self._value, uses)))
        members = [self.words.payer(use.member) for use in uses if use.member is not None]
        whom = f" for {self.words.list(members)}" if members else ""
        if len(values) == 1:
            return f"{name}{where} was not given{whom}; by {rule} it is {values[0]}."
        each = [f"{member} ({self._value(use)})" for member, use in zip(members, uses, strict=True)]
        return f"{name}{where} was not given and is filled in by {rule} for {self.words.list(each)}."

    def _value(self, use: MissingUse) -> str:
        datum = self.program.fields.get(use.name) or self.program.givens[use.name]
        if isinstance(use.value, Fraction):
            return self.words.value(use.value, datum.type.kind)
        return spoken(use.value, datum, self.program.currency)

    def _remarks(self) -> Iterator[Paragraph]:
        remarks = self.allocation.trail.remarks
        lines = tuple(f"{remark[:1].upper()}{remark[1:]}." for remark in remarks)
        if lines:
            yield Paragraph("Remarks", (), lines, {"remarks": list(remarks)})

    # --------------------------------------------------------------------------------------------------- the waterfall

    def _waterfall(self) -> Iterator[Paragraph]:
        """Stage by stage; stages that no loss reached stand together unless all is asked for."""
        unreached: list[list[Scene]] = []
        for _, stage in groupby(self.scenes, key=lambda scene: scene.number.split(".")[0]):
            scenes = list(stage)
            if not self.rejected and all(scene.turn.status is Status.NOT_REACHED for scene in scenes):
                unreached.append(scenes)
                continue
            yield from self._unreached(unreached)
            unreached = []
            yield from self._stage(scenes)
        yield from self._unreached(unreached)

    def _unreached(self, stages: Sequence[Sequence[Scene]]) -> Iterator[Paragraph]:
        if not stages:
            return
        first, last = (stages[at][0].number.split(".")[0] for at in (0, -1))
        steps = list(dict.fromkeys(scene.step.name for stage in stages for scene in stage))
        names = self.words.list([self.words.step(self.program.steps[name]) for name in steps])
        text = f"No loss was left for {names}."
        facts = {"status": Status.NOT_REACHED.value, "steps": steps}
        numbers = first if first == last else f"{first} {'and' if len(stages) == 2 else 'to'} {last}"
        yield Paragraph(f"{numbers}. Not reached", (text,), facts=facts)

    def _stage(self, scenes: Sequence[Scene]) -> Iterator[Paragraph]:
        told = [scene for scene in scenes if self.rejected or scene.turn.status is not Status.NOT_REACHED]
        found = []
        for _, batch in groupby(told, key=lambda scene: scene.turn.segment):
            mates = list(batch)
            if mates[0].group is not None:
                found.append(self._group(mates))
            found.extend(self._step(scene) for scene in mates)
        untold = list(dict.fromkeys(scene.turn.segment for scene in scenes if scene not in told and scene.turn.segment))
        if untold:
            found[-1] = evolve(found[-1], sentences=(*found[-1].sentences, f"No loss was left in {listing(untold)}."))
        yield from found

    def _group(self, scenes: Sequence[Scene]) -> Paragraph:
        """What a group draws together, and how the draw is divided among its steps."""
        group, turn = scenes[0].group, scenes[0].turn
        assert group is not None
        able = [scene for scene in scenes if scene.done]
        texts = [self._side_by_side(group, scenes)]
        lines: tuple[str, ...] = ()
        if any(scene.turn.part for scene in able):
            more, lines = self._division(group, able, sum(scene.turn.part or 0 for scene in able))
            texts += [*more, *tell.loss_sentence(scenes[0], able[0].turn.reduced)]
        title = f"{group.title or 'Side by side'}{f', {turn.segment}' if turn.segment else ''}"
        facts = {
            "segment": turn.segment,
            "loss_met": self._plain(turn.before),
            "drawn": self._plain(sum(scene.turn.drawn for scene in scenes)),
            "remaining": self._plain(turn.after),
            "parts": {scene.step.name: self._plain(scene.turn.part or 0) for scene in able},
        }
        return Paragraph(f"{scenes[0].number.split('.')[0]}. {title}", tuple(texts), lines, facts)

    def _side_by_side(self, group: GroupProgram, scenes: Sequence[Scene]) -> str:
        """The first sentence about a group."""
        turn, words = scenes[0].turn, self.words
        drawn = sum(scene.turn.drawn for scene in scenes)
        suffix = "" if group.citation else f" ({words.line(group.syntax.span)})"
        lead = f"{tell.under(group.citation)}, the" if group.citation else "The"
        names = f"{lead} steps {words.list([scene.step.title or scene.step.name for scene in scenes])}"
        if not turn.before:
            return f"{names} would stand side by side next, but no loss remains{self._in(turn.segment)}{suffix}."
        loss = f"the loss of {words.money(turn.before)} that remains{self._in(turn.segment)}"
        left = words.money(turn.after) if turn.after else "nothing"
        pay = f"together they pay {words.money(drawn)}" if drawn else "they pay nothing"
        return f"{names} stand side by side before {loss}; {pay}, and {left} is left{suffix}."

    def _division(self, group: GroupProgram, able: Sequence[Scene], draw: int) -> tuple[list[str], tuple[str, ...]]:
        """How the draw of a group was divided: as one pool, in its ratio, or by capacity."""
        words = self.words
        if group.one_pool:
            sharing, _ = able[0].sharings[0]
            names = [f"{words.payer(payer)} under {scene.step.name}" for scene in able for payer in scene.turn.payers]
            texts = ["They are one pool: all payers share the draw at once, each by the key and limit of its own step."]
            return [*texts, *tell.rounded(words, sharing, lambda index: names[index])], ()
        capacities = [scene.turn.capacity for scene in able]
        keys: Sequence[Exact] = [capacity or 0 for capacity in capacities]
        if group.ratio:
            ratio = dict(zip((step.name for step in group.steps), group.ratio, strict=True))
            keys = [ratio[scene.step.name] for scene in able]
            how = f"in the ratio {' : '.join(tell.decimal(part) for part in group.ratio)}"
        else:
            how = "in proportion to their capacities"
        sharing = Sharing(draw, keys, capacities, share(draw, keys, capacities, range(len(keys))))
        texts = [f"The draw of {words.money(draw)} is divided {how}."]
        texts.extend(tell.rounded(words, sharing, lambda index: able[index].step.name))
        return texts, tuple(self._part(scene, sharing, i, money=not group.ratio) for i, scene in enumerate(able))

    def _part(self, scene: Scene, sharing: Sharing, index: int, *, money: bool) -> str:
        words, turn = self.words, scene.turn
        lead = f"{words.step(scene.step)} bears {words.money(turn.part or 0)}"
        if not sharing.keys[index] or turn.capacity == 0:
            return f"{words.step(scene.step)} bears nothing: its capacity is 0."
        if index in sharing.full:
            return f"{lead}, its whole capacity."
        shown = words.amount if money else tell.decimal
        exact = words.amount(sharing.shares.exact(index))
        keys = f"{shown(sharing.keys[index])} / {shown(sharing.rest_weight)}"
        placed = "" if turn.drawn == turn.part else f"; it can place {words.money(turn.drawn)} of that"
        return f"{lead}: {words.amount(sharing.rest)} × {keys} = {exact}{tell.rounding(words, sharing, index)}{placed}."

    # -------------------------------------------------------------------------------------------------------- one step

    def _heading(self, scene: Scene) -> str:
        where = f", {scene.turn.segment}" if scene.turn.segment else ""
        stop = "" if "." in scene.number else "."
        return f"{scene.number}{stop} {self.words.step(scene.step)}{where}"

    def _step(self, scene: Scene) -> Paragraph:
        """One turn: its sentences, and a line for each payer."""
        turn = scene.turn
        texts = [tell.opening(scene)]
        lines: tuple[str, ...] = ()
        shown, others = None, ""
        if scene.done:
            texts += [*tell.gates(scene), *tell.left_out(scene), *tell.capacity(scene), *tell.definitions(scene)]
            texts.extend(self._part_of_group(scene) if self.step is not None else ())
            texts.extend(tell.shared(scene))
            if scene.group is None:
                texts.extend(tell.loss_sentence(scene, turn.reduced))
            lines, shown, others = self._payer_lines(scene)
        elif self.rejected or self.step is not None:
            texts.extend(self._could_have(scene))
        return Paragraph(self._heading(scene), tuple(texts), lines, self._step_facts(scene), shown, others)

    def _payer_lines(self, scene: Scene) -> tuple[tuple[str, ...], int | None, str]:
        """The payers, the largest amount first; how many of them text shows, and what it says of the others."""
        turn = scene.turn
        pooled = scene.group is not None and scene.group.one_pool
        if len(turn.payers) == 1 and not pooled:
            return (), None, ""
        every = self.rejected or self.step is not None
        places = [place for place in range(len(turn.payers)) if turn.paid[place] or every]
        places.sort(key=lambda place: (-turn.paid[place], place))
        lines = tuple(tell.line_of(scene, place) for place in places)
        if self.words.most is None or len(lines) <= MOST_SHOWN:
            return lines, None, ""
        rest = sum(turn.paid[place] for place in places[MOST_SHOWN:])
        left = len(lines) - MOST_SHOWN
        return lines, MOST_SHOWN, f"and {left:,} other{'s' if left > 1 else ''}, together {self.words.money(rest)}"

    def _could_have(self, scene: Scene) -> Iterator[str]:
        """What a step that was not done could have paid, or why it would not have been done anyhow."""
        if (blocked := self._blocked(scene)) is not None:
            yield blocked
            return
        purse = self.replay.purse(scene)
        if purse is None:
            yield "What it could have paid cannot be worked out."
        elif not purse.payers:
            yield "Had it been done, there would have been nobody to charge."
        else:
            many = len(purse.payers) > 1
            who = plural(len(purse.payers), "payer") if many else self.words.payer(purse.payers[0])
            together = " together" if many else ""
            yield f"Had it been done, {who} could have been charged {self._bound(purse.capacity)}{together}."
            if purse.left_out:
                yield f"Left out would have been {self.words.payers(purse.left_out)}."

    def _blocked(self, scene: Scene) -> str | None:
        """Why a step that no loss reached would not have been done even so."""
        if scene.turn.status is not Status.NOT_REACHED:
            return None
        status = self.replay.gate(scene)
        return None if status is Status.PAID else f"Nor would it have been done: {tell.skipped_because(scene, status)}."

    def _bound(self, limit: int | None) -> str:
        if limit is None:
            return "without limit"
        return f"up to {self.words.money(limit)}" if limit else "nothing"

    def _step_facts(self, scene: Scene, only: str | None = None) -> dict[str, Any]:
        turn, step = scene.turn, scene.step
        return {
            "step": step.name,
            "title": step.title,
            "kind": step.kind,
            "segment": turn.segment,
            "citation": tell.citation_of(scene),
            "line": self.program.source.position(step.span.start).line,
            "status": turn.status.value,
            "loss_met": self._plain(turn.before),
            "capacity": None if turn.capacity is None else self._plain(turn.capacity),
            "part_of_group": None if turn.part is None else self._plain(turn.part),
            "drawn": self._plain(turn.drawn),
            "remaining": self._plain(turn.after),
            "reduced": [self._loss_fact(place, amount) for place, amount in enumerate(turn.reduced) if amount],
            "left_out": [payer for payer in turn.left_out if only in (None, payer)],
            "payers": [self._row(scene, at) for at, payer in enumerate(turn.payers) if only in (None, payer)],
        }

    def _row(self, scene: Scene, place: int) -> dict[str, Any]:
        """One payer of a step as plain values."""
        turn, scale = scene.turn, self.program.currency.decimals
        limit, seat = turn.limits[place], scene.seat(place)
        row: dict[str, Any] = {
            "payer": turn.payers[place],
            "name": self.allocation.names.get(turn.payers[place]),
            "key": None if turn.keys is None else scene.key_text(turn.keys[place]).replace(",", ""),
            "limit": None if limit is None else self._plain(limit),
            "pays": self._plain(turn.paid[place]),
            "at_limit": limit is not None and turn.paid[place] == limit,
            "exact_share": None,
            "rounding_units": 0,
        }
        if seat is not None:
            sharing, index = seat
            exact = sharing.shares.exact(index)
            row["exact_share"] = tell.fraction(exact, scale)
            row["rounding_units"] = sharing.shares.units[index] - sharing.shares.whole[index]
            row["rank"] = sharing.rank
        return row

    # ------------------------------------------------------------------------------------------------------- one payer

    def _of_payer(self, payer: str) -> Iterator[Paragraph]:
        """Every step the payer was or could have been in, then its total and what must hold for it."""
        mine = [scene for scene in self.scenes if self._may_charge(scene, payer)]
        if self.step is not None:
            every = [scene for scene in self.scenes if scene.step is self.step]
            mine = [scene for scene in mine if scene.step is self.step]
            if not mine:
                yield self._not_concerned(every[0], payer)
                return
        else:
            yield self._who(payer)
        paying = [scene for scene in mine if self._paid(scene, payer)]
        told = mine if self.rejected or self.step is not None else paying
        yield from (self._part_of_payer(scene, payer) for scene in told)
        if self.step is None:
            yield self._total(payer, [scene for scene in mine if scene not in told])
            yield from self._concerning(payer)

    def _may_charge(self, scene: Scene, payer: str) -> bool:
        charged = scene.step.payers
        if charged == "survivors":
            return payer in self.event.survivors
        if charged == "defaulters":
            return payer in self.event.defaulters
        return charged == payer

    @staticmethod
    def _paid(scene: Scene, payer: str) -> int:
        return dict(zip(scene.turn.payers, scene.turn.paid, strict=True)).get(payer, 0)

    def _not_concerned(self, scene: Scene, payer: str) -> Paragraph:
        who, _ = tell.subject(scene)
        text = tell.told(scene, f"{who} may be charged, which {self.words.payer(payer)} is not")
        return Paragraph(self._heading(scene), (text,), facts=self._step_facts(scene, payer))

    def _who(self, payer: str) -> Paragraph:
        event, words = self.event, self.words
        own = [place for place, loss in enumerate(event.losses) if loss.member == payer]
        if own:
            losses = words.list(
                [f"{words.money(event.losses[at].amount)}{self._in(event.losses[at].segment)}" for at in own]
            )
            text = (
                f"{words.payer(payer)} defaulted; the default was declared on {event.declared} with a loss of {losses}."
            )
        elif payer in event.members:
            whose = words.payers(event.defaulters)
            what = f"declared on {event.declared} with a loss of {words.money(event.loss)}"
            text = f"{words.payer(payer)} survived the default of {whose}, {what}."
        else:
            text = f"The default was declared on {event.declared} with a loss of {words.money(event.loss)}."
        return Paragraph("The default", (text,), facts={"payer": payer, "name": self.allocation.names.get(payer)})

    @staticmethod
    def _in(segment: str | None) -> str:
        return "" if segment is None else f" in {segment}"

    def _part_of_payer(self, scene: Scene, payer: str) -> Paragraph:
        """One step as it concerns one payer."""
        turn, words = scene.turn, self.words
        facts = self._step_facts(scene, payer)
        if payer in turn.payers:
            place = turn.payers.index(payer)
            texts = [tell.told(scene, self._pays(scene, place)), *tell.gates(scene)]
            texts.extend(self._part_of_group(scene))
            member = None if scene.step.single_payer else payer
            texts += [*tell.totals(scene), *tell.about_payer(scene, place), *tell.definitions(scene, member)]
        else:
            where = scene.where if scene.done else ""
            texts = [tell.told(scene, f"{words.payer(payer)} pays nothing{where}: {self._why_not(scene, payer)}")]
            if not scene.done:
                texts.extend(self._could_have_paid(scene, payer))
        return Paragraph(self._heading(scene), tuple(texts), facts=facts)

    def _part_of_group(self, scene: Scene) -> Iterator[str]:
        """What a step had to bear of its group's draw, where the group itself is not told of."""
        part = scene.turn.part
        if part is not None and scene.group is not None and not scene.group.one_pool:
            yield f"The step's part of what its group pays is {self.words.money(part)}."

    def _pays(self, scene: Scene, place: int) -> str:
        turn, words = scene.turn, self.words
        payer, paid = words.payer(turn.payers[place]), turn.paid[place]
        if not paid:
            return f"{payer} pays nothing{scene.where}: {tell.nothing(scene, place)}"
        of = f" of the {words.money(turn.drawn)} that the step pays" if turn.drawn != paid else ""
        return f"{payer} pays {words.money(paid)}{of}{scene.where}"

    def _why_not(self, scene: Scene, payer: str) -> str:
        if not scene.done:
            return tell.skipped_because(scene, scene.turn.status)
        assert scene.step.where is not None
        member = None if scene.step.single_payer else payer
        return f"the condition {tell.with_values(scene, scene.step.where, member)} does not hold for it"

    def _could_have_paid(self, scene: Scene, payer: str) -> Iterator[str]:
        """What a payer could have been charged under a step that was not done."""
        if (blocked := self._blocked(scene)) is not None:
            yield blocked
            return
        purse = self.replay.purse(scene)
        if purse is None:
            yield "What it could have been charged cannot be worked out."
        elif payer not in purse.payers:
            yield f"Had it been done, {self._left_out(scene, payer)}."
        else:
            place, step = purse.payers.index(payer), scene.step
            key = ""
            if purse.keys is not None and isinstance(step.key, nodes.Expression):
                key = f", with the key {scene.key_text(purse.keys[place], code=True)}"
            yield f"Had it been done, it could have been charged {self._bound(purse.limits[place])}{key}."

    def _left_out(self, scene: Scene, payer: str) -> str:
        assert scene.step.where is not None
        member = None if scene.step.single_payer else payer
        return f"the condition {tell.with_values(scene, scene.step.where, member)} would not have held for it"

    def _total(self, payer: str, unpaid: Sequence[Scene]) -> Paragraph:
        words, total = self.words, self.allocation.paid_by(payer)
        paid = [
            f"{words.money(a.amount)} under {words.step(self.program.steps[a.step])}{self._in(a.segment)}"
            for a in self.allocation.allotments
            if a.payer == payer
        ]
        texts = [f"In all, {words.payer(payer)} pays {words.money(total) if total else 'nothing'}"]
        texts[0] += f": {listing(paid)}." if len(paid) > 1 else "."
        if unpaid:
            texts.append(f"It pays nothing under {listing(list(self._unpaid(unpaid, payer)))}.")
        return Paragraph("Total", tuple(texts), facts={"total": self._plain(total)})

    def _unpaid(self, scenes: Sequence[Scene], payer: str) -> Iterator[str]:
        """The steps under which a payer pays nothing, with the reason; segments with the same reason together."""
        alike: dict[tuple[str, str], list[str]] = {}
        for scene in scenes:
            segments = alike.setdefault((self.words.step(scene.step), self._short(scene, payer)), [])
            segments.extend([] if scene.turn.segment is None else [scene.turn.segment])
        for (step, reason), segments in alike.items():
            yield f"{step}{f' in {listing(segments)}' if segments else ''} ({reason})"

    @staticmethod
    def _short(scene: Scene, payer: str) -> str:
        if not scene.done:
            return scene.turn.status.value
        if payer in scene.turn.left_out:
            return "left out"
        return tell.nothing(scene, scene.turn.payers.index(payer))

    def _concerning(self, payer: str) -> Iterator[Paragraph]:
        """The invariants judged for this payer, and the values filled in for it."""
        groups = {"members": self.event.members, "survivors": self.event.survivors, "defaulters": self.event.defaulters}
        judged = [e for e in self.program.ensures if e.population is not None and payer in groups[e.population]]
        yield from self._ensures(judged, payer)
        yield from self._missing([use for use in self.allocation.trail.missing if use.member == payer])
