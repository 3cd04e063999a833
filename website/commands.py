"""What the page of commands lists, from their help texts."""

import re
from collections.abc import Iterator

import click

from rulelang.tools.cli import COMMANDS, cli


def page() -> str:
    """The table of commands, and a section for each, in Markdown."""
    rows = "".join(f"| [`rulelang {name}`](#rulelang-{name}) | {said} |\n" for name, said in COMMANDS.items())
    return f"| command | what it does |\n| --- | --- |\n{rows}\n" + "\n".join(map(_section, COMMANDS))


def _section(name: str) -> str:
    context = click.Context(cli)
    command = cli.get_command(context, name)
    assert command is not None
    own = click.Context(command, info_name=f"rulelang {name}", parent=None)
    usage = " ".join(command.get_usage(own).removeprefix("Usage: ").split())
    parts = [f"## rulelang {name}\n", f"```text\n{usage}\n```\n", *_texts(command.help or "")]
    parts.append("| option | what it does |\n| --- | --- |\n" + "".join(_options(command, own)))
    return "\n".join(parts)


def _texts(text: str) -> Iterator[str]:
    """The paragraphs of a help text; those behind a mark stay line by line."""
    for paragraph in text.strip().split("\n\n"):
        lines = [line.strip() for line in paragraph.split("\n")]
        if lines[0] != "\b":
            yield _quoted(" ".join(lines)) + "\n"
        elif lines[1] == "Examples:":
            yield "```sh\n" + "\n".join(lines[2:]) + "\n```\n"
        else:
            yield "```text\n" + "\n".join(lines[1:]) + "\n```\n"


def _options(command: click.Command, context: click.Context) -> Iterator[str]:
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record is not None and record[1]:
            name, said = record
            yield f"| `{name}` | {_quoted(said).replace('|', chr(92) + '|')} |\n"


def _quoted(text: str) -> str:
    """A help text with its options and arguments as code, and nothing in it taken for markup."""
    pieces = re.split(r"(`[^`]*`)", " ".join(text.split()))
    return "".join(
        piece
        if piece.startswith("`")
        else re.sub(r"(?<![\w-])(--[a-z-]+|[A-Z][A-Z_]{2,}\b)", r"`\1`", piece).replace("<", "&lt;").replace("*", r"\*")
        for piece in pieces
    )
