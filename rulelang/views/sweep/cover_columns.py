"""Columns ``stress.MEMBER``: what a member's default would lose, for sweeps that try who defaults.

They are read as ``loss.MEMBER`` columns are; which member each is of is told by its place.
"""

from collections.abc import Sequence

import pyarrow

from rulelang.views.sweep.columns import ScenarioColumn

STRESS, LOSS = "stress.", "loss."


def as_losses(schema: pyarrow.Schema) -> pyarrow.Schema:
    """The columns with stresses under the names of losses."""
    return pyarrow.schema([column.with_name(_as_loss(column.name)) for column in schema])


def _as_loss(title: str) -> str:
    return LOSS + title.removeprefix(STRESS) if title.startswith(STRESS) else title


def stressed(schema: pyarrow.Schema, overrides: Sequence[ScenarioColumn]) -> dict[int, str]:
    """The overrides that are stresses, by their number, and the member of each; ``schema`` is that of the files."""
    return {
        number: override.name
        for number, override in enumerate(overrides)
        if schema.names[override.place].startswith(STRESS)
    }
