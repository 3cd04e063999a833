"""The laws of every day: each notices what breaks it, and nothing else does."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
from attrs import evolve, frozen

import rulelang
from rulelang.base.diagnostic import InternalError
from rulelang.histories import fold
from rulelang.histories.laws import verify_day
from rulelang.histories.standing import Standing
from rulelang.model.history import Account, Balances, Repayment
from tests.histories.small import BOOK, DEFAULT

HISTORY = f"""{DEFAULT}on 2024-01-09 paid in by A to fund EUR 4
on 2024-02-01 recovered from D EUR 20
"""
MUTUAL: Account = ("A", "fund", None)
OWN: Account = ("ccp", "capital", None)


@frozen
class Day:
    """What the laws are told of a day."""

    standing: Standing
    before: Balances
    drawn: Mapping[Account, int]
    repaid: Sequence[Repayment]
    recovered: Mapping[str, int]
    rest: int

    def verify(self) -> None:
        verify_day(self.standing, self.before, self.drawn, self.repaid, self.recovered, self.rest)

    def with_more(self, account: Account, amount: int) -> "Day":
        """The day with another balance at its end."""
        kept = self.standing
        fields = {key: dict(column) for key, column in kept.fields.items()}
        standing = evolve(kept, fields=fields, givens=dict(kept.givens), changed={})
        standing.change(account, amount)
        return evolve(self, standing=standing)

    def drawing_more(self, account: Account, amount: int) -> "Day":
        return evolve(self, drawn={**self.drawn, account: self.drawn.get(account, 0) + amount})

    def owing(self, left: Callable[[int], int]) -> "Day":
        """The day with another rest of the first that is owed."""
        first, *others = self.standing.owed
        owed = [evolve(first, left=left(first.amount)), *others]
        return evolve(self, standing=evolve(self.standing, owed=owed))


@pytest.fixture
def days(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Day]:
    """Three days of a history, as the laws see them: a default, money that is paid in, a recovery."""
    seen: list[Day] = []

    def looked_at(standing: Standing, *others: object) -> None:
        owed = [evolve(one) for one in standing.owed]
        fields = {key: dict(column) for key, column in standing.fields.items()}
        seen.append(Day(evolve(standing, fields=fields, givens=dict(standing.givens), owed=owed), *others))

    monkeypatch.setattr(fold, "verify_day", looked_at)
    (tmp_path / "book.rules").write_text(BOOK, "utf-8")
    (tmp_path / "x.history").write_text(HISTORY, "utf-8")
    rulelang.evaluate_history(rulelang.load_history(tmp_path / "x.history"))
    default, money, recovery = seen
    for day in seen:
        day.verify()
    assert (default.drawn[MUTUAL], default.drawn[OWN]) == (1000, 1000)
    assert money.drawn == {}
    assert recovery.recovered == {"D": 2000}
    assert {one.into for one in recovery.repaid} == {"fund", None}
    assert recovery.rest == 0
    return seen


MONEY = {
    "a pot of a member loses a unit": (0, lambda day: day.with_more(MUTUAL, -1), "`A` has 1999 in `fund`"),
    "a pot of the CCP gains a unit": (0, lambda day: day.with_more(OWN, 1), "`ccp` has 1 in `capital`"),
    "a pot of nobody that paid changes": (1, lambda day: day.with_more(("B", "fund", None), 1), "`B` has"),
    "more is said to be drawn": (0, lambda day: day.drawing_more(MUTUAL, 1), "`A` has 2000 in `fund`"),
    "what comes back is not put in": (2, lambda day: day.with_more(MUTUAL, -1000), "`A` has 2400 in `fund`"),
    "more is drawn than is there": (
        0,
        lambda day: day.with_more(OWN, -1).drawing_more(OWN, 1),
        "`ccp` has -1 in `capital`, and should have -1",
    ),
    "a pot of nobody pays": (0, lambda day: day.drawing_more(("X", "fund", None), 1), "from a pot of nobody"),
    "less comes back than was recovered": (
        2,
        lambda day: evolve(day, recovered={"D": 2001}),
        "the rest are not what was recovered",
    ),
    "more is left than there was": (2, lambda day: evolve(day, rest=1), "the rest are not what was recovered"),
    "less than nothing is left": (
        2,
        lambda day: evolve(day, rest=-1, recovered={"D": 1999}),
        "the rest are not what was recovered",
    ),
    "more is owed than was raised": (0, lambda day: day.owing(lambda amount: amount + 1), "`A` owes 1001 of 1000"),
    "less than nothing is owed": (0, lambda day: day.owing(lambda amount: -1), "`A` owes -1 of 1000"),
}


@pytest.mark.parametrize("what", MONEY)
def test_it_is_noticed(what: str, days: list[Day]) -> None:
    place, broken, said = MONEY[what]
    with pytest.raises(InternalError) as caught:
        broken(days[place]).verify()
    (found,) = caught.value.diagnostics
    assert (found.code, found.notes) == ("broken-invariant", ())
    assert said in found.message
