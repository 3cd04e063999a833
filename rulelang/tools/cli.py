"""The command line: a thin shell over the other rooms; each command lives in a module of its own.

A command's module is imported only when the command runs, so that ``rulelang check`` does not pay for tables and
spreadsheets.  Exit codes: 0 clean; 1 findings, differences or failures; 2 wrong use; 3 input that cannot be read or
does not check; 4 unknown (a proof is neither found nor refuted); 5 an internal error.
"""

import contextlib
import gc
import os
import sys
from importlib import import_module

import click

from rulelang.base.diagnostic import InternalError, RulelangError
from rulelang.base.files import inputs_noted, unreadable
from rulelang.base.outputs import OutputError
from rulelang.base.render import render_text, wants_colour
from rulelang.tools.streams import Stopped, end_by, reason_of_output, settle_signals, settle_streams, silence_output

FINDINGS, USAGE, BAD_INPUT, UNKNOWN, INTERNAL, STOPPED = 1, 2, 3, 4, 5, 130
COMMANDS = {
    "check": "Check rulebooks, events and histories.",
    "fmt": "Lay rulebooks, events and histories out in the one standard way.",
    "run": "Run a rulebook against an event or a history: who pays how much.",
    "event": "Write a day of a history as an event of its own.",
    "prove": "Say what holds for all events, or show where it does not.",
    "diff": "Compare two versions of a rulebook.",
    "profile": "Say what everybody pays for every loss.",
    "when": "Say at which loss a payer or step comes to an amount.",
    "explain": "Explain a run in sentences, or a diagnostic by its code.",
    "statement": "Write a letter for each payer: what it pays and why.",
    "report": "Write a page for a risk committee, with the loss on a slider.",
    "sweep": "Run a rulebook for every row of a table of scenarios.",
    "size": "Say how large a given must be so that nothing is uncovered.",
    "replay": "Run one scenario of a table through the interpreter.",
    "summary": "Say what the results of a sweep come to.",
    "test": "Run the tests written in rulebooks.",
    "verify": "Run an audit record again and compare.",
    "library": "List the rulebooks that ship, or copy one.",
    "new": "Write a commented starter rulebook and event.",
    "inputs": "Say which data a rulebook needs, as files to fill in.",
    "studio": "Open the playground: a page that runs the language itself.",
    "lsp": "Serve editors: findings, hovers, completions as one types.",
    "completion": "Print the shell completion script.",
}


def unwrapped(text: str | None) -> str:
    """A help text whose examples stay line by line: raw docstrings hold the mark for that as two characters."""
    return (text or "").replace("\\b\n", "\b\n")


class _LazyGroup(click.Group):
    """Imports the module of a command when the command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"rulelang.tools.commands.{cmd_name}").command
        command.help = unwrapped(command.help)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from rulelang.base.suggest import did_you_mean

            near = did_you_mean(args[0], COMMANDS)
            ctx.fail(f"there is no command `{args[0]}`" + (f"; {near}" if near else ""))
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command, with a note of all that it reads: what would be written over that is wrong use."""
        with inputs_noted():
            try:
                return super().invoke(ctx)
            except OutputError as error:
                raise click.UsageError("; ".join(found.message for found in error.diagnostics)) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def _version(ctx: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from rulelang.base.version import __version__

        click.echo(f"rulelang {__version__}")
        ctx.exit()


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Print the version and stop."
)
def cli() -> None:
    r"""Write a CCP's default waterfall as text, check it, and run it to the last cent.

    \b
    Examples:
      rulelang new my-ccp
      rulelang check my-ccp
      rulelang run my-ccp/rulebook.rules my-ccp/events/first.event
      rulelang explain my-ccp/rulebook.rules my-ccp/events/first.event --payer ALPHA

    Exit codes: 0 clean, 1 findings or failures, 2 wrong use, 3 input that cannot be read or does not check,
    4 unknown (a proof that is not found), 5 internal error.
    """


cli.help = unwrapped(cli.help)


def main() -> None:
    """Run the command line and leave with its exit code."""
    settle_streams()
    settle_signals()
    code = _guarded()
    gc.freeze()  # when the interpreter is taken down nobody needs to look for cycles
    sys.exit(code)


def _guarded() -> int:  # noqa: C901 - one place turns every failure into an exit code
    """Run a command; whatever goes wrong becomes a message and an exit code, never a traceback."""
    stream = sys.stdout
    try:
        result = cli.main(standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Abort:
        click.echo("stopped", err=True)
        return STOPPED
    except click.ClickException as error:
        error.show()
        return USAGE
    except InternalError as error:
        show(error)
        return _report_internal("the input")
    except RulelangError as error:
        show(error)
        return BAD_INPUT
    except BrokenPipeError:
        silence_output()
        return 0
    except KeyboardInterrupt:
        return STOPPED
    except Stopped as error:
        silence_output()
        end_by(error.number)
        return 128 + error.number
    except SystemExit as error:
        if sys.stdout is not stream:  # click has met a broken pipe
            silence_output()
            return 0
        return error.code if isinstance(error.code, int) else INTERNAL
    except OSError as error:
        return _refused(error)
    except Exception as error:  # noqa: BLE001 - nothing leaves as a traceback
        return _unexpected(error)
    return result if isinstance(result, int) else 0


def _refused(error: OSError) -> int:
    """What the system refuses is no fault of ours; it names a file, or means standard output or the folder."""
    if os.environ.get("RULELANG_TRACEBACK"):
        raise error
    if isinstance(error, FileNotFoundError) and error.filename is None:  # standard output is always there
        click.echo("error[unreadable-file]: the folder in which the command runs is not there any more", err=True)
    elif error.filename is None:
        silence_output()
        click.echo(f"error[unwritable-file]: cannot write the output: {reason_of_output(error)}", err=True)
    else:
        show(unreadable(os.fsdecode(error.filename), error))
    return BAD_INPUT


def _unexpected(error: Exception) -> int:
    """What nobody foresaw, and what to do about it."""
    if os.environ.get("RULELANG_TRACEBACK"):
        raise error
    click.echo(f"internal error: {type(error).__name__}: {error}", err=True)
    return _report_internal("the input, and the output with RULELANG_TRACEBACK=1 set")


def _report_internal(what: str) -> int:
    click.echo(
        f"This is a fault of rulelang, not of your files; nothing was written. Please report it with {what}.", err=True
    )
    return INTERNAL


def show(error: RulelangError) -> None:
    """Render the diagnostics of an error on standard error."""
    text = render_text(error.diagnostics, colour=wants_colour(sys.stderr), width=terminal_width())
    click.echo(text, err=True, nl=not text.endswith("\n"))


def terminal_width() -> int:
    """The width to write for: that of the terminal, ``COLUMNS`` if set, 80 otherwise; from 40 to 200.

    As ``shutil.get_terminal_size`` finds it, which loads what packs archives and takes a twentieth of a short command.
    """
    columns = 0
    with contextlib.suppress(ValueError):  # no number, or one of thousands of digits
        columns = int(os.environ.get("COLUMNS", ""))
    if columns <= 0:
        columns = 80
        with contextlib.suppress(AttributeError, ValueError, OSError):  # no standard output, closed, or no terminal
            columns = os.get_terminal_size(sys.__stdout__.fileno()).columns or columns  # type: ignore[union-attr]
    return max(40, min(columns, 200))


if __name__ == "__main__":
    main()
