"""What moved and what kept its order, held against trying out every subsequence."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from rulelang.changes.match.ordering import kept_in_order, merged, paired

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
    order = list(merged(["x", "a", "y", "b", "c", "z"], ["N", "B", "A", "C"], pairs))
    olds, news = ["x", "a", "y", "b", "c", "z"], ["N", "B", "A", "C"]
    named = [(None if i is None else olds[i], None if j is None else news[j]) for i, j in order]
    assert named == [("x", None), (None, "N"), ("b", "B"), ("a", "A"), ("y", None), ("c", "C"), ("z", None)]


def test_equal_keys_are_paired_in_their_order_and_later_keys_take_what_is_left():
    olds, news = ["a1", "a2", "b1"], ["a9", "b1", "c3"]
    both = (olds, news)
    pairs = paired(olds, news, lambda *at: both[at[0]][at[1]], lambda *at: both[at[0]][at[1]][0])
    assert pairs == {"b1": "b1", "a1": "a9"}
    both = (["a1", "a2"], ["a8", "a9"])
    assert paired(*both, lambda *at: both[at[0]][at[1]][0]) == {"a1": "a8", "a2": "a9"}
