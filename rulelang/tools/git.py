"""Git, asked about a repository that may be anybody's: what it is called with, so that nothing of the repository runs.

A repository brings its own configuration, and some settings name commands.  Only ``rev-parse`` and ``cat-file`` are
called: both read objects and the index, and run neither filters, nor textconv, nor a pager, nor aliases.  What is left
of commands is switched off below, for this call alone; the user's own configuration and ``GIT_CONFIG_…`` stay as they
are otherwise.  Nothing is fetched: an object that a partial clone lacks is missing.  A Git before 2.45 does not know
``GIT_NO_LAZY_FETCH``, one before 2.38 not ``safe.bareRepository``: there fetching fails because no way of transport is
allowed, and :func:`require_repository` refuses what looks like a bare repository in a folder.
"""

import os
import shutil
import subprocess

from rulelang.base.diagnostic import ReadError, finding

_SETTINGS = {
    "core.fsmonitor": "false",  # a command that is run when the index is read
    "core.hooksPath": os.devnull,
    "core.sshCommand": "false",
    "core.gitProxy": "false",
    "core.askPass": "false",
    "protocol.allow": "never",
    "protocol.ext.allow": "never",
    "safe.bareRepository": "explicit",  # a folder of a clone may look like a repository, with settings of its own
}
_ENVIRONMENT = {
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_PROTOCOL_FROM_USER": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
_ADVICE = "write `REV:PATH`, the path from the root of the repository, as in `HEAD~1:rulebooks/ccp.rules`"
_VERIFY = ("rev-parse", "--verify", "--quiet")


def file_of(revision: str, path: str, name: str) -> bytes:
    """A file of a revision (of the index where it is empty); ``name`` is what diagnostics call it.

    Raises:
        ReadError: there is no repository that may be asked, no such revision, or no such file.
    """
    require_repository(name)
    if revision and _answer([*_VERIFY, f"{revision}^{{commit}}"], name) is None:
        raise unknown(name, f"the Git repository has no revision `{revision}`")
    where = f"in the revision `{revision}`" if revision else "among what is staged"
    found = _answer([*_VERIFY, f"{revision}:{path}"], name)
    if found is None:
        raise unknown(name, f"there is no file `{path}` {where}")
    data = _output(["cat-file", "blob", found], name)
    if data.returncode:
        kind = _answer(["cat-file", "-t", found], name)
        reason = (
            f"there is no file `{path}` {where}" if kind else "this clone has not fetched it, and nothing is fetched"
        )
        raise unknown(name, reason)
    return data.stdout


def top_folder(name: str) -> str | None:
    """The root of the working tree, if there is one, and not elsewhere because the repository's settings say so."""
    found = _answer(["rev-parse", "--show-toplevel"], name)
    own = found is not None and ("GIT_DIR" in os.environ or os.path.lexists(os.path.join(found, ".git")))  # noqa: PTH118
    return found if own else None


def require_repository(name: str) -> None:
    """Make sure that the folder is of a repository whose settings lie in a place that no clone can bring along.

    Raises:
        ReadError: it is not, or Git does not trust its owner.
    """
    done = _output(["rev-parse", "--is-inside-git-dir"], name)
    said = done.stderr.decode("utf-8", "replace")
    if done.returncode and "dubious ownership" in said:
        raise unknown(name, "the Git repository belongs to another user, whom Git does not trust (`safe.directory`)")
    inside = done.stdout.strip() == b"true" and "GIT_DIR" not in os.environ
    if inside or (done.returncode and "bare repository" in said):
        raise unknown(name, "a bare Git repository is not looked into, unless GIT_DIR names it")
    if done.returncode:
        raise unknown(name, "this is no folder of a Git repository")


def unknown(name: str, failure: str) -> ReadError:
    """The error for what Git does not find."""
    return ReadError([finding("unknown-revision", f"cannot read {name}: {failure}", help=_ADVICE)])


def _answer(arguments: list[str], name: str) -> str | None:
    """What Git prints, without the line end; ``None`` if it fails."""
    done = _output(arguments, name)
    return None if done.returncode else done.stdout.decode("utf-8", "surrogateescape").rstrip("\r\n")


def _output(arguments: list[str], name: str) -> "subprocess.CompletedProcess[bytes]":
    settings = [word for key, value in _SETTINGS.items() for word in ("-c", f"{key}={value}")]
    command = [_program(name), "--no-pager", *settings, *arguments]
    environment = {**os.environ, **_ENVIRONMENT}
    try:
        return subprocess.run(  # noqa: S603 - no shell
            command, capture_output=True, check=False, env=environment, stdin=subprocess.DEVNULL
        )
    except OSError:
        raise unknown(name, "Git is not installed, or cannot be started") from None
    except ValueError:
        raise unknown(name, "it holds a zero byte") from None


def _program(name: str) -> str:
    """The program, from the folders of PATH that are named in full: not from where the repository lies."""
    folders = [folder for folder in os.environ.get("PATH", os.defpath).split(os.pathsep) if os.path.isabs(folder)]  # noqa: PTH117
    found = shutil.which("git", path=os.pathsep.join(folders))
    if found is None or not os.path.isabs(found):  # noqa: PTH117 - elsewhere the folder itself is searched first
        raise unknown(name, "Git is not installed, or cannot be started")
    return found
