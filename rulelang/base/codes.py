"""The table of codes: every diagnostic the project can give, with its severity and one line that says what it is.

A code is a word that reads well after "allow".  Each has a page in ``docs/codes``, a reproducer and a test; a test
fails if one is missing.  Errors stop, warnings are findings that a rulebook may allow with a reason
(``# allow ccp-after-members: the rule says so``), notes are for information.
"""

from attrs import frozen


@frozen
class Code:
    """What a code stands for: its severity (``error``, ``warning`` or ``note``) and its title."""

    severity: str
    title: str


def _table(severity: str, text: str) -> dict[str, Code]:
    rows = (line.split(None, 1) for line in text.strip().splitlines() if line.strip())
    return {code: Code(severity, title.strip()) for code, title in rows}


CODES: dict[str, Code] = {
    **_table(
        "error",
        """
        unreadable-file          a file cannot be opened or read
        not-text                 a file is not UTF-8 text
        file-too-large           a file is larger than the language reads
        path-outside             a path leads outside the folder of the rulebook or event
        bidirectional-control    a control character that changes the direction of text
        unexpected-text          the text does not go on the way the language does
        nested-too-deeply        expressions stand inside each other more than 200 deep
        number-too-long          a number has more digits than any amount
        """,
    ),
}
