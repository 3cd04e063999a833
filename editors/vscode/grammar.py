"""Write the TextMate grammar of rulelang from the words of the parser's own tables, so that it cannot drift.

python editors/vscode/grammar.py writes syntaxes/rulelang.tmLanguage.json beside this file.  What a word is in its
place only the parser knows; where words serve two ends (`pool`, `open`), the language server's colours come on top.
"""

import json
import re
from collections.abc import Iterable
from pathlib import Path

from rulelang.base.json_values import JsonObject
from rulelang.syntax.pygments_lexer import CONSTANTS, DECLARATIONS, FUNCTIONS, STEPS, TYPES, WORDS
from rulelang.syntax.words import CAPITALISED, RESERVED

PATH = Path(__file__).parent / "syntaxes" / "rulelang.tmLanguage.json"

SECTIONS = """
    rulebook event history currency segments party given define limit period holidays members waterfall ensure assume
    test expect replenish recoveries under opening on together end
""".split()
OF_A_RUN = ["total_paid", "loss", "remaining", "declared", "leaving"]
NAME = r"[a-z][a-z0-9_]*"


def any_of(words: Iterable[str]) -> str:
    """One of these words, whole."""
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    return rf"(?<![\w.-])(?:{'|'.join(map(re.escape, longest_first))})(?![\w-])"


def rule(scope: str, match: str) -> JsonObject:
    """A pattern whose whole match has one scope."""
    return {"name": f"{scope}.rulelang", "match": match}


def parts(match: str, *scopes: str) -> JsonObject:
    """A pattern whose groups have a scope each."""
    captures = {str(number): {"name": f"{scope}.rulelang"} for number, scope in enumerate(scopes, start=1)}
    return {"match": match, "captures": captures}


def grammar() -> JsonObject:
    """The grammar: comments and texts first, then what a word before it makes a name, then words, then names."""
    steps = sorted({*STEPS, "end", "together"})
    special = {*SECTIONS, *steps, *TYPES, *CONSTANTS, *OF_A_RUN}
    no_names = WORDS & RESERVED
    return {
        "name": "rulelang",
        "scopeName": "source.rulelang",
        "patterns": [
            parts(r"(#\s*allow)\s+([a-z-]+)(.*)$", "comment.line", "constant.other.code", "comment.line"),
            rule("comment.line.number-sign", "#.*$"),
            {"name": "string.quoted.double.rulelang", "begin": '"', "end": '"|$'},
            parts(rf"({any_of(STEPS)})\s+({NAME})", "keyword.control.step", "entity.name.function.step"),
            parts(rf"({any_of(DECLARATIONS)})\s+({NAME})", "keyword.other.declaration", "entity.name.variable"),
            parts(rf"^\s*({NAME})\s*(?=:(?!\s*$))", "variable.other.property"),
            parts(rf"(?<![\w.-])(?!total_paid\b)({NAME})(?=[ \t]*=)", "variable.other.property"),
            parts(
                rf"(?<![\w.-])(expect)((?:\s+on\s+[-0-9]+)?)\s+(?!{any_of(no_names)})({NAME})(?=\s+(?:pays|owes|holds)\b)",
                "keyword.other.section",
                "constant.other.date",
                "variable.other",
            ),
            parts(rf"(?<![\w.-])(under|repay)\s+({NAME})", "keyword.other", "variable.other"),
            parts(
                rf"(?<![\w.-])(used|unused|paid|open|start|defaults)\s*\(\s*({NAME})",
                "support.function",
                "variable.other",
            ),
            parts(
                rf"(!=|<=|>=|[-+*/=<>])\s+(?!{any_of(no_names)})({NAME})(?=\s*(?:$|[#)]))",
                "keyword.operator",
                "variable.other",
            ),
            rule("constant.other.date", r"\b[0-9]{4}-[0-9]{2}-[0-9]{2}\b"),
            parts(
                r"\b([A-Z][A-Z0-9]{2,9})\s+([0-9][0-9_]*(?:\.[0-9_]+)?)",
                "support.constant.currency",
                "constant.numeric.money",
            ),
            rule("constant.numeric", r"\b[0-9][0-9_]*(?:\.[0-9_]+)?%?"),
            rule("storage.type", any_of(TYPES)),
            rule("support.function", rf"{any_of(FUNCTIONS)}(?=\s*\(|\s+of\b|\s+[0-9]+\s+of\b)"),
            rule("keyword.other.section", any_of(SECTIONS)),
            rule("keyword.control.step", any_of(steps)),
            rule("constant.language", any_of(CONSTANTS)),
            rule("variable.language", any_of(OF_A_RUN)),
            rule("keyword.other", any_of(WORDS - special)),
            rule("entity.name.tag.member", rf"\b{CAPITALISED}"),
            rule("variable.other", rf"\b{NAME}\b"),
            rule("keyword.operator", r"!=|<=|>=|[-+*/=<>]"),
        ],
    }


def written() -> str:
    """The text of the file."""
    return json.dumps(grammar(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    PATH.write_text(written(), encoding="utf-8")
