"""What moved and what kept its order, held against trying out every subsequence."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from rulelang.changes.match.ordering import each_once, kept_in_order, paired, side_by_side

orders = st.integers(0, 6).flatmap(lambda count: st.permutations(range(count)))


@given(orders)
def test_what_keeps_its_order_is_a_longest_common_subsequence(places):
    names = [[str(i)] for i in range(len(places))]
    kept = sorted(kept_in_order(places, names))
    rising = [
        chosen
        for size in range(len(places) + 1)
        for chosen in combinations(range(len(places)), size)
        if [places[i] for i in chosen] == sorted(places[i] for i in chosen)
    ]
    longest = [chosen for chosen in rising if len(chosen) == max(map(len, rising))]
    assert tuple(kept) == min(longest, key=lambda chosen: [names[i] for i in chosen])


@given(orders, st.randoms(use_true_random=False))
def test_what_keeps_its_order_is_the_same_from_both_sides(places, rng):
    names = [[word] for word in rng.sample("abcdefghij", len(places))]
    back = [places.index(i) for i in range(len(places))]
    there = kept_in_order(places, names)
    assert {places[i] for i in there} == kept_in_order(back, [names[i] for i in back])


def test_things_that_are_gone_stand_behind_what_they_stood_behind():
    pairs = {"a": "A", "b": "B", "c": "C"}
    olds, news = ({name: name for name in names} for names in ("xaybcz", "NBAC"))
    order = [("x", None), (None, "N"), ("b", "B"), ("a", "A"), ("y", None), ("c", "C"), ("z", None)]
    assert list(side_by_side((olds, news), pairs)) == order


def test_things_of_one_key_are_one_and_a_pair_of_which_one_side_is_missing_is_none():
    olds, news = {"a": 1, "b": 2}, {"b": 3, "c": 4}
    assert list(side_by_side((olds, news))) == [(1, None), (2, 3), (None, 4)]
    assert list(side_by_side((olds, news), {"a": "A", "b": "b", "z": "c"})) == [(1, None), (2, 3), (None, 4)]


def test_equal_keys_are_paired_in_their_order_and_later_keys_take_what_is_left():
    pairs = paired((["a1", "a2", "b1"], ["a9", "b1", "c3"]), lambda _, thing: thing, lambda _, thing: thing[0])
    assert list(pairs) == [("a1", "a9"), ("a2", None), ("b1", "b1"), (None, "c3")]
    assert list(paired((["a1", "a2"], ["a8", "a9"]), lambda _, thing: thing[0])) == [("a1", "a8"), ("a2", "a9")]


def test_of_ranked_pairs_each_thing_is_in_the_first_alone():
    assert each_once([("a", "B"), ("a", "A"), ("b", "B"), ("c", "A")]) == {"a": "B", "c": "A"}
