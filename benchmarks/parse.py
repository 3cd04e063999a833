"""Reading and checking a long rulebook against Lark alone, which makes a plain tree of the same text.

The rulebook of a thousand lines is generated: fields, givens, definitions, steps of all kinds, invariants, and tests
with the event written in them.  Beside it stand a short one and one five times as long, the same text with a syntax
error and with forty, the standard layout, and all shipped rulebooks, for a thousand of their lines.
"""

from collections.abc import Callable, Iterator

import lark

from benchmarks.measure import Goal, Report, main, ratio, seconds_each
from rulelang.base.diagnostic import ReadError
from rulelang.base.files import data_folder
from rulelang.base.source import SourceText
from rulelang.check.rulebook import check_rulebook, checked_program
from rulelang.syntax.format.printer import format_text
from rulelang.syntax.read import parse_rulebook
from rulelang.syntax.tables import START_RULES

LINES = 1_000
MOST_SECONDS, MOST = 0.08, 1.0
"""The goal: reading and checking take at most so much processor time, or so many times what Lark alone takes."""
LINEAR = 1.6
"""A line of a text five times as long takes at most so many times the time."""
_KINDS = ("absent", "poor", "good")


def rulebook(lines: int = LINES) -> str:
    """A rulebook of so many lines (a few more, so that its last part is whole)."""
    services, text = 1, _services(1)
    while text.count("\n") < lines:
        services += 1
        text = _services(services)
    return text


def _services(count: int) -> str:
    """A rulebook with so many services, which come one after the other."""
    text = [
        "# A generated rulebook: no clearing house has one like it.",
        'rulebook "Generated" version 2018-09-01 cite "Generated rules"',
        "currency EUR",
        "",
        "members have",
        "    bid : one of absent, poor, good   if missing good",
    ]
    for number in range(count):
        text.append(f'    margin_{number}       : money   "margin of service {number}"  if missing EUR 0')
        text.append(f'    contribution_{number} : money   "contribution to service {number}"  if missing EUR 0')
        text.append(f"    gain_{number}         : signed money  if missing EUR 0")
    for number in range(count):
        text += _definitions(number)
    text += ["", 'waterfall "Default of a clearing member" cite "Rules, ch. 6"']
    for number in range(count):
        text += _own_steps(number)
    for number in range(count):
        text += _steps(number)
    text.append('    finally service_closure "Service closure" cite "Rules, 9"')
    for number in range(count):
        text += _invariant_and_test(number)
    return "\n".join(text) + "\n"


def _definitions(number: int) -> Iterator[str]:
    yield ""
    yield f'given capital_{number} : money  "capital of the CCP for service {number}"  if missing EUR 0'
    yield f"define fund_{number} as sum of contribution_{number} over survivors"
    yield f'    "the default fund of service {number}"  cite "Rules, 3.{number}"'
    yield f"define call_{number} as if fund_{number} > EUR 40 million then 100% of contribution_{number}"
    yield f"    else min(150% of contribution_{number}, EUR 5 million)"


def _own_steps(number: int) -> Iterator[str]:
    yield ""
    yield f'    tranche margin_step_{number} "Margin" cite "Rules, 6.{number}(a)"'
    yield f"        paid by defaulters from margin_{number}"
    yield f'    tranche own_{number} "Own contribution" cite "Rules, 6.{number}(b)"'
    yield f"        paid by defaulters from contribution_{number}"


def _steps(number: int) -> Iterator[str]:
    yield ""
    yield f'    tranche junior_{number} "Junior capital" cite "Rules, 6.{number}(c)"'
    yield f"        paid by ccp from capital_{number}"
    yield f"        up to max(25% of fund_{number}, EUR 1_000_000)   # never less than a million"
    yield f'    tranche fund_draw_{number} "Default fund" cite "Rules, 6.{number}(d)"'
    yield f"        paid by survivors from contribution_{number}"
    yield "        in order of bid: absent then poor then good"
    yield f"        shared pro rata to contribution_{number}"
    yield f'    assessment calls_{number} "Assessments" cite "Rules, 6.{number}(e)"'
    yield f"        when fund_{number} > EUR 1 million and count of survivors >= 2"
    yield "        paid by survivors"
    yield f"        up to call_{number} each"
    yield f"        up to 200% of contribution_{number} each in any 90 days"
    yield f"        shared pro rata to contribution_{number}"
    yield f'    haircut vmgh_{number} "Gains haircutting" cite "Rules, 6.{number}(f)"'
    yield f"        paid by survivors where gain_{number} > EUR 0"
    yield f"        up to 50% of gain_{number} each"
    yield "        shared pro rata to limits"


