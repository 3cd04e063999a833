"""The scripts of the chart library are those of the release that the pages name, and their licences ship with them."""

import hashlib
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

import pytest

from rulelang.report.library import ASSETS, CHART_LIBRARY, scripts

FOLDER = ASSETS / "bokeh"
DIGESTS = {
    "bokeh.min.js": "532c29e9d071a023b60ca0fea169a1195e100cbd0eb85fe20ba1fc0587fefd48",
    "bokeh-api.min.js": "d7ca86ec015a3e10e9f3c4e5a8cf7b37d622a18c86efe0b45b05e44b2d952f1d",
}


@pytest.mark.parametrize("name", DIGESTS)
def test_a_script_is_that_of_the_release(name):
    assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() == DIGESTS[name]


@pytest.mark.parametrize("name", DIGESTS)
def test_a_script_is_that_of_the_installed_package(name):
    """Where the release itself is installed, its files are the proof."""
    try:
        installed = version("bokeh")
    except PackageNotFoundError:
        pytest.skip("Bokeh is not installed")
    if installed != CHART_LIBRARY:
        pytest.skip(f"Bokeh {installed} is installed, not {CHART_LIBRARY}")
    found = find_spec("bokeh")
    assert found is not None
    assert (Path(found.origin).parent / "server" / "static" / "js" / name).read_bytes() == (FOLDER / name).read_bytes()


def test_the_page_holds_the_version_that_the_scripts_say():
    used = scripts()
    assert f'version="{CHART_LIBRARY}"' in used[0]


def test_every_licence_ships():
    assert "Redistributions in binary form" in (FOLDER / "LICENSE.txt").read_text("utf-8")
    others = (FOLDER / "THIRD-PARTY.txt").read_text("utf-8")
    assert f"Bokeh {CHART_LIBRARY}, unchanged" in others
    for part in ("numbro", "preact", "fflate", "flatbush", "flatqueue", "proj4", "sprintf-js", "timezone", "tslib"):
        assert part in others
