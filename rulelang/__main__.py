"""The program ``rulelang``, also as ``python -m rulelang``."""

import gc


def main() -> None:
    """Run the command line and leave with its exit code.

    A command lives for a moment and makes hardly any cycles: looking for them seldom, from before the first import on,
    is a tenth of the time of a short command.
    """
    gc.set_threshold(100_000, 50, 50)
    from rulelang.tools.cli import main as command_line

    command_line()


if __name__ == "__main__":
    main()
