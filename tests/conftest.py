"""What all tests share: where the project lies, how many random examples are tried, the option that rewrites."""

import gc
import os
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:  # behind an installed package, so that tests can run on a built wheel
    sys.path.append(str(ROOT))

# Hundreds of commands are started; each would compile the package anew, and each worker rewrite every assertion.
sys.dont_write_bytecode = os.environ.pop("PYTHONDONTWRITEBYTECODE", None) is None and sys.dont_write_bytecode

from tests import examples  # noqa: E402 - found from here on

gc.set_threshold(100_000, 50, 50)  # as a command does; ten thousand tests are many objects to look through each time


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--rewrite",
        action="store_true",
        help="write what the cases of tests/cases give as what is expected of them; read the difference afterwards",
    )
    parser.addoption(
        "--long",
        action="store_true",
        help="try ten times as many random examples, and ask the longest questions; takes hours",
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--long"):
        os.environ.setdefault(examples.VARIABLE, examples.LONG)
    elif config.getoption("-m") == "not slow":
        os.environ.setdefault(examples.VARIABLE, examples.QUICK)
    examples.settle_examples()


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out of the quick run, unread, what is slow as a whole: most of it imports much."""
    quick = config.getoption("-m") == "not slow" and collection_path.suffix == ".py"
    return True if quick and "\npytestmark = pytest.mark.slow" in collection_path.read_text("utf-8") else None


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Have each process of a parallel run go through tests that stand together.

    It imports, reads and caches for its own part of the folders alone, until it is done and takes over from another.
    """
    from xdist.scheduler import WorkStealingScheduling

    return WorkStealingScheduling(config, log) if config.getoption("dist") == "load" else None


def pytest_collection_finish() -> None:
    gc.freeze()  # the tests themselves stay until the end


Ran = tuple[int, str, str]
"""The exit code of a command, what it prints, and what it says beside."""


@pytest.fixture
def in_process(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Runs a command in this process, through the same door as the program."""
    from rulelang.tools import cli as shell

    def run(*arguments: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["rulelang", *map(str, arguments)])
        return shell._guarded(), *capsys.readouterr()

    return run


@pytest.fixture
def console(monkeypatch: pytest.MonkeyPatch, in_process: Callable[..., Ran]) -> Callable[..., Ran]:
    """Runs a command as it is typed, on a terminal so wide."""

    def run(line: str, columns: int, folder: Path = ROOT) -> Ran:
        monkeypatch.chdir(folder)
        monkeypatch.setenv("COLUMNS", str(columns))
        return in_process(*shlex.split(line)[1:])

    return run


@pytest.fixture
def rewrite(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--rewrite"))
