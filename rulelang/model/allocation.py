"""The allocation: who pays how much under which step, what stays uncovered, and the trail that shows why."""

import datetime
from collections.abc import Mapping
from html import escape
from typing import Any

from attrs import asdict, field, frozen

from rulelang.base.gather import totals
from rulelang.base.money import Currency
from rulelang.base.render import visible
from rulelang.base.values import unchanging
from rulelang.model.trail import Status, Trail


def with_version(title: str, version: str | None) -> str:
    """The title of a rulebook (or its file) as outputs show it, the version behind it if there is one."""
    return f"{title}, version {version}" if version else title


@frozen
class Identity:
    """What ran: a title, a version (of a rulebook) or a day (of an event), and the digest of the text."""

    title: str
    version: str | None
    sha256: str


@unchanging
class StepLine:
    """One line of the waterfall: amounts in minor units, ``capacity`` ``None`` where unlimited or not evaluated.

    ``round`` counts from 1 (``None``: the step has no rounds); ``defaulter`` is whose losses were met, if the defaults
    were taken in turn.
    """

    step: str
    title: str | None
    kind: str
    segment: str | None
    capacity: int | None
    drawn: int
    remaining: int
    status: Status
    round: int | None = None
    defaulter: str | None = None

    @property
    def skipped(self) -> str | None:
        """Why the step paid nothing, in words; ``None`` if it was done."""
        return None if self.status is Status.PAID else self.status.value


@unchanging
class Allotment:
    """What one payer pays under one step (segment, round, and pass of a defaulter), in minor units, more than zero."""

    step: str
    payer: str
    segment: str | None
    amount: int
    round: int | None = None
    defaulter: str | None = None


@unchanging
class LossLine:
    """One loss of the event and what stays uncovered of it, in minor units; ``member`` ``None`` without a defaulter."""

    member: str | None
    segment: str | None
    amount: int
    uncovered: int
    cause: str | None = None

    @property
    def whose(self) -> str:
        """Whose loss it is; without a defaulter, what the event says of it."""
        return self.member or f"no defaulter{f': {self.cause}' if self.cause else ''}"


@unchanging
class EnsureLine:
    """One ``ensure`` or ``assume``: whether it holds, and for which members it does not."""

    text: str
    holds: bool
    breaches: tuple[str, ...]
    citation: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """The line as plain values."""
        return {"text": self.text, "holds": self.holds, "breaches": list(self.breaches)}


