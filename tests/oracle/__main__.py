"""The oracle as a command; the package's docstring says how to call it."""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import tests.oracle
from tests.oracle.compare import cases_below, compare_case, compare_folder, compare_history
from tests.oracle.generate import Case, generate, generate_history
from tests.oracle.random_history import HistoryCase


def main() -> int:
    """0 if all is well, 1 if something differs, 2 for wrong use, 3 if the case is an error."""
    parser = argparse.ArgumentParser("python -m tests.oracle", description=tests.oracle.__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("files", nargs="*", metavar="FILE", help="a rulebook and an event or a history")
    parser.add_argument("--random", type=int, metavar="N", help="compare on N random cases")
    parser.add_argument("--over-time", action="store_true", help="with the forms of the second edition")
    parser.add_argument("--histories", action="store_true", help="histories")
    parser.add_argument("--seed", type=int, default=1, help="the seed of the first of them")
    parser.add_argument("--cases", type=Path, metavar="FOLDER", help="compare on the cases below a folder")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="where differing random cases are written")
    arguments = parser.parse_args()
    if arguments.random is not None:
        return _report(_random(arguments))
    if arguments.cases is not None:
        return _report((str(folder), compare_folder(folder)) for folder in cases_below(arguments.cases))
    files = [Path(name) for name in arguments.files]
    history = bool(files) and files[-1].suffix == ".history"
    if len(files) not in ((1, 2) if history else (2,)):
        parser.error("give a rulebook and an event or a history, or --random or --cases")
    try:
        if history:
            result = tests.oracle.evaluate_history_files(files[-1], files[0] if len(files) == 2 else None)
        else:
            result = tests.oracle.evaluate_files(*files)
    except tests.oracle.OracleError as error:
        print(f"error: {error.kind}: {error}", file=sys.stderr)
        return 3
    json.dump(result, sys.stdout, indent=1, ensure_ascii=False)
    print()
    return 0


def _random(arguments: argparse.Namespace) -> Iterator[tuple[str, list[str]]]:
    for seed in range(arguments.seed, arguments.seed + arguments.random):
        case: Case | HistoryCase
        if arguments.histories:
            case = generate_history(seed)
            found = compare_history(case)
        else:
            case = generate(seed, arguments.over_time)
            found = compare_case(case)
        if found and arguments.keep is not None:
            case.write(arguments.keep / str(seed))
        yield f"seed {seed}", found


def _report(compared: Iterator[tuple[str, list[str]]]) -> int:
    total = differ = 0
    for name, found in compared:
        total += 1
        differ += bool(found)
        for line in found:
            print(f"{name}: {line}")
    print(f"{total} cases, {differ} differ")
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
