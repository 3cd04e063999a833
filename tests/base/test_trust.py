"""What the program made itself is believed only where nobody else could have written it."""

import os
from pathlib import Path

import pytest

from rulelang.base.trust import is_ours

pytestmark = pytest.mark.skipif(not hasattr(os, "geteuid"), reason="no owners of files on this system")
somebody_else = pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() != 0, reason="only root gives files away")


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "cache"
    made.mkdir(mode=0o755)
    return made


def test_a_folder_of_our_own(folder):
    assert is_ours(folder)


def test_a_folder_that_is_not_there_is_as_safe_as_those_above(folder):
    assert is_ours(folder / "a" / "b")
    folder.chmod(0o777)
    assert not is_ours(folder / "a" / "b")


@pytest.mark.parametrize("mode", [0o777, 0o757, 0o1777])
def test_a_folder_in_which_others_may_write(folder, mode):
    folder.chmod(mode)
    assert not is_ours(folder)


@pytest.mark.parametrize(("mode", "fine"), [(0o777, False), (0o1777, True)])
def test_a_folder_that_others_may_put_another_into_the_place_of(folder, mode, fine):
    inner = folder / "inner"
    inner.mkdir(mode=0o755)
    folder.chmod(mode)
    assert is_ours(inner) is (fine and Path(__file__).stat().st_uid in {0, folder.stat().st_uid})


@somebody_else
def test_a_folder_of_another_user(folder):
    os.chown(folder, 12345, 12345)
    assert not is_ours(folder)
    assert not is_ours(folder / "inner")


def test_a_link_is_judged_by_where_it_leads(folder, tmp_path):
    folder.chmod(0o777)
    link = tmp_path / "link"
    link.symlink_to(folder)
    assert not is_ours(link)
