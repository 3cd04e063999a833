"""Proofs for commands: of rulebooks that were read, with the progress on standard error."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rulelang.check.program import CheckedProgram
from rulelang.tools.progress import Asking

if TYPE_CHECKING:
    from rulelang.proof.proof import Proof


def proof_of(programs: Sequence[CheckedProgram], **options: Any) -> "Proof":  # Any: as `rulelang.api.proofs.asked`
    """Settle every question about a rulebook or two versions; the options are those of ``rulelang.api.proofs.asked``.

    Raises:
        ReadError, CheckError: as :func:`rulelang.prove`.
    """
    from rulelang.api.proofs import asked  # most commands prove nothing

    asking = Asking()
    try:
        return asked(programs, told=asking, **options)
    finally:
        asking.done()
