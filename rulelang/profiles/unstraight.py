"""What has no straight lines: raised where a rulebook makes an amount that no line can follow."""

from rulelang.syntax import nodes


class NotStraight(Exception):
    """A construct whose amounts are no straight lines of the variable, in words, and where it stands if known."""

    def __init__(self, construct: str, node: nodes.Node | None) -> None:
        """Keep what the diagnostic will say."""
        super().__init__(construct)
        self.construct, self.node = construct, node
