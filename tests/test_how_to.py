"""The how-tos: every command on their pages runs, one after the other, as somebody would copy them."""

import re
import shlex
import subprocess
import sys

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.slow  # the language is covered without it

PAGES = sorted(path for path in (ROOT / "docs" / "how-to").glob("*.md") if path.stem != "index")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_command_runs(page, tmp_path):
    blocks = re.findall(r"^```sh\n(.*?)^```$", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    assert len(lines) >= 4
    (tmp_path / "rulebooks").symlink_to(ROOT / "rulebooks")
    for line in lines:
        command = re.sub("^rulelang ", f"{shlex.quote(sys.executable)} -m rulelang ", line)
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path, shell=True)
        differ = line.startswith("rulelang prove ") and line.count(".rules") == 2  # they do, and that is the answer
        assert done.returncode == int(differ), f"{line}\n{done.stdout}{done.stderr}"
