"""Git in a repository of somebody else: nothing that its configuration names is run, and nothing is fetched."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.tools.test_cli import RULES

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="Git is not installed")
ALONE = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
WHO = ["-c", "user.name=A", "-c", "user.email=a@b", "-c", "init.defaultBranch=main", "-c", "core.fsmonitor=false"]


def git(*arguments, **more):
    command = ["git", *WHO, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **ALONE, **more})
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A repository with a command that says so when it is run."""
    monkeypatch.chdir(tmp_path)
    for name, value in ALONE.items():
        monkeypatch.setenv(name, value)
    Path("bin").mkdir()
    evil = Path("bin/evil")
    evil.write_text(f'#!/bin/sh\necho run "$@" >> {tmp_path}/pwned\ncat\n')
    evil.chmod(0o755)
    Path("work").mkdir()
    monkeypatch.chdir("work")
    git("init", "-q", ".")
    Path("a.rules").write_text(RULES)
    git("add", "a.rules")
    git("commit", "-q", "-m", "one")
    Path("new.rules").write_text(RULES.replace("EUR 3", "EUR 4"))
    return tmp_path


@pytest.fixture
def run(repository, in_process):
    return in_process


def nothing_ran(repository):
    assert not (repository / "pwned").exists(), (repository / "pwned").read_text()


SETTINGS = [
    "core.fsmonitor", "core.sshCommand", "core.pager", "core.editor", "core.askPass", "core.gitProxy", "pager.cat-file",
    "pager.rev-parse", "diff.external", "diff.x.textconv", "diff.x.command", "filter.x.smudge", "filter.x.clean",
    "filter.x.process", "credential.helper", "gpg.program", "core.alternateRefsCommand", "uploadpack.packObjectsHook",
    "alias.rev-parse", "alias.cat-file", "merge.x.driver", "interactive.diffFilter", "sequence.editor",
]  # fmt: skip


def test_no_command_of_a_repository_is_run(repository, run):
    evil = str(repository / "bin" / "evil")
    for setting in SETTINGS:
        value = f"!{evil}" if setting.startswith("alias") else evil
        git("config", "--file", ".git/included", setting, value)
    git("config", "include.path", "included")
    git("config", "core.hooksPath", str(repository / "bin"))
    Path(".git/hooks").mkdir(exist_ok=True)
    for hook in ("post-index-change", "reference-transaction", "fsmonitor-watchman", "post-checkout"):
        for folder in (Path(".git/hooks"), repository / "bin"):
            shutil.copy(evil, folder / hook)
    Path(".gitattributes").write_text("*.rules diff=x filter=x merge=x\n")
    for old in ("HEAD:a.rules", ":a.rules", "HEAD:./a.rules", "main:a.rules"):
        assert run("diff", old, "new.rules")[0] == 1, old
        assert run("diff", old, "a.rules")[0] == 0, old
    assert run("diff", "HEAD:none.rules", "a.rules")[0] == 3
    nothing_ran(repository)
    git("status", GIT_CONFIG_COUNT="1", GIT_CONFIG_KEY_0="core.fsmonitor", GIT_CONFIG_VALUE_0=evil)


def test_the_bait_is_taken_by_a_plain_call_of_git(repository):
    """So that the tests here can fail."""
    git("config", "core.fsmonitor", str(repository / "bin" / "evil"))
    subprocess.run(["git", "status"], capture_output=True, check=False)
    assert (repository / "pwned").exists()


def test_nothing_is_fetched_from_a_promised_remote(repository, run):
    blob = git("rev-parse", "HEAD:a.rules")
    (Path(".git/objects") / blob[:2] / blob[2:]).unlink()
    for name, value in (
        ("core.repositoryFormatVersion", "1"),
        ("extensions.partialClone", "origin"),
        ("remote.origin.promisor", "true"),
        ("remote.origin.url", f"ext::{repository}/bin/evil"),
        ("remote.origin.uploadpack", f"{repository}/bin/evil"),
        ("remote.origin.vcs", "evil"),
        ("protocol.ext.allow", "always"),
        ("protocol.allow", "always"),
    ):
        git("config", name, value)
    code, _, err = run("diff", "HEAD:a.rules", "new.rules")
    assert code == 3
    assert "nothing is fetched" in err
    nothing_ran(repository)
    git("config", "remote.origin.url", str(repository / "bin"))
    git("config", "--unset", "remote.origin.vcs")
    assert run("diff", "HEAD:a.rules", "new.rules")[0] == 3
    nothing_ran(repository)


def test_a_bare_repository_inside_a_clone_is_not_looked_into(repository, run, monkeypatch):
    bare = Path("rules")
    git("clone", "-q", "--bare", ".", "rules")
    shutil.copy("a.rules", bare)
    for settings in ({}, {"core.bare": "false", "core.worktree": "."}):
        for name, value in {**settings, "core.fsmonitor": str(repository / "bin" / "evil")}.items():
            git("config", "--file", "rules/config", name, value)
        with monkeypatch.context() as inside:
            inside.chdir(bare)
            for old in ("HEAD:a.rules", ":a.rules"):
                code, _, err = run("diff", old, "a.rules")
                assert code == 3
                assert "bare Git repository" in err
    nothing_ran(repository)
    git("config", "--file", "rules/config", "--unset", "core.worktree")
    monkeypatch.setenv("GIT_DIR", "rules")
    assert run("diff", "HEAD:a.rules", "a.rules")[0] == 0, "whoever names it may look into it"


def test_a_git_of_the_folder_is_not_run(repository, run, monkeypatch):
    shutil.copy(repository / "bin" / "evil", "git")
    monkeypatch.setenv("PATH", f".:{os.pathsep}{os.environ['PATH']}")
    assert run("diff", "HEAD:a.rules", "a.rules")[0] == 0
    nothing_ran(repository)


def test_the_users_own_settings_stay(repository, run, monkeypatch):
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "core.abbrev")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "nonsense")
    assert run("diff", "HEAD:a.rules", "a.rules")[0] == 3, "Git has seen the user's setting, and refuses it"
