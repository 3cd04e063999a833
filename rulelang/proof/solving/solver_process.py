"""The process in which a solver works: it reads questions line by line and can be ended from outside at any time.

Each question is a JSON object: ``text`` starts a new problem (``null``: the last one goes on), ``values`` fixes some
variables for this question alone, ``names`` are the variables whose values are wanted, ``work`` bounds the steps that
the solver may take (the same on every machine) and ``seconds`` its time.  The answer is ``sat``, ``unsat`` or
``unknown``, with the values.
"""

import json
import sys
from typing import Any  # z3 has no types


def main() -> None:
    """Answer questions until there are no more."""
    solver = _Z3()
    for line in sys.stdin:
        try:
            answer = solver.answer(**json.loads(line))
        except Exception as error:  # noqa: BLE001 - whatever z3 raises, the question stays open
            answer = {"answer": "unknown", "values": {}, "error": str(error)[:500]}
        print(json.dumps(answer), flush=True)  # noqa: T201 - the answer


class _Z3:
    def __init__(self) -> None:
        import z3

        self.z3: Any = z3
        self.solver: Any = None
        self.done = 0

    def answer(
        self, text: str | None, values: dict[str, str | bool], names: dict[str, bool], work: int, seconds: int
    ) -> dict[str, Any]:
        z3 = self.z3
        if text is not None:
            self.solver = z3.SolverFor("QF_NRA" if "(set-logic QF_NRA)" in text else "QF_LRA")
            self.solver.set("random_seed", 0)
            self.solver.from_string(text)
        self.solver.set("rlimit", work)
        self.solver.set("timeout", seconds * 1000)
        self.solver.push()
        for name, value in values.items():
            is_truth = isinstance(value, bool)
            self.solver.add(z3.Bool(name) == value if is_truth else z3.Real(name) == z3.RealVal(value))
        answer = str(self.solver.check())
        found = {}
        if answer == "sat" and names:
            model = self.solver.model()
            for name, is_truth in names.items():
                variable = z3.Bool(name) if is_truth else z3.Real(name)
                value = model.eval(variable, model_completion=True)
                found[name] = z3.is_true(value) if is_truth else _rational(z3, value)
        self.solver.pop()
        return {"answer": answer, "values": found, "work": self._work()}

    def _work(self) -> int:
        """The steps of the last question, which are the same on every machine: z3 counts those of all questions."""
        counted = self.solver.statistics()
        now = next((counted.get_key_value(key) for key in counted.keys() if key == "rlimit count"), self.done)  # noqa: SIM118
        work, self.done = int(now) - self.done, int(now)
        return work


def _rational(z3: Any, value: Any) -> str:
    """A value as a fraction; one that is no rational number by its first digits."""
    exact = value if z3.is_rational_value(value) else value.approx(20)
    return f"{exact.numerator_as_long()}/{exact.denominator_as_long()}"


if __name__ == "__main__":
    main()
