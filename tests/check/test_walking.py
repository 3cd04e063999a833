"""Walking through a step and its expressions: a kind of clause or expression that is new is not passed over."""

import attrs
import pytest

import rulelang
from rulelang.base.source import Span
from rulelang.check.expressions.walk import children
from rulelang.check.order import step_expressions
from rulelang.syntax import nodes

TEXT = """
rulebook "A" version "1" currency EUR members have x : money waterfall
tranche a paid by survivors where x > EUR 0 from x up to EUR 3 each shared pro rata to x when loss > EUR 1
"""


class NewExpression(nodes.Expression):
    pass


class NewClause(nodes.Clause):
    pass


def test_the_expressions_of_a_step_are_those_of_its_clauses_in_order():
    step = rulelang.parse_rulebook(TEXT).steps["a"]
    kinds = [type(node).__name__ for node in step_expressions(step)]
    assert kinds == ["Comparison", "MoneyLiteral", "Reference", "Comparison"]


def test_a_new_kind_of_expression_is_not_passed_over():
    with pytest.raises(AssertionError):
        children(NewExpression(span=Span(0, 0)))


def test_a_new_kind_of_clause_is_not_passed_over():
    step = rulelang.parse_rulebook(TEXT).steps["a"]
    syntax = attrs.evolve(step.syntax, clauses=(*step.syntax.clauses, NewClause(span=Span(0, 0))))
    with pytest.raises(TypeError):
        list(step_expressions(attrs.evolve(step, syntax=syntax)))
