"""What a run raises when it meets what the rules do not allow; every engine makes a diagnostic of it in its own way."""

from rulelang.syntax import nodes


class RuleViolation(Exception):
    """A value the rules do not allow: the code and message of the diagnostic to be, the place, and the member."""

    def __init__(self, code: str, message: str, node: nodes.Node | None, member: str | None = None) -> None:
        """Keep what the diagnostic will say."""
        super().__init__(message)
        self.code, self.message, self.node, self.member = code, message, node, member
