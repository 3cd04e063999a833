"""``rulelang completion``: the script that lets a shell complete commands, options and files."""

import click
from click.shell_completion import get_completion_class


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> int:
    r"""Print the script with which a shell completes commands, options and names of files.

    \b
    Examples:
      rulelang completion bash > ~/.local/share/bash-completion/completions/rulelang
      rulelang completion zsh > ~/.zfunc/_rulelang
      rulelang completion fish > ~/.config/fish/completions/rulelang.fish
    """
    from rulelang.tools.cli import cli

    found = get_completion_class(shell)
    assert found is not None
    click.echo(found(cli, {}, "rulelang", "_RULELANG_COMPLETE").source())
    return 0
