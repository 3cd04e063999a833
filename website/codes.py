"""What the page of diagnostics lists, from the table of codes."""

from rulelang.base.codes import CODES

SEVERITIES = {
    "error": "Errors stop.",
    "warning": "A rulebook may allow a warning, with a reason: `# allow ccp-after-members: the rule says so`.",
    "note": "Notes are for information.",
}


def page() -> str:
    """A table of codes for each severity, in Markdown."""
    return "\n".join(_section(severity, said) for severity, said in SEVERITIES.items())


def _section(severity: str, said: str) -> str:
    rows = (f"| [`{code}`](../codes/{code}.md) | {of.title} |" for code, of in CODES.items() if of.severity == severity)
    return f"## {severity.capitalize()}s\n\n{said}\n\n| code | what it is |\n| --- | --- |\n" + "\n".join(rows) + "\n"
