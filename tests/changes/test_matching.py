"""Which step is which: the thresholds and ties that the pairs of ``tests/cases/changes`` do not come near to."""

from collections import Counter

import pytest

import rulelang
from rulelang.changes.edits.structure import compare_structure

BOOK = """rulebook "A"
currency EUR
members have
    x : money
    y : money
waterfall
    {}
    finally open
"""


def compared(old, new):
    return compare_structure(*(rulelang.parse_rulebook(BOOK.format("\n    ".join(steps))) for steps in (old, new)))


def kinds(old, new):
    return Counter(edit.kind for edit in compared(old, new).edits)


OWN = 'tranche own cite "1" paid by defaulters from x'
ALPHA = 'tranche alpha "Erste" cite "2" paid by ccp up to EUR 5'
BETA = 'tranche beta "Zweite" cite "2" paid by ccp up to EUR 5'


def test_steps_that_agree_in_every_clause_are_one_though_they_have_no_word_in_common():
    """Which is a likeness of three quarters exactly."""
    assert kinds([OWN, ALPHA], [OWN, BETA]) == {"step-renamed": 1, "title-changed": 1}
    assert compared([OWN, ALPHA], [OWN, BETA]).steps == {"own": "own", "alpha": "beta"}


def test_steps_that_are_a_little_less_alike_are_two():
    changed = BETA.replace("EUR 5", "EUR 5 + EUR 1")
    assert kinds([OWN, ALPHA], [OWN, changed]) == {"step-added": 1, "step-removed": 1}


def test_a_common_former_name_is_enough_but_a_former_name_that_is_a_name_goes_first():
    """``b`` and ``c`` have a former name in common; ``a`` is formerly ``c``, which says more."""
    old = [OWN, 'tranche b formerly z cite "2" paid by ccp up to EUR 5']
    new = [OWN, 'tranche c formerly z cite "2" paid by survivors from y up to EUR 9 in total shared equally']
    assert compared(old, new).steps == {"own": "own", "b": "c"}
    new.append('tranche a formerly b cite "3" paid by survivors from y up to EUR 7 in total shared equally')
    assert compared(old, new).steps == {"own": "own", "b": "a"}


@pytest.mark.parametrize(
    ("other", "reused"),
    [
        ('assessment alpha cite "3" paid by survivors up to x each shared equally', True),  # neither has a pot
        ('assessment alpha cite "3" paid by ccp up to EUR 9', False),  # the same payer
        ('tranche alpha cite "3" paid by survivors up to x each shared equally', False),  # the same kind
    ],
)
def test_a_name_is_reused_if_nothing_else_is_in_common_and_another_step_is_much_more_alike(other, reused):
    found = kinds([OWN, ALPHA], [OWN, BETA, other])
    assert (found["name-reused"] == 1) == reused


def test_reallocation_counts_when_steps_are_matched():
    """Of two steps that differ in it alone, the one that has it is the same."""
    text = 'assessment {} cite "2" paid by survivors up to x each shared pro rata to x{}'
    old = [OWN, text.format("a", " without reallocation")]
    new = [OWN, text.format("b", ""), text.format("c", " without reallocation")]
    assert compared(old, new).steps["a"] == "c"


def test_a_member_in_quotes_is_no_step_of_that_name():
    member = 'test "t" declared 2024-01-01 member "alpha" x = EUR 1 y = EUR 1 default of "alpha" loss EUR 1'
    old, new = (rulelang.parse_rulebook(f"{BOOK.format(step)}\n{member} expect outcome open") for step in (ALPHA, BETA))
    assert Counter(edit.kind for edit in compare_structure(old, new).edits) == {"step-renamed": 1, "title-changed": 1}


def test_limits_of_one_scope_are_paired_whatever_their_order():
    step = 'assessment a cite "2" paid by survivors up to {} up to {} shared pro rata to x'
    old, new = step.format("x each", "EUR 5 in total"), step.format("EUR 6 in total", "y each")
    changes = [(edit.old, edit.new) for edit in compared([OWN, old], [OWN, new]).edits]
    assert changes == [("up to EUR 5 in total", "up to EUR 6 in total"), ("up to x each", "up to y each")]


def test_a_test_that_reads_the_same_of_another_step_is_told_in_its_own_words():
    test = 'test "t" declared 2024-01-01 member Z x = EUR 1 y = EUR 1 default of Z loss EUR 1 expect alpha pays EUR 1'
    other = 'assessment alpha cite "3" paid by survivors up to x each shared equally'
    old, new = (rulelang.parse_rulebook(f"{BOOK.format(steps)}\n{test}") for steps in (ALPHA, f"{BETA}\n    {other}"))
    (found,) = (edit for edit in compare_structure(old, new).edits if edit.kind == "test-changed")
    assert found.old == found.new
    assert found.words == 'test "t" changed'
    assert found.brief == "test changed – reads the same, but a name in it means something else now"
