"""The formulas are texts that any solver can be asked: two of them say the same."""

import pytest

from rulelang.proof.claims.questions import questions_of
from rulelang.proof.claims.verdict import Unknown
from rulelang.proof.settle import settle
from rulelang.proof.solving.solver import Solver, solver
from tests.proof.test_verdicts import rulebook

PATHS = ["major-ccp/rulebook.rules", "krx-derivatives/after-2014.rules", "changes/nscc-2018/before.rules"]


@pytest.mark.parametrize("path", PATHS)
def test_a_second_solver_finds_no_solution_either(path):
    program = rulebook(path)
    texts = [
        text
        for question in questions_of(program)
        if question.name.startswith("ensure.")
        for text in settle(question, [program]).formulas.values()
    ]
    assert texts
    assert set(map(said_by_cvc5, texts)) == {"unsat"}


def said_by_cvc5(text):
    cvc5 = pytest.importorskip("cvc5")
    asked = cvc5.Solver(cvc5.TermManager())
    asked.setOption("tlimit-per", "20000")
    parser = cvc5.InputParser(asked)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, f"{text}(check-sat)\n", "question")
    said = ""
    while not (command := parser.nextCommand()).isNull():
        said = command.invoke(asked, parser.getSymbolManager()).strip() or said
    return said


TEXT = "(set-logic QF_LRA)\n(declare-const |x| Real)\n(assert (< |x| 2.0))\n"


def test_a_solver_gives_values_and_goes_on_with_its_last_problem():
    asked = Solver()
    assert asked.ask(TEXT, 1, names={"x": False}).values["x"] < 2
    assert asked.ask(None, 1, values={"x": 3}).answer == "unsat"
    assert asked.ask(None, 1, values={"x": 1}).answer == "sat"
    asked.end()


def test_a_solver_that_was_ended_leaves_the_question_open_and_starts_again():
    asked = Solver()
    assert asked.ask(TEXT, 1).answer == "sat"
    asked.end()
    assert asked.ask(TEXT, 1).answer == "sat"
    asked.end()


def test_a_text_that_is_none_has_no_answer_but_what_is_wrong_with_it():
    answered = solver().ask("(assert nothing)", 1)
    assert answered.answer == "unknown"
    assert answered.error


def pigeons(number):
    """More pigeons than holes, one to a hole: what a solver tries for long, step by step."""
    rooms = [[f"|p{one}_{hole}|" for hole in range(number - 1)] for one in range(number)]
    lines = [f"(declare-const {name} Bool)" for row in rooms for name in row]
    lines += [f"(assert (or {' '.join(row)}))" for row in rooms]
    lines += [
        f"(assert (not (and {rooms[one][hole]} {rooms[other][hole]})))"
        for hole in range(number - 1)
        for one in range(number)
        for other in range(one)
    ]
    return "\n".join(["(set-logic QF_LRA)", *lines, ""])


def test_questions_together_take_no_more_work_than_they_may():
    asked = Solver()
    with asked.within(0.05):
        answers = [asked.ask(TEXT, 1).answer for _ in range(8)]
        assert asked.is_exhausted
    assert answers == ["sat"] * 5 + ["unknown"] * 3
    assert asked.ask(TEXT, 1).answer == "sat"
    with asked.within(0.02):
        assert asked.ask(pigeons(10), 0.1).answer == "unknown"
        assert asked.is_exhausted
    asked.end()


@pytest.mark.slow  # that questions together take no more work than they may is tried above
def test_a_question_that_would_take_long_is_left_open(monkeypatch):
    """It was tried for minutes: each formula had a limit, all of them together had none."""
    solver().end()  # how far a process gets hangs on what it was asked before
    program = rulebook("segmented-ccp/rulebook.rules")
    (question,) = [one for one in questions_of(program) if one.name == "larger-loss"]
    asked = []
    whole = Solver.ask
    monkeypatch.setattr(Solver, "ask", lambda self, *given, **more: (asked.append(1), whole(self, *given, **more))[1])
    settled = settle(question, [program], timeout=0.5)
    assert isinstance(settled.verdict, Unknown)
    assert settled.verdict.why == "out of time"
    assert len(asked) < 150


def test_a_process_that_was_ended_from_outside_is_replaced_and_leaves_no_pipe_open():
    asked = Solver()
    assert asked.ask(TEXT, 1).answer == "sat"
    before = asked._process
    before.kill()
    before.wait()
    assert asked.ask(TEXT, 1).answer == "sat"
    assert before.stdin.closed
    assert before.stdout.closed
    asked.end()
