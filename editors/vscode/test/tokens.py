"""Every token of the shipped texts with its class, as the parser reads it: one JSON line for each file."""

import json
import sys
from pathlib import Path

from rulelang.base.source import SourceText
from rulelang.syntax.recovery.automaton import machine

STARTS = {".rules": "rulebook", ".event": "event", ".history": "history"}
ROOT = Path(__file__).resolve().parents[3]
SHIPPED = (ROOT / "rulebooks", ROOT / "rulelang" / "tools" / "starter")


def main() -> None:
    """Write the lines."""
    for path in sorted(path for folder in SHIPPED for path in folder.rglob("*")):
        if path.suffix in STARTS:
            text = SourceText.of(path.read_text("utf-8"), path.name).text
            start = machine(STARTS[path.suffix])
            tokens = [(each.kind, each.start, each.end) for each in start.read(text, 0, start.bottom)]
            json.dump({"name": str(path.relative_to(ROOT)), "text": text, "tokens": tokens}, sys.stdout)
            sys.stdout.write("\n")


if __name__ == "__main__":
    main()
