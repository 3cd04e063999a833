"""One test of many small cases, of which each is named that fails."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import pytest

Case = TypeVar("Case")


def every(
    cases: Sequence[Case], named: Callable[[Case], object] = ascii, parts: int = 1
) -> Callable[[Callable[[Case], None]], Callable[..., None]]:
    """Make a check of one case a test of all of them, or so many tests that share them.

    A test has a price of its own, two milliseconds and a half in a parallel run: hundreds of cases that take less
    than that are tried by one.  It goes on behind a case that fails, and shows all of these under their names.
    """

    def decorated(check: Callable[[Case], None]) -> Callable[..., None]:
        def tried(part: int) -> None:
            share, failed = cases[part::parts], []
            assert share, "there is no case"
            for case in share:
                try:
                    check(case)
                except (Exception, pytest.fail.Exception) as failure:  # noqa: BLE001 - all are told below
                    failure.add_note(f"with {named(case)}")
                    failed.append(failure)
            if failed:
                raise BaseExceptionGroup(f"of {len(share)} cases these fail", failed)

        def alone() -> None:
            tried(0)

        test = alone if parts == 1 else pytest.mark.parametrize("part", range(parts))(tried)
        test.__name__, test.__doc__ = check.__name__, check.__doc__
        return test

    return decorated
