"""Classes of values: made when first used, and then as attrs makes them."""

import pickle
import subprocess
import sys
import threading

import attrs
import pytest
from attrs import field

from rulelang.base.values import ComparedByValue
from rulelang.syntax import nodes


def fresh() -> tuple[type, type]:
    class Base(ComparedByValue):
        place: int = field(default=0, kw_only=True, eq=False, repr=False)

    class Pair(Base):
        left: str
        right: str = "r"

    return Base, Pair


def is_made(cls: type) -> bool:
    return isinstance(vars(cls)["__attrs_attrs__"], tuple)


def test_a_class_is_made_with_its_bases_by_its_first_value():
    base, pair = fresh()
    assert not is_made(base)
    assert not is_made(pair)
    value = pair("a", place=3)
    assert is_made(base)
    assert is_made(pair)
    assert (value.left, value.right, value.place) == ("a", "r", 3)


def test_a_class_is_made_by_who_asks_for_its_fields():
    base, pair = fresh()
    assert [part.name for part in attrs.fields(pair)] == ["place", "left", "right"]
    assert [part.name for part in attrs.fields(base)] == ["place"]
    assert attrs.has(fresh()[1])


def test_the_first_value_is_as_all_others():
    _, pair = fresh()
    first, second = pair("a", place=1), pair("a", "r", place=2)
    assert first == second
    assert hash(first) == hash(second)
    assert repr(first) == repr(second) == f"{pair.__qualname__}(left='a', right='r')"
    assert first != pair("b")
    assert attrs.evolve(first, left="b") == pair("b")
    for value in (first, second):
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            value.left = "c"
        match value:
            case pair(left, right):
                assert (left, right) == ("a", "r")


def test_what_a_first_value_lacks_is_said_as_for_others():
    _, pair = fresh()
    for _ in range(2):
        with pytest.raises(TypeError, match="missing 1 required positional argument: 'left'"):
            pair()
        with pytest.raises(TypeError, match="unexpected keyword argument 'middle'"):
            pair("a", middle="m")


def test_several_threads_may_need_the_first_value_at_once():
    for _ in range(20):
        _, pair = fresh()
        together, made = threading.Barrier(4), []

        def make(pair: type = pair, together: threading.Barrier = together, made: list[object] = made) -> None:
            together.wait()
            made.append(pair("a"))

        threads = [threading.Thread(target=make) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert made == [pair("a")] * 4


def test_a_value_from_another_process_may_be_the_first_of_its_class():
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
