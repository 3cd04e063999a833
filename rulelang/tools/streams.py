"""The standard streams and signals of a process, as whoever started it left them: closed, full, or about to stop it."""

import contextlib
import errno
import io
import os
import signal
import sys
from types import FrameType


class Stopped(BaseException):
    """A signal asks the process to end; what it has begun to write is removed on the way out."""

    def __init__(self, number: int) -> None:
        """Keep the number of the signal."""
        super().__init__(number)
        self.number = number


class _Unfailing(io.TextIOWrapper):
    """Standard error, where a message that cannot be written changes nothing of what a command does."""

    def write(self, text: str) -> int:
        with contextlib.suppress(OSError):
            return super().write(text)
        return len(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError):
            super().flush()


def settle_streams() -> None:
    """Make sure that there are three standard streams, so that no file that is opened takes the place of one.

    What reads from closed standard input, or writes to closed standard output, is refused by the system as ever; what
    is said on closed standard error is lost.
    """
    if sys.stdin is None:
        sys.stdin = _closed(os.O_WRONLY, "r")
    if sys.stdout is None:
        sys.stdout = _closed(os.O_RDONLY, "w")
    if sys.stderr is None:
        sys.stderr = _closed(os.O_WRONLY, "w")
    elif isinstance(sys.stderr, io.TextIOWrapper):
        buffer, encoding = sys.stderr.buffer, sys.stderr.encoding
        sys.stderr = _Unfailing(buffer, encoding, "backslashreplace", line_buffering=True)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a console that lacks a letter shows its code instead of failing
            stream.reconfigure(errors="backslashreplace")


def _closed(flags: int, mode: str) -> io.TextIOWrapper:
    """A stream on the null device, opened the other way round where a use of it is to fail."""
    stream = os.fdopen(os.open(os.devnull, flags), mode, encoding="utf-8")
    assert isinstance(stream, io.TextIOWrapper)
    return stream


def silence_output() -> None:
    """Lose what is left to be written to standard output, which takes no more, so that leaving does not fail again."""
    sys.stdout = _closed(os.O_WRONLY, "w")


def reason_of_output(error: OSError) -> str:
    """Why standard output takes no more."""
    return "standard output is closed" if error.errno == errno.EBADF else (error.strerror or str(error)).lower()


def settle_signals() -> None:
    """Let the signals that ask a process to end be an exception, after which everything is tidied up."""
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _stop)


def _stop(number: int, _frame: FrameType | None) -> None:
    signal.signal(number, signal.SIG_IGN)  # the way out is not to be cut short
    raise Stopped(number)


def end_by(number: int) -> None:
    """End the process as the signal would have done, so that whoever started it sees that."""
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
