"""The library of rulebooks that ships: what is in it, and the files of each entry."""

from pathlib import Path
from typing import Literal

from attrs import frozen

from rulelang.base.files import data_folder, files_below, read_file
from rulelang.document.write import Plain
from rulelang.syntax import nodes
from rulelang.syntax.read import MAXIMUM_DATA_BYTES, parse_rulebook, read_source

_CHANGES = "changes"
_UNFUNDED = {"assessment": "calls", "haircut": "haircut", "tear-up": "tear-up", "voluntary": "voluntary payments"}
"""What members pay that is not paid in already, by the kind of the step."""


@frozen
class Entry:
    """A folder of the library: a service, or a change with the rules before and after it.

    ``structure`` is who pays in which order, ``source`` what the rulebook cites as a whole; both are read from the
    rulebook, of a change from the one after it.
    """

    name: str
    kind: Literal["service", "change"]
    folder: Path
    files: tuple[Path, ...]
    title: str
    structure: str
    source: str

    def to_dict(self) -> Plain:
        """The entry as plain values."""
        return {
            "name": self.name,
            "kind": self.kind,
            "title": self.title,
            "structure": self.structure,
            "source": self.source,
            "files": [path.as_posix() for path in self.files],
        }

    def texts(self) -> dict[Path, str]:
        """What its files hold, by their paths inside its folder.

        Raises:
            ReadError: one cannot be read.
        """
        return {path: _text(self.folder / path) for path in self.files}


def names() -> list[str]:
    """The names of all entries: services, then changes."""
    return [folder.name for folder in _folders()]


def entries() -> list[Entry]:
    """All entries: services, then changes, each by name.

    Raises:
        RulelangError: a file of the library cannot be read, which is so of a broken installation only.
    """
    return [_entry(folder, files) for folder, files in _folders().items()]


def entry(name: str) -> Entry | None:
    """The entry of this name, if there is one."""
    return next((_entry(folder, files) for folder, files in _folders().items() if folder.name == name), None)


def _folders() -> dict[Path, list[Path]]:
    """The folder of each entry, with its files: where rules lie, at the top or among the changes."""
    root = data_folder("rulebooks")
    found: dict[Path, list[Path]] = {}
    for path in files_below(root):
        depth = 2 if path.parts[0] == _CHANGES else 1
        found.setdefault(Path(*path.parts[:depth]), []).append(Path(*path.parts[depth:]))
    held = ((folder, files) for folder, files in found.items() if any(path.suffix == ".rules" for path in files))
    return {root / folder: files for folder, files in sorted(held, key=lambda each: (len(each[0].parts), each[0].name))}


def _entry(folder: Path, files: list[Path]) -> Entry:
    """An entry, its title that of its notes."""
    rulebook = parse_rulebook(read_source(folder / _present(files)))
    return Entry(
        folder.name,
        "change" if folder.parent.name == _CHANGES else "service",
        folder,
        tuple(files),
        _text(folder / "README.md").partition("\n")[0].removeprefix("# ").strip(),
        structure(rulebook),
        nodes.cited(rulebook.cite) or "",
    )


def _present(files: list[Path]) -> Path:
    """The rulebook in force: the only one, the one after a change, or the one that is simply called so."""
    rules = [path for path in files if path.suffix == ".rules"]
    return next((path for path in rules if path.stem.startswith("after") or path.stem == "rulebook"), rules[0])


def _text(path: Path) -> str:
    return read_file(path, MAXIMUM_DATA_BYTES).decode("utf-8")


def structure(rulebook: nodes.Rulebook) -> str:
    """Who pays in which order, in a line: ``defaulter → CCP → members + CCP → calls``.

    Parties are called by their titles, up to a comma.
    """
    parties = {
        section.name.text: (section.title or section.name.text).partition(",")[0]
        for section in rulebook.sections
        if isinstance(section, nodes.PartySection)
    }
    stages: list[str] = []
    for section in rulebook.sections:
        for item in section.items if isinstance(section, nodes.WaterfallSection) else ():
            steps = item.steps if isinstance(item, nodes.Together) else (item,)
            stage = " + ".join(dict.fromkeys(_payer(step, parties) for step in steps))
            if stages[-1:] != [stage]:
                stages.append(stage)
    return " → ".join(stages)


def _payer(step: nodes.Step, parties: dict[str, str]) -> str:
    """Who pays a step, or what members pay there."""
    payer = next(clause.payers.text for clause in step.clauses if isinstance(clause, nodes.PaidBy))
    if payer == "survivors":
        return _UNFUNDED.get(step.kind, "members")
    return {"defaulters": "defaulter", "ccp": "CCP"}.get(payer) or parties[payer]
