"""``rulelang lsp``: the language server, on standard input and output."""

import click

from rulelang.base.extras import require
from rulelang.tools.cli import FINDINGS


@click.command("lsp")
def command() -> int:
    r"""Serve editors: findings, hovers, completions, new names and runs by the Language Server Protocol.

    An editor starts it and speaks with it over standard input and output. It needs the packages of the extra `lsp`, as
    in pip install "rulelang[lsp]", in a checkout pip install '.[lsp]'.

    \b
    Examples:
      rulelang lsp
    """
    require("lsp")
    from rulelang.lsp.server import make_server

    return 0 if make_server().serve() else FINDINGS
