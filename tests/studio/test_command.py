"""`rulelang studio`: what it says without its package, the copy it writes, and that it ends when asked to."""

import os
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import click
import pytest
import rulelang_studio
from click.testing import CliRunner

from rulelang.base.diagnostic import RulelangError
from rulelang.tools.cli import cli
from rulelang.tools.studio import site as sites
from rulelang.tools.studio.server import StudioServer
from tests.conftest import ROOT
from tests.studio.conftest import PAGE


@pytest.fixture
def studio(static, monkeypatch):
    """The command, with a small page in the place of the built one."""
    monkeypatch.setattr(rulelang_studio, "STATIC", static)
    return lambda *words: CliRunner().invoke(cli, ["studio", *map(str, words)])


def test_without_the_package_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(sites, "PACKAGE", "rulelang_studio_is_missing")
    found = CliRunner().invoke(cli, ["studio"]).exception
    assert isinstance(found, RulelangError)
    assert found.diagnostics[0].code == "missing-extra"
    assert "pip install rulelang-studio" in found.diagnostics[0].helps[0]


def test_a_checkout_without_the_built_page_says_how_to_build_it(monkeypatch, tmp_path):
    monkeypatch.setattr(rulelang_studio, "STATIC", tmp_path / "static")
    found = CliRunner().invoke(cli, ["studio"]).exception
    assert isinstance(found, RulelangError)
    assert "node build.mjs" in found.diagnostics[0].helps[0]


def held(folder):
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()}


def test_the_page_is_written_as_it_is(studio, static, tmp_path):
    out = tmp_path / "new" / "public"
    done = studio("--export", out)
    assert (done.exit_code, done.output) == (0, f"wrote {len(PAGE) + 1} files to {out}\n")
    assert held(out) == held(static)
    assert set(held(out)) == {*PAGE, "manifest.json"}


def test_a_later_copy_takes_the_place_of_an_earlier_one(studio, static, tmp_path):
    out = tmp_path / "public"
    studio("--export", out)
    (static / "app.js").write_text("export const later = 1")
    (static / "docs" / "example.rules").write_text("later\n")
    (static / "pyodide" / "run.wasm").unlink()
    assert studio("--export", out).exit_code == 0
    assert held(out) == held(static)
    assert not (out / "pyodide").exists()


@pytest.mark.parametrize("name", ["mine.txt", "pyodide/mine.txt", ".hidden", "index.html", "docs/example.rules"])
@pytest.mark.parametrize("earlier", [True, False])
def test_a_folder_with_anything_else_in_it_stays_as_it_is(studio, tmp_path, name, earlier):
    out = tmp_path / "public"
    if earlier:
        studio("--export", out)
    (out / name).parent.mkdir(parents=True, exist_ok=True)
    (out / name).write_text("mine")
    before = held(out)
    done = studio("--export", out)
    assert done.exit_code == 2
    assert "nothing of others is overwritten" in done.output
    assert held(out) == before


def test_a_list_that_somebody_else_made_is_no_licence(studio, tmp_path):
    out = tmp_path / "public"
    out.mkdir()
    (out / "manifest.json").write_text('{"files": {"index.html": {}}}')
    assert studio("--export", out).exit_code == 2
    (out / "manifest.json").write_text("[1]")
    assert studio("--export", out).exit_code == 2


def test_the_page_is_not_written_over_itself(studio, static):
    before = held(static)
    assert studio("--export", static).exit_code == 2
    assert held(static) == before


def test_a_file_is_no_folder(studio, tmp_path):
    (tmp_path / "file").write_text("mine")
    assert studio("--export", tmp_path / "file").exit_code == 2
    assert "not a folder" in str(studio(tmp_path / "file").exception.diagnostics[0].message)
    assert "nothing, not a folder" in str(studio(tmp_path / "none").exception.diagnostics[0].message)
    assert studio(tmp_path, "--export", tmp_path / "out").exit_code == 2


def test_it_serves_until_it_is_asked_to_end(static, tmp_path):
    (tmp_path / "rulelang_studio.py").write_text(f"from pathlib import Path\nSTATIC = Path({str(static)!r})\n")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])}
    started = (  # who runs the tests in the background has the signal ignored
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from rulelang.__main__ import main; main()"
    )
    command = [sys.executable, "-c", started, "studio", "--no-open"]
    given = {"stdout": subprocess.PIPE, "env": environment, "cwd": tmp_path, "text": True}
    process = subprocess.Popen(command, **given)
    try:
        address = re.search(r"http://127\.0\.0\.1:\d+/[\w-]+/", process.stdout.readline()).group()
        assert urllib.request.urlopen(address).read().decode() == PAGE["index.html"]
        port = re.search(r":(\d+)/", address).group(1)
        taken = subprocess.run([*command, "--port", port], capture_output=True, env=environment, check=False, text=True)
        assert taken.returncode == 2
        assert f"cannot listen on port {port}" in taken.stderr
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.communicate()


def test_the_secret_is_on_no_command_line(studio, monkeypatch):
    launched = []

    def launch(page):
        launched.append((page, Path(page).read_text(), Path(page).stat().st_mode, Path(page).parent.stat().st_mode))

    def ended(_self):
        raise KeyboardInterrupt

    monkeypatch.setattr(click, "launch", launch)
    monkeypatch.setattr(StudioServer, "serve_forever", ended)
    address = re.search(r"http://\S+", studio().output).group()
    [(page, text, mode, above)] = launched
    assert address.split("/")[3] not in page
    assert f"url={address}" in text
    assert (mode & 0o077, above & 0o077) == (0, 0)
    assert not Path(page).exists()
    launched.clear()
    studio("--no-open")
    assert launched == []
