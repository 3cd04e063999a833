"""Which kind of runner a sweep takes: plain, with every set of defaulters, or of two versions."""

from rulelang.check.program import CheckedProgram
from rulelang.check.rulebook import check_rulebook
from rulelang.sweeps.runs.against import make_against_runner
from rulelang.sweeps.runs.cover import make_cover_runner
from rulelang.sweeps.runs.piece import Runner, Setup, make_runner


def runner_for(setup: Setup, program: CheckedProgram | None = None) -> Runner:
    """A runner of the kind that the options ask for, made from the text of the rulebook if need be.

    Raises:
        CheckError: a column does not fit, or the rulebook or event cannot be swept.
    """
    program = program or check_rulebook(setup.rulebook)
    if setup.against is not None:
        return make_against_runner(program, setup)
    if setup.options.cover is not None:
        return make_cover_runner(program, setup)
    return make_runner(program, setup)
