"""``rulelang studio``: the playground, on this machine or as static files."""

import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import click

from rulelang.base.diagnostic import ReadError, finding
from rulelang.base.files import Kind, kind_of
from rulelang.base.outputs import create, make_folder, remove_folder
from rulelang.base.source import readable
from rulelang.tools.files import RulelangPath
from rulelang.tools.studio.server import StudioServer
from rulelang.tools.studio.shared_folder import SharedFolder
from rulelang.tools.studio.site import Site, export, find_site


@click.command("studio")
@click.argument("folder", required=False, type=RulelangPath())
@click.option("--export", "exported", metavar="FOLDER", type=RulelangPath(), help="Write the page as static files.")
@click.option(
    "--port", type=click.IntRange(0, 65535), metavar="N", default=0, help="Listen on this port instead of a free one."
)
@click.option("--no-open", is_flag=True, help="Print the address and open no browser.")
def command(folder: str | None, exported: str | None, port: int, no_open: bool) -> int:
    r"""Open the playground: write, check, run and compare rulebooks in a page that runs the language itself.

    The page is served to this machine alone, at an address with a secret in it, until Ctrl-C; nothing leaves it. With
    FOLDER the page opens the rulebooks, events and tables in that folder, and saves to it what you ask it to save.

    --export writes the page for any web server, into a folder that is new or holds an earlier copy.

    \b
    Examples:
      rulelang studio
      rulelang studio my-ccp
      rulelang studio --export public/playground
    """
    if exported is not None and folder is not None:
        raise click.UsageError("--export writes the page alone: leave out the folder to open")
    site = find_site()
    if exported is not None:
        count = export(site, Path(exported))
        click.echo(f"wrote {count} files to {readable(exported)}")
        return 0
    return _serve(site, None if folder is None else _existing(folder), port, no_open=no_open)


def _existing(folder: str) -> Path:
    """The folder to open.

    Raises:
        ReadError: it is none.
    """
    if (kind := kind_of(Path(folder))) is not Kind.FOLDER:
        raise ReadError(
            [finding("unreadable-file", f"cannot open {readable(folder)}: it is {kind.value}, not a folder")]
        )
    return Path(folder)


def _serve(site: Site, folder: Path | None, port: int, *, no_open: bool) -> int:
    """Serve until Ctrl-C."""
    try:
        server = StudioServer(site, None if folder is None else SharedFolder(folder), port)
    except OSError as error:
        raise click.UsageError(f"cannot listen on port {port}: {(error.strerror or str(error)).lower()}") from None
    with server:
        click.echo(f"The playground is at {server.address}\nIt is served to this machine alone; Ctrl-C ends it.")
        with nullcontext() if no_open else _leading_to(server.address) as page:
            if page is not None:
                click.launch(page)
            try:
                server.serve_forever()
            except KeyboardInterrupt:
                click.echo("ended", err=True)
    return 0


@contextmanager
def _leading_to(address: str) -> Iterator[str]:
    """A file of this person alone that leads to the address: what a command is given, everybody on the machine sees."""
    folder = Path(tempfile.gettempdir()) / f"rulelang-studio-{secrets.token_hex(16)}"
    page = folder / "open.html"
    text = (
        f'<!doctype html><meta charset="utf-8"><meta name="referrer" content="no-referrer">'
        f'<meta http-equiv="refresh" content="0;url={address}"><a href="{address}">The playground</a>\n'
    )
    try:
        make_folder(folder)
        with create(page) as file:
            file.write(text.encode())
        yield str(page)
    finally:
        remove_folder(folder, [page.name])
