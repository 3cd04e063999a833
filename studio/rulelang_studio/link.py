"""Links that carry everything: the files of a playground, packed behind the ``#`` of its address.

What stands behind ``#`` is never sent to a server.  The form is described in ``docs/playground.md``.
"""

import base64
import json
import zlib
from collections.abc import Mapping

VERSION = 1
TABS = ("pays", "explain", "losses", "compare", "tests", "problems")


def fragment(
    files: Mapping[str, str], *, left: str | None = None, right: str | None = None, tab: str | None = None
) -> str:
    """The part of a link from ``#`` on that opens the playground with these files.

    ``files`` are texts by their paths; ``left`` is the rulebook shown, ``right`` the event, history or second version
    beside it, ``tab`` one of :data:`TABS`.

    Raises:
        ValueError: a name is none of the files, or there is no such tab.
    """
    for name in (left, right):
        if name is not None and name not in files:
            raise ValueError(f"{name} is none of the files")
    if tab is not None and tab not in TABS:
        raise ValueError(f"there is no tab {tab}")
    chosen = {"left": left, "right": right, "tab": tab}
    state = {"v": VERSION, "files": dict(files)} | {key: value for key, value in chosen.items() if value is not None}
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    data = packer.compress(json.dumps(state, ensure_ascii=False, separators=(",", ":")).encode()) + packer.flush()
    return "#state=" + base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")
