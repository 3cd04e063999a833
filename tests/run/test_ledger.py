"""A ledger gives what adding up all earlier payments gives, and runs ask it instead of the payments."""

import datetime
import pickle
import random
from collections import Counter

import pytest
from attrs import evolve

from rulelang.model.event import EarlierPayment, EarlierPayments, entry_of
from rulelang.model.ledger import Ledger
from tests.every import every

DAYS = [datetime.date(2024, 1, 1) + datetime.timedelta(number) for number in range(12)]
KEYS = (("calls", None), ("calls", "energy"), ("fund", None))


def payments(seed: int) -> EarlierPayments:
    """Some earlier payments in any order, a few of nothing."""
    chance = random.Random(seed)
    found = []
    for _ in range(chance.randrange(60)):
        step, segment = chance.choice(KEYS)
        whose = chance.choice([None, ("Z",), ("Y", "Z"), ("X",)])
        amount = chance.choice([0, chance.randrange(100)])
        found.append(EarlierPayment(chance.choice(DAYS), chance.choice("ABC"), step, segment, amount, defaulters=whose))
    return EarlierPayments(found)


@every(range(60))
def test_sums_are_those_of_the_payments(seed):
    paid, chance = payments(seed), random.Random(-seed)
    for _ in range(5):
        first, last = chance.choice(DAYS), chance.choice(DAYS)
        keys = tuple(chance.sample(KEYS, chance.randrange(1, 4)))
        counted = [one for one in paid if first <= one.date <= last and (one.step, one.segment) in keys]
        expected: Counter[str] = Counter()
        for one in counted:
            expected[one.payer] += one.amount
        if first <= last:
            assert dict(paid.ledger.paid(keys, first, last)) == +expected
        own = [one for one in paid if one.date <= last and (one.step, one.segment) in keys]
        whose: Counter[str] = Counter()
        for one in own:
            whose[one.payer] += one.amount if one.defaulters and "Z" in one.defaulters else 0
        found = paid.ledger.paid_for(keys, frozenset("Z"), last)
        assert +Counter(found) == +whose


def test_a_ledger_goes_with_its_payments():
    paid = payments(7)
    again = pickle.loads(pickle.dumps(paid))
    assert again == paid
    assert again.ledger.paid(KEYS, DAYS[0], DAYS[-1]) == paid.ledger.paid(KEYS, DAYS[0], DAYS[-1])
    assert EarlierPayments().ledger.paid(KEYS, DAYS[0], DAYS[-1]) == {}


@pytest.mark.parametrize("seed", range(20))
def test_what_is_entered_later_and_what_is_cancelled_count_as_if_they_had_been_known_at_once(seed):
    chance, before = random.Random(seed), payments(seed)
    ledger = Ledger.of(map(entry_of, before))
    ledger.paid(KEYS, DAYS[0], DAYS[-1])
    later = [evolve(one, date=DAYS[-1]) for one in payments(-seed)]
    ledger.enter(map(entry_of, later))
    known = [*before, *later]
    for one in chance.sample(known, len(known) // 4):
        ledger.reduce(entry_of(one))
        known.remove(one)
    whole = Ledger.of(map(entry_of, known))
    for first in DAYS:
        for last in DAYS:
            assert dict(ledger.paid(KEYS, first, last)) == dict(whole.paid(KEYS, first, last))
        assert ledger.paid_under("calls", first, DAYS[-1]) == whole.paid_under("calls", first, DAYS[-1])
        assert +Counter(ledger.paid_for(KEYS, frozenset("Z"), first)) == +Counter(
            whole.paid_for(KEYS, frozenset("Z"), first)
        )
