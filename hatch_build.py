"""The build of the package makes the tables of the parser from the grammar, so that nobody who runs it needs Lark."""

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

GRAMMAR = Path("grammar", "rulelang.lark")
TABLES = Path("grammar", "rulelang.tables")


class TablesHook(BuildHookInterface):  # type: ignore[type-arg]
    """Puts the tables into a wheel, and beside the grammar of the checkout it is built from.

    Whoever installs from a checkout and then starts Python in it imports the package of the checkout.
    """

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make the tables; a source distribution holds the grammar alone."""
        root = Path(self.root)
        sys.path.insert(0, self.root)
        try:
            from rulelang.syntax.make_tables import make_tables
            from rulelang.syntax.tables import keep, written
        finally:
            sys.path.remove(self.root)
        grammar = (root / GRAMMAR).read_bytes()
        data = written(make_tables(grammar.decode("utf-8")), grammar)
        keep(root / TABLES, data)
        if version == "editable":
            return
        self._folder = tempfile.TemporaryDirectory()
        made = Path(self._folder.name, TABLES.name)
        made.write_bytes(data)
        made.chmod(0o644)
        build_data["force_include"][str(made)] = f"rulelang/_grammar/{TABLES.name}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002
        """Take the folder of the tables away again."""
        if version != "editable":
            self._folder.cleanup()
