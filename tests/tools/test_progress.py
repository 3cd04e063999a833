"""The progress of long runs: rate and time left, and when a line is written."""

from rulelang.tools.progress import Counting, Rate, duration, progress

SECOND = 10**9


class Clock:
    def __init__(self):
        self.now = 5 * SECOND

    def __call__(self):
        return self.now


def test_rate_and_time_left_count_from_where_the_run_starts():
    clock = Clock()
    rate = Rate("scenarios", clock)
    clock.now += 7 * SECOND  # getting ready is no part of the rate
    assert rate.told(1000, 10_000) == "1,000 of 10,000 scenarios"
    clock.now += 2 * SECOND
    assert rate.told(2000, 10_000) == "2,000 of 10,000 scenarios, 500 a second, 0:00:16 left"
    assert rate.told(2000, None) == "2,000 scenarios, 500 a second"
    assert rate.told(2000, 1500) == "2,000 of 1,500 scenarios, 500 a second, 0:00:00 left"


def test_durations():
    assert [duration(n) for n in (0, 59, 60, 3661, 360_000)] == [
        "0:00:00",
        "0:00:59",
        "0:01:00",
        "1:01:01",
        "100:00:00",
    ]


def test_a_line_is_written_now_and_then(capsys):
    clock = Clock()
    lines = Counting(Rate("scenarios", clock))
    for second in range(31):
        lines(second * 100, 10_000)
        clock.now += SECOND
    assert [text.split(" of")[0] for text in capsys.readouterr().err.splitlines()] == ["1,000", "2,000", "3,000"]


def test_off_a_terminal_there_is_no_bar(capsys):
    with progress("scenarios") as told:
        told(1, 2)
    assert capsys.readouterr().err == ""
    with progress("scenarios", quiet=True) as told:
        assert told is None


def test_on_a_terminal_there_is_a_bar(monkeypatch):
    import io
    import sys

    class Terminal(io.StringIO):
        def isatty(self):
            return True

    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("TERM", "xterm")
    with progress("scenarios") as told:
        told(0, 10)
        told(7, 10)
    assert "7 of 10 scenarios" in terminal.getvalue()
