"""What somebody waits for in the playground, in Chromium: the start, the first result, a finding, runs and profiles.

The page must be built (docs/playground.md) and its package on the path: ``PYTHONPATH=studio python -m
benchmarks.playground`` where it is not installed.  On the clock a figure counts only where nothing else runs; beside it
stands the processor time of all processes of the browser, in hundredths of a second.
"""

import contextlib
import gzip
import os
import time
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.measure import Goal, Report, main
from rulelang.base.diagnostic import RulelangError
from rulelang.tools.studio.site import find_site
from tests.report.browser import browser, lacking

TITLE, COLUMNS = "The playground in Chromium", ("what", "on the clock", "processor time")
MANY = "many.event"
READY, PLAIN, FINDING, WIRE = 3.0, 17.0, 0.3, 10_500_000
"""The goals: seconds, and bytes."""
WATCH = """
window.since = {};
const told = { ready: () => window.studio?.engine.ready, result: () => document.querySelector("#panel-pays .cell") };
const watch = setInterval(() => {
  for (const [name, there] of Object.entries(told)) if (!(name in since) && there()) since[name] = performance.now();
  if (Object.keys(told).every((name) => name in since)) clearInterval(watch);
}, 5);
"""
"""Notes when the page is ready, and when it shows who pays; it runs before the scripts of the page."""
TYPED = """
const there = arguments[0], marked = () => (document.querySelector("#left .cm-lintRange-error") !== null) === there;
window.taken = new Promise((done) => addEventListener("keydown", ({ timeStamp }) => {
  new MutationObserver((_, seen) => marked() && (seen.disconnect(), done(performance.now() - timeStamp)))
    .observe(document.getElementById("left"), { childList: true, subtree: true, attributes: true });
}, { capture: true, once: true }));
"""
ASKED = """
const [question, done] = arguments, files = { ...Object.fromEntries(studio.state.files), ...question.files };
files[studio.state.left] += `# ${performance.now()}\\n`;
const since = performance.now();
studio.engine.ask({ left: studio.state.left, ...question, files })
  .then((answer) => done([answer.told !== undefined, performance.now() - since]));
"""
TICKS = os.sysconf("SC_CLK_TCK")


class Browser:
    """A browser with the page, and what its processes cost."""

    def __init__(self, driver: Any, address: str) -> None:
        """Take note of every start."""
        self.driver, self.address = driver, address
        driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": WATCH})
        driver.set_script_timeout(60)

    def processes(self) -> list[int]:
        """The processes of the browser."""
        above = {}
        for place in Path("/proc").glob("[0-9]*"):
            try:
                above[int(place.name)] = int(_fields(int(place.name))[1])
            except OSError:
                continue
        found = [self.driver.service.process.pid]
        for process in found:  # which grows meanwhile
            found += [each for each, parent in above.items() if parent == process]
        return found[1:]

    def times(self) -> dict[int, float]:
        """The processor time of each so far, in seconds."""
        found = {}
        for process in self.processes():
            with contextlib.suppress(OSError):  # it has ended
                found[process] = sum(int(each) for each in _fields(process)[11:13]) / TICKS
        return found

    def spent(self, before: dict[int, float]) -> float:
        """The processor time since then of those that are still there, in seconds."""
        return sum(spent - before.get(process, 0.0) for process, spent in self.times().items())

    def resident(self) -> float:
        """The memory of the process that holds the page, in bytes."""
        return max(int(_fields(process)[21]) for process in self.processes()) * os.sysconf("SC_PAGE_SIZE")

    def start(self, more: str = "") -> tuple[float, float, float]:
        """Open the page: seconds until it is ready, until it shows who pays, and seconds of processors until then."""
        self.driver.get("about:blank")
        before = self.times()
        self.driver.get(self.address + more)
        while not self.driver.execute_script("return 'result' in window.since"):
            time.sleep(0.1)
        spent = self.spent(before)
        ready, result = self.driver.execute_script("return [since.ready / 1000, since.result / 1000]")
        time.sleep(2)
        return ready, result, spent

    def asked(self, rounds: int, **question: Any) -> tuple[float, float]:
        """Ask as if a key had been pressed before: the median on the clock, and the processor time of each."""
        before, taken = self.times(), []
        for _ in range(rounds):
            told, spent = self.driver.execute_async_script(ASKED, question)
            assert told
            taken.append(spent / 1000)
        return median(taken), self.spent(before) / rounds

    def found(self, rounds: int) -> float:
        """Seconds from a key that makes an error until it is marked: the median."""
        from selenium.webdriver.common.keys import Keys

        place = "v.state.doc.toString().indexOf(': money') + 7"
        self.driver.execute_script(
            f"const v = studio.editors.left.view; v.dispatch({{selection: {{anchor: {place}}}}}); v.focus()"
        )
        taken = []
        for _ in range(rounds):
            taken.append(self._marked("x", there=True))
            self._marked(Keys.BACKSPACE, there=False)
        return median(taken) / 1000

    def _marked(self, key: str, *, there: bool) -> float:
        """Milliseconds from a key until an error is marked, or marked no more."""
        from selenium.webdriver.common.action_chains import ActionChains

        self.driver.execute_script(TYPED, there)
        ActionChains(self.driver).send_keys(key).perform()
        taken: float = self.driver.execute_async_script("window.taken.then(arguments[0])")
        time.sleep(1)  # so that what follows a key has an end
        return taken


