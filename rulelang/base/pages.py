"""The page of each code: what it does, why it matters, an example, and what to use instead."""

from rulelang.base.codes import CODES
from rulelang.base.files import data_folder


def page(code: str) -> str:
    """The Markdown page of a code, as ``rulelang explain`` prints it.

    Raises:
        KeyError: there is no such code; only words of the table become file names.
        OSError: the code has no page.
    """
    if code not in CODES:
        raise KeyError(code)
    return (data_folder("codes", "docs/codes") / f"{code}.md").read_text(encoding="utf-8")
