"""Sweeps of these tests are played with the machine from the first scenario on, where it is installed."""

import pytest

from rulelang.plan import columns_playing


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(columns_playing, "PATIENCE", 0)