def _fields(process: int) -> list[str]:
    """What the system says of a process, from its state on."""
    return Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()


def members(text: str, count: int) -> str:
    """The event of so many members, each with a contribution of its own."""
    lines = [f"member M{number}\n    contribution = EUR {1_000_000 + number * 7919}\n" for number in range(count)]
    return text[: text.index("member FORTUM")] + "".join(lines) + "default of AAS loss EUR 150 million\n"


class Watched(dict[str, Path]):
    """The files of the page, and those of them that were asked for."""

    asked: frozenset[str] = frozenset()

    def get(self, name: str, default: Any = None) -> Any:
        """A file, as the server asks for it."""
        self.asked |= {name}
        return super().get(name, default)

    def packed(self) -> int:
        """The bytes over the wire, packed as a server packs them."""
        return sum(len(gzip.compress(self[name].read_bytes(), 6)) for name in self.asked & self.keys())


def questions(chromium: Browser) -> dict[str, dict[str, Any]]:
    """What is asked of the example that stands in the page, and of one with 100 members."""
    told = chromium.driver.execute_script(
        "return [studio.state.left, studio.state.event, ...studio.state.files].flat()"
    )
    left, event, texts = told[0], told[1], dict(zip(told[2::2], told[3::2], strict=True))
    many = {"event": MANY, "files": {MANY: members(texts[event], 100)}}
    return {
        "check of the rulebook and its event": {"ask": "check", "right": event},
        "check and run": {"ask": "run", "event": event},
        "check, run and profile": {"ask": "profile", "event": event},
        "check, 100 members": {"ask": "check", "right": MANY, "files": many["files"]},
        "check and run, 100 members": {"ask": "run", **many},
        "check, run and profile, 100 members": {"ask": "profile", **many},
        "two versions compared for every loss": {
            "ask": "compare",
            "event": event,
            "old": "old.rules",
            "files": {"old.rules": texts[left].replace("230%", "200%")},
        },
        "tests and what they reach": {"ask": "tests"},
    }


def run(quick: bool) -> Report:  # noqa: FBT001 - the form of every benchmark
    """Start the page both ways, type, and ask what its tabs ask."""
    try:
        site = Watched(find_site())
    except RulelangError as error:
        return Report(TITLE, COLUMNS, (), notes=(error.diagnostics[0].message,))
    if (why := lacking()) is not None:
        return Report(TITLE, COLUMNS, (), notes=(why,))
    from tests.studio.conftest import serving

    rounds = 3 if quick else 7
    with serving(site) as server, browser() as driver:
        chromium = Browser(driver, server.address)
        starts = {"without the memory": [chromium.start("?plain") for _ in range(rounds)]}
        wire = site.packed()
        starts["with the memory"] = [chromium.start() for _ in range(rounds)]
        found = chromium.found(rounds)
        answers = {name: chromium.asked(rounds, **question) for name, question in questions(chromium).items()}
        heap, resident = driver.execute_script("return studio.engine.heap"), chromium.resident()
    ready = {words: median(each[0] for each in all_of) for words, all_of in starts.items()}
    rows = [(f"until it is ready, {words}", f"{clock:.1f} s", "") for words, clock in ready.items()]
    for words, all_of in starts.items():
        clock, spent = (median(each[which] for each in all_of) for which in (1, 2))
        rows.append((f"until it shows who pays, {words}", f"{clock:.1f} s", f"{spent:.1f} s"))
    rows.append(("a finding after the last key", f"{1000 * found:.0f} ms", ""))
    rows += [(name, f"{1000 * clock:.0f} ms", f"{1000 * spent:.0f} ms") for name, (clock, spent) in answers.items()]
    notes = (
        f"the memory: {_memory(site).stat().st_size / 1e6:.1f} MB more over the wire",
        f"memory of the language: {heap / 1e6:.0f} MB; of the whole process of the page: {resident / 1e6:.0f} MB",
        f"the load of the machine was {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors",
    )
    goals = (
        _goal("ready with the memory", ready["with the memory"], READY),
        _goal("ready without the memory", ready["without the memory"], PLAIN),
        _goal("a finding after the last key", found, FINDING),
        Goal("at most 10.5 MB over the wire without the memory", f"{wire / 1e6:.1f} MB", wire <= WIRE),
    )
    return Report(TITLE, COLUMNS, tuple(rows), goals, notes)


def _memory(site: Watched) -> Path:
    return next(path for path in site.values() if path.name == "memory.bin")


def _goal(words: str, measured: float, most: float) -> Goal:
    return Goal(f"{words} within {most:g} s on the clock", f"{measured:.2f} s", measured <= most)


if __name__ == "__main__":
    main([run], __doc__ or "")