def _invariant_and_test(number: int) -> Iterator[str]:
    yield ""
    yield f'ensure "the fund of service {number} pays after the capital":'
    yield f"    used(fund_draw_{number}) = EUR 0 or unused(junior_{number}) = EUR 0"
    yield f'    cite "Rules, 7.{number}"'
    yield f'test "service {number} alone"'
    yield "    declared 2018-09-11"
    yield f"    given capital_{number} = EUR 7 million"
    for member, bid in zip(("ALFA", "BETA", "GAMMA"), _KINDS, strict=True):
        yield f'    member {member} "Bank {member.title()}"  bid = {bid}'
        yield f"        margin_{number} = EUR 250_000"
        yield f"        contribution_{number} = EUR 12.5 million"
    yield "    default of ALFA loss EUR 40_000_000.01"
    yield f"    expect BETA pays EUR 12.5 million under fund_draw_{number}"
    yield "    expect uncovered EUR 0"


def run(quick: bool) -> Report:  # noqa: FBT001 - the form of every benchmark
    """Measure Lark alone, and what reading and checking add to it."""
    text = rulebook()
    source = SourceText.from_text(text)
    tree = parse_rulebook(source)
    grammar = (data_folder("grammar") / "rulelang.lark").read_text(encoding="utf-8")
    plain = lark.Lark(
        grammar, parser="lalr", start=list(START_RULES), maybe_placeholders=True, propagate_positions=True
    )
    short, long = rulebook(100), rulebook(5 * LINES)
    shipped = [SourceText.from_text(path.read_text("utf-8")) for path in data_folder("rulebooks").glob("*/*.rules")]
    sides: dict[str, Callable[[], object]] = {
        "Lark alone": lambda: plain.parse(text, start="rulebook"),
        "reading (parse_rulebook)": lambda: parse_rulebook(source),
        "checking (checked_program)": lambda: checked_program(source, tree),
        _BOTH: lambda: check_rulebook(SourceText.from_text(text)),
        "… with a syntax error": lambda: _refuse(_with_errors(text, 1)),
        "… with forty of them": lambda: _refuse(_with_errors(text, 40)),
        "the standard layout": lambda: format_text(source),
        "reading and checking 100 lines": lambda: check_rulebook(SourceText.from_text(short)),
        "reading and checking 5,000 lines": lambda: check_rulebook(SourceText.from_text(long)),
        "all shipped rulebooks": lambda: [check_rulebook(each) for each in shipped],
    }
    seconds = seconds_each(sides, 5 if quick else 25)
    lines = dict.fromkeys(sides, len(text.splitlines()))
    lines["reading and checking 100 lines"] = len(short.splitlines())
    lines["reading and checking 5,000 lines"] = len(long.splitlines())
    lines["all shipped rulebooks"] = sum(len(each.text.splitlines()) for each in shipped)
    each_line = {name: spent / lines[name] for name, spent in seconds.items()}
    rows = tuple(
        (name, f"{1_000 * spent:.1f}", f"{1e6 * each_line[name]:.1f}", ratio(each_line[name] / each_line["Lark alone"]))
        for name, spent in seconds.items()
    )
    times, longer = seconds[_BOTH] / seconds["Lark alone"], each_line["reading and checking 5,000 lines"]
    linear = longer / each_line[_BOTH]
    goals = (
        Goal(
            f"1,000 lines are read and checked in at most {1_000 * MOST_SECONDS:.0f} ms, or {ratio(MOST)} Lark alone",
            f"{1_000 * seconds[_BOTH]:.0f} ms, {ratio(times)}",
            seconds[_BOTH] <= MOST_SECONDS or times <= MOST,
        ),
        Goal(f"5,000 lines take at most {LINEAR}x the time for each line", ratio(linear), linear <= LINEAR),
    )
    title = f"Reading and checking a rulebook of {len(text.splitlines()):,} lines"
    return Report(title, ("side", "ms", "ms for 1,000 lines", "for each line"), rows, goals)


_BOTH = "reading and checking"


def _with_errors(text: str, count: int) -> str:
    """The text with a wrong word on so many of its lines."""
    return text.replace("paid by survivors", "payed by survivors", count)


def _refuse(text: str) -> None:
    """Read a text with errors."""
    try:
        parse_rulebook(SourceText.from_text(text))
    except ReadError:
        return
    raise AssertionError


if __name__ == "__main__":
    main([run], __doc__ or "")
