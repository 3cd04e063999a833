"""The verdict on a change: one word of a rising scale, and one sentence that says why."""

import enum

from attrs import frozen


class Level(enum.IntEnum):
    """How far two versions of a rulebook differ, in rising order.

    The words are those of the output.  What is said of allocations holds for the events and losses that were compared.
    """

    IDENTICAL = 0
    TEXT = 1
    STRUCTURE = 2
    MEMBERS = 3
    TOTALS = 4
    ORDER = 5
    DOES_NOT_RUN = 6

    @property
    def words(self) -> str:
        """The level as it is written."""
        return _WORDS[self]


_WORDS = {
    Level.IDENTICAL: "identical",
    Level.TEXT: "text",
    Level.STRUCTURE: "structure without effect",
    Level.MEMBERS: "members differ",
    Level.TOTALS: "totals differ",
    Level.ORDER: "order of loss differs",
    Level.DOES_NOT_RUN: "does not run any more",
}


@frozen
class Verdict:
    """A level and the sentence for it; ``compared`` says for which events and losses it was found."""

    level: Level
    sentence: str
    compared: str

    def to_dict(self) -> dict[str, str]:
        """The verdict as plain values."""
        return {"verdict": self.level.words, "sentence": self.sentence, "compared": self.compared}