@frozen(slots=False)
class Allocation:
    """The result of a run.

    Amounts are minor units of ``currency``.  The constructor checks conservation: what is allotted and what stays
    uncovered add up to the loss, and every amount is zero or more; it raises ``ValueError`` otherwise.
    """

    rulebook: Identity
    event: Identity
    declared: datetime.date
    currency: Currency
    loss: int
    lines: tuple[StepLine, ...]
    allotments: tuple[Allotment, ...]
    ensures: tuple[EnsureLine, ...]
    uncovered: int
    outcome: str
    names: Mapping[str, str] = field(factory=dict, repr=False)
    losses: tuple[LossLine, ...] = ()
    exercise: str | None = None
    trail: Trail = field(default=Trail(()), repr=False, eq=False)
    assumes: tuple[EnsureLine, ...] = ()
    parties: tuple[str, ...] = field(default=("ccp",), repr=False)

    def __attrs_post_init__(self) -> None:
        """Check conservation, to the minor unit."""
        amounts = [allotment.amount for allotment in self.allotments]
        allotted = sum(amounts)
        if allotted + self.uncovered != self.loss:
            raise ValueError(f"allocations {allotted} and uncovered {self.uncovered} do not add up to {self.loss}")
        if self.uncovered < 0 or min(amounts, default=1) <= 0:
            raise ValueError("an amount below zero was allotted")
        if sum(line.drawn for line in self.lines) != allotted:
            raise ValueError("the draws of the steps are not what the payers pay")

    @property
    def holds(self) -> bool:
        """Whether every ``ensure`` and every ``assume`` holds."""
        return all(line.holds for line in self.statements)

    @property
    def statements(self) -> tuple[EnsureLine, ...]:
        """What must hold, then what the rulebook takes for granted of the data."""
        return (*self.ensures, *self.assumes)

    def paid_by(self, payer: str, step: str | None = None, segment: str | None = None) -> int:
        """What a payer pays in all, or under one step, or in one segment, in minor units."""
        return sum(
            a.amount
            for a in self.allotments
            if a.payer == payer and step in (None, a.step) and segment in (None, a.segment)
        )

    def drawn(self, step: str, segment: str | None = None) -> int:
        """What a step pays over all segments, rounds and passes, or in one segment, in minor units."""
        return sum(line.drawn for line in self.lines if line.step == step and segment in (None, line.segment))

    def left(self, segment: str | None = None) -> int:
        """What stays uncovered, of the losses of one segment or of all, in minor units."""
        return sum(line.uncovered for line in self.losses if segment in (None, line.segment))

    def payers(self) -> dict[str, int]:
        """The total of each payer that pays anything, in the order of the payers' ids, the CCP and parties first."""
        paid = totals((allotment.payer, allotment.amount) for allotment in self.allotments)
        return dict(sorted(paid.items(), key=lambda item: (item[0] not in self.parties, item[0])))

    def to_dict(self) -> dict[str, Any]:
        """The allocation as plain values: what ``rulelang run --format json`` prints."""
        plain = self.currency.plain
        return {
            "rulebook": asdict(self.rulebook),
            "event": {
                "title": self.event.title,
                **({} if self.exercise is None else {"exercise": self.exercise}),
                "declared": self.declared.isoformat(),
                "sha256": self.event.sha256,
            },
            "currency": self.currency.code,
            "loss": plain(self.loss),
            "losses": [
                {
                    "member": line.member,
                    "segment": line.segment,
                    "amount": plain(line.amount),
                    "uncovered": plain(line.uncovered),
                }
                for line in self.losses
            ],
            "tranches": [
                {
                    "tranche": line.step,
                    "segment": line.segment,
                    "round": line.round,
                    "defaulter": line.defaulter,
                    "kind": line.kind,
                    "capacity": None if line.capacity is None else plain(line.capacity),
                    "drawn": plain(line.drawn),
                    "remaining": plain(line.remaining),
                    "skipped": line.skipped,
                }
                for line in self.lines
            ],
            "allocations": [
                {
                    "tranche": a.step,
                    "payer": a.payer,
                    "segment": a.segment,
                    "round": a.round,
                    "defaulter": a.defaulter,
                    "amount": plain(a.amount),
                }
                for a in self.allotments
            ],
            "ensures": [line.to_dict() for line in self.ensures],
            **({"assumes": [line.to_dict() for line in self.assumes]} if self.assumes else {}),
            "uncovered": plain(self.uncovered),
            "outcome": self.outcome,
        }

    def to_frame(self) -> Any:
        """A pandas data frame with a row for each allotment: step, segment, payer, name, amount (a ``Decimal``).

        Where a step is done in rounds, or the defaults are taken in turn, there are columns ``round``, ``defaulter``.

        Raises:
            ImportError: pandas is not installed (the extra ``rulelang[frame]`` brings it).
        """
        from decimal import Decimal

        import pandas

        turns = [name for name in ("round", "defaulter") if any(getattr(a, name) is not None for a in self.allotments)]
        rows = [
            (
                a.step,
                a.segment,
                *(getattr(a, name) for name in turns),
                a.payer,
                self.names.get(a.payer),
                Decimal(self.currency.plain(a.amount)),
            )
            for a in self.allotments
        ]
        return pandas.DataFrame(rows, columns=["step", "segment", *turns, "payer", "name", "amount"])

    def _repr_html_(self) -> str:
        """The allocation as a table of payers and steps, for notebooks."""
        steps = list(dict.fromkeys(line.step for line in self.lines if line.drawn))
        head = "".join(f"<th>{_shown(step)}</th>" for step in steps)
        paid = totals(((a.payer, a.step), a.amount) for a in self.allotments)
        rows = []
        for payer, total in self.payers().items():
            cells = "".join(
                f'<td style="text-align:right">{self.currency.grouped(paid.get((payer, step), 0))}</td>'
                for step in steps
            )
            label = _shown(self.names.get(payer, payer))
            rows.append(f"<tr><th>{label}</th>{cells}<td><b>{self.currency.grouped(total)}</b></td></tr>")
        left = [line for line in self.losses if line.uncovered] if len(self.losses) > 1 else []
        where = [f" in {_shown(line.segment)}" if line.segment else "" for line in left]
        whose = [f"{_shown(line.whose)}{place}" for line, place in zip(left, where, strict=True)]
        of = ", ".join(f"{self.currency.show(line.uncovered)} of {who}" for line, who in zip(left, whose, strict=True))
        caption = (
            f"{_shown(self.rulebook.title)} — {_shown(self.event.title)}: loss {self.currency.show(self.loss)}, "
            f"uncovered {self.currency.show(self.uncovered)} ({_shown(self.outcome)}){f': {of}' if of else ''}"
        )
        return (
            f"<table><caption>{caption}</caption><thead><tr><th>payer</th>{head}<th>total</th></tr></thead>"
            f"<tbody>{''.join(rows)}</tbody></table>"
        )


def _shown(text: str) -> str:
    """A text of somebody else's in a page: nothing in it is markup, or steers what shows it."""
    return escape(visible(text))
