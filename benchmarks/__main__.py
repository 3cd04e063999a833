"""Run all benchmarks."""

from benchmarks import (
    comparison,
    earlier_payments,
    editor,
    history,
    interpreter,
    linear,
    parse,
    start,
    sweep,
    sweep_command,
)
from benchmarks.measure import main

if __name__ == "__main__":
    main(
        [
            comparison.run,
            earlier_payments.run,
            editor.run,
            history.run,
            interpreter.run,
            linear.run,
            parse.run,
            start.run,
            sweep.run,
            sweep_command.run,
        ],
        "Run all benchmarks.",
    )
