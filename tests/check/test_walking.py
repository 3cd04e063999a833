"""Walking through a rulebook and its expressions: a kind of clause or expression that is new is not passed over."""

import pytest
from attrs import evolve

import rulelang
from rulelang.base.source import Span
from rulelang.check.expressions.walk import children, references, walk
from rulelang.syntax import nodes

TEXT = """
rulebook "A" version "1" currency EUR members have x : money if missing EUR 2
define d as x + EUR 7
waterfall
tranche a paid by survivors where x > EUR 0 from x up to EUR 3 each shared pro rata to x when loss > EUR 1
    in force from 2024-01-01 to 2025-01-01
ensure "e" for survivors where x > EUR 5: d > EUR 6
"""
NUMBER = nodes.NumberLiteral("1", span=Span(0, 1))


class NewExpression(nodes.Expression):
    first: nodes.Expression
    others: tuple[nodes.Expression, ...]


class NewPart(nodes.Node):
    value: nodes.Expression | None


class NewClause(nodes.Clause):
    words: str
    part: NewPart


def kinds(node: nodes.Node) -> list[str]:
    return [type(each).__name__ for each in children(node)]


def test_the_expressions_of_a_step_are_those_of_its_clauses_in_order():
    step = rulelang.parse_rulebook(TEXT).steps["a"].syntax
    assert kinds(step) == ["Comparison", "MoneyLiteral", "Reference", "Comparison", "DateLiteral", "DateLiteral"]


def test_the_expressions_of_a_rulebook_are_those_of_all_its_sections():
    program = rulelang.parse_rulebook(TEXT)
    amounts = {
        inner.digits
        for root in children(program.rulebook)
        for inner in walk(root)
        if isinstance(inner, nodes.MoneyLiteral)
    }
    assert amounts == set("0123567")


def test_what_stands_inside_a_new_kind_of_expression_is_found():
    name = nodes.Reference("x", span=Span(0, 1))
    node = NewExpression(NUMBER, (name, nodes.Negative(name, span=Span(0, 1))), span=Span(0, 0))
    assert kinds(node) == ["NumberLiteral", "Reference", "Negative"]
    assert references(node) == [name, name]


def test_what_stands_inside_a_new_kind_of_clause_is_found():
    step = rulelang.parse_rulebook(TEXT).steps["a"].syntax
    clauses = tuple(NewClause("w", NewPart(part, span=Span(0, 0)), span=Span(0, 0)) for part in (NUMBER, None))
    assert kinds(evolve(step, clauses=clauses)) == ["NumberLiteral"]


def test_what_a_step_reads_is_found_through_any_number_of_definitions():
    chain = "".join(f"define d_{level} as d_{level - 1} + EUR 1\n" for level in range(1, 3000))
    text = f"""rulebook "A" version "1" currency EUR members have x : money
define d_0 as used(b)
{chain}waterfall
tranche a paid by ccp up to d_2999
tranche b paid by ccp up to EUR 1
"""
    with pytest.raises(rulelang.CheckError) as caught:
        rulelang.parse_rulebook(text)
    found = [each for each in caught.value.diagnostics if each.code == "reads-ahead"]
    assert [each.message for each in found] == ["`a` reads `used(b)`, the result of a step that comes later"]
