"""Classes of values: written once, they behave as those that attrs writes, and attrs makes them when it is asked."""

import itertools
import pickle
import pkgutil
import subprocess
import sys
import threading
from importlib import import_module

import attrs
import pytest

import rulelang.check
import rulelang.syntax
from rulelang.base.values import ComparedByValue, Gathering, evolve, part, types_of_parts
from rulelang.syntax import nodes


def fresh() -> tuple[type, type]:
    class Base(ComparedByValue):
        place: int = part(default=0, kw_only=True, eq=False, repr=False)

    class Pair(Base):
        left: str
        right: str = "r"
        more: list[int] = part(factory=list)

    return Base, Pair


def is_made(cls: type) -> bool:
    return isinstance(vars(cls)["__attrs_attrs__"], tuple)


def test_attrs_makes_a_class_and_its_bases_for_who_asks_for_its_fields():
    base, pair = fresh()
    value = pair("a", place=1)
    assert not is_made(base)
    assert not is_made(pair)
    assert attrs.evolve(value, left="b") == pair("b")
    assert is_made(base)
    assert is_made(pair)
    assert (
        [each.name for each in attrs.fields(pair)] == ["place", "left", "right", "more"] == list(types_of_parts(pair))
    )
    assert [each.name for each in attrs.fields(base)] == ["place"]
    assert attrs.has(fresh()[1])


def test_a_class_whose_base_is_made_is_as_before():
    base, pair = fresh()
    attrs.fields(base)
    assert not is_made(pair)
    assert pair("a", place=2).left == "a"


def test_attrs_makes_a_class_that_has_many_values():
    _, pair = fresh()
    values = [pair(str(number % 2), place=number) for number in range(400)]
    assert is_made(pair)
    assert values == [pair("0"), pair("1")] * 200
    assert [value.place for value in values] == list(range(400))


@pytest.mark.parametrize("made", [False, True])
def test_a_value_is_as_one_of_attrs_before_and_after_attrs_has_made_its_class(made):
    _, pair = fresh()
    first = pair("a", place=1)
    if made:
        attrs.fields(pair)
    second = pair(left="a", right="r", more=[], place=2)
    assert (first.left, first.right, first.more, first.place) == ("a", "r", [], 1)
    assert first == second
    assert first.more is not second.more
    assert repr(first) == repr(second) == f"{pair.__qualname__}(left='a', right='r', more=[])"
    assert first != pair("b")
    assert hash(pair("a", more=())) == hash(pair("a", more=(), place=3))
    for value, name in itertools.product((first, second), ("left", "other")):
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            setattr(value, name, "c")
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            delattr(value, name)
        match value:
            case pair(left, right):
                assert (left, right) == ("a", "r")


@pytest.mark.parametrize("made", [False, True])
def test_a_value_like_another_is_had_without_attrs(made):
    _, pair = fresh()
    if made:
        attrs.fields(pair)
    value = pair("a", more=[1], place=2)
    other = evolve(value, right="b")
    assert (other.left, other.right, other.more, other.place) == ("a", "b", [1], 2)
    assert is_made(pair) is made
    with pytest.raises(TypeError, match="middle"):
        evolve(value, middle=1)

    class Holder(ComparedByValue):
        value: int

    assert evolve(Holder(1), value=2) == Holder(2)


def test_what_gathers_takes_its_parts_changes_and_is_equal_to_itself_alone():
    class Sum(Gathering):
        start: int
        added: list[int] = part(factory=list)
        _last: int = 0

    one, other = Sum(1), Sum(start=1, added=[])
    one._last = 4
    one.added.append(4)
    assert (one.start, one.added, one._last) == (1, [4], 4)
    assert (other.added, other._last) == ([], 0)
    assert Sum(1) != Sum(1)
    assert len({one, other, one}) == 2
    with pytest.raises(TypeError, match="Sum"):
        Sum()


@pytest.mark.parametrize("made", [False, True])
def test_parts_that_lack_or_are_none_are_refused(made):
    _, pair = fresh()
    if made:
        attrs.fields(pair)
    for parts, named in [((), {}), (("a",), {"middle": 1}), ((), {"middle": 1}), (("a", "b", [], 1), {})]:
        with pytest.raises(TypeError, match="Pair"):
            pair(*parts, **named)


def test_several_threads_may_ask_for_the_fields_at_once():
    for _ in range(20):
        _, pair = fresh()
        together, made = threading.Barrier(4), []

        def make(pair: type = pair, together: threading.Barrier = together, made: list[object] = made) -> None:
            together.wait()
            made.append(attrs.evolve(pair("a"), right="b"))

        threads = [threading.Thread(target=make) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert made == [pair("a", "b")] * 4


def all_below(cls: type) -> list[type]:
    return [cls, *itertools.chain.from_iterable(map(all_below, cls.__subclasses__()))]


def test_no_class_of_values_says_field_for_part():
    for package in (rulelang.syntax, rulelang.check):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if module.name != "rulelang.syntax.make_tables":
                import_module(module.name)
    classes = [cls for cls in all_below(ComparedByValue)[1:] if cls.__module__.startswith("rulelang.")]
    assert len(classes) > 100
    for cls in classes:
        for name, default in cls._form.defaults.items():
            assert not type(default).__module__.startswith("attr"), f"{cls.__name__}.{name}"
        assert [each.name for each in attrs.fields(cls)] == list(types_of_parts(cls))


def test_a_value_from_another_process_is_as_it_was():
    written = pickle.dumps(nodes.Identifier("x", quoted=True))
    script = f"""
import pickle
from rulelang.syntax import nodes
value = pickle.loads({written!r})
match value:
    case nodes.Identifier(text, quoted):
        print(text, quoted)
try:
    value.text = "y"
except AttributeError:
    print(value == nodes.Identifier("x"))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("x True\nTrue\n", "")


def test_values_in_values_are_compared_however_deep_they_stand():
    class Chain(ComparedByValue):
        inner: object

    def chained(end):
        for _ in range(10_000):
            end = Chain((end,))
        return end

    assert chained(1) == chained(1)
    assert chained(1) != chained(2)
    assert Chain((1, 2)) != Chain((1,))


def test_a_value_is_equal_to_itself_without_a_look_at_its_parts():
    """A walk over a variable compares the turns of its pieces, which share one plan with the whole of its syntax."""

    class Silent:
        def __eq__(self, other):
            raise AssertionError(other)

        __hash__ = None

    _, pair = fresh()
    one = pair("l", (Silent(), pair("l")))
    assert one == one  # noqa: PLR0124 - that is what is asked
    assert pair("l", one) == pair("l", one)
    assert pair("l", one) != pair("m", one)
