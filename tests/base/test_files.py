"""Files are read up to a limit, and no room is made for what is not there."""

import tracemalloc

import pytest

from rulelang.base.files import read_file


@pytest.mark.parametrize("limit", [0, 1, 1 << 20, (1 << 20) + 1, 3 << 20, 64 << 20])
def test_no_more_is_read_than_asked_for(tmp_path, limit):
    data = bytes(range(256)) * (10 << 10)  # two and a half pieces
    (tmp_path / "data").write_bytes(data)
    assert read_file(tmp_path / "data", limit) == data[:limit]


def test_a_small_file_takes_little_room(tmp_path):
    (tmp_path / "small.csv").write_bytes(b"name,fund\n")
    tracemalloc.start()
    read_file(tmp_path / "small.csv", 64 << 20)
    assert tracemalloc.get_traced_memory()[1] < 4 << 20
    tracemalloc.stop()
