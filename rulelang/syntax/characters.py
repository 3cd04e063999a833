"""Characters that may stand nowhere in a text, because a reader could not see what they do."""

import re

from rulelang.syntax.recovery.slip import Slip

_BIDIRECTIONAL = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
FORBIDDEN = re.compile(f"[{_BIDIRECTIONAL}\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
"""What may not even stand in a comment or a text in quotes, because a reader could not see what it does."""


def forbidden(character: str, at: int) -> Slip:
    """The slip for a character that may stand nowhere."""
    from rulelang.base.look_alikes import name_of

    if re.match(f"[{_BIDIRECTIONAL}]", character):
        code, message = "bidirectional-control", f"the character {name_of(character)} changes the direction of the text"
    else:
        code, message = "invisible-character", f"the character {name_of(character)} is a control character"
    return Slip(code, message, (at, at + 1), "", "take it away", beyond=1, sure=True, skip=at + 1)
