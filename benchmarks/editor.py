"""What an editor waits for: findings behind a key, hovers and completions, in texts of 100, 1,000 and 5,000 lines.

Messages are handed to the language server as a page does it, so that its decoding and encoding count and the way over a
pipe, and the 150 ms in which it waits for the next key, do not.  Garbage is collected as seldom as in the server, which
is a command: as often as Python does by itself, a pass over all that is in memory falls into a reading of 5,000 lines.
"""

import itertools
import json
from collections.abc import Callable
from statistics import median
from typing import Any

from benchmarks.measure import Goal, Report, collecting_seldom, main, ratio, rounds_of, times_of
from benchmarks.parse import rulebook
from rulelang.base.source import SourceText
from rulelang.check.rulebook import check_rulebook
from rulelang.lsp.server import make_server

LINES = (100, 1_000, 5_000)
MOST = 1.6
"""The goal: findings behind a key take at most so many times what reading and checking take."""
URI = "file:///folder/rulebook.rules"


class Editor:
    """An editor that types into one text and waits for the answers."""

    def __init__(self, text: str) -> None:
        """Open the text."""
        self.server, self.text, self.numbers, self.said = make_server(), text, itertools.count(1), ""
        self.server.protocol.set_writer(self, include_headers=False)
        capabilities: dict[str, Any] = {}
        self.ask(
            "initialize", processId=None, rootUri=None, capabilities=capabilities, initializationOptions={"debounce": 0}
        )
        document = {"uri": URI, "languageId": "rulelang", "version": 0, "text": text}
        self.put({"method": "textDocument/didOpen", "params": {"textDocument": document}})
        self.place = text.index("    finally ")
        self.line = text.count("\n", 0, self.place)

    def write(self, data: bytes) -> None:
        """Take an answer."""
        self.said = json.loads(data)

    def put(self, message: dict[str, Any]) -> None:
        """Hand in a message."""
        protocol = self.server.protocol
        protocol.handle_message(protocol.structure_message(json.loads(json.dumps({"jsonrpc": "2.0", **message}))))

    def ask(self, method: str, **params: object) -> None:
        """Hand in a request."""
        self.put({"id": next(self.numbers), "method": method, "params": params})

    def type(self, typed: str) -> None:
        """Type something before the end of the waterfall, another thing each time."""
        number = next(self.numbers)
        text = self.text[: self.place] + f"    {typed} {number}\n" + self.text[self.place :]
        change = {"textDocument": {"uri": URI, "version": number}, "contentChanges": [{"text": text}]}
        self.put({"method": "textDocument/didChange", "params": change})

    def at_place(self, method: str, column: int) -> None:
        """Ask about the line before."""
        position = {"line": self.line - 2, "character": column}
        self.ask(f"textDocument/{method}", textDocument={"uri": URI}, position=position)


def _sides(text: str, editor: Editor) -> dict[str, Callable[[], object]]:
    """What is measured of a text."""
    numbers, document = itertools.count(), {"textDocument": {"uri": URI}}
    return {
        "reading and checking": lambda: check_rulebook(SourceText.of(f"{text}# {next(numbers)}\n", "x")),
        "findings behind a key": lambda: editor.type("# typed"),
        "… in a line that is half typed": lambda: editor.type("tranche half paid by ( up"),
        "hover": lambda: editor.at_place("hover", 14),
        "completion": lambda: editor.at_place("completion", 14),
        "what each word is": lambda: editor.ask("textDocument/semanticTokens/full", **document),
        "hover, once more": lambda: editor.at_place("hover", 14),
    }


def run(quick: bool) -> Report:  # noqa: FBT001 - the form of every benchmark
    """Measure each answer, and what reading and checking the text alone take."""
    rows: list[tuple[str, ...]] = []
    times = 0.0
    for lines in LINES:
        text = rulebook(lines)
        sides = _sides(text, Editor(text))
        with collecting_seldom():
            rounds = rounds_of(sides, 3 if quick else 11)
        alone = rounds["reading and checking"]
        rows += [
            (f"{text.count(chr(10)):,} lines: {name}", f"{1000 * median(spent):.0f} ms", ratio(times_of(spent, alone)))
            for name, spent in rounds.items()
        ]
        times = max(times, times_of(rounds["findings behind a key"], alone))
    goal = Goal(f"findings behind a key take at most {MOST}x reading and checking", ratio(times), times <= MOST)
    return Report("What an editor waits for", ("text and answer", "processor time", "ratio"), tuple(rows), (goal,))


if __name__ == "__main__":
    main([run], __doc__ or "")
