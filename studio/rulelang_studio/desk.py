"""What the page asks the package: each question and each answer is plain data, and the texts are files of a folder.

Nothing is worked out here: the questions go to the functions that ``import rulelang`` offers and to the commands
themselves.  In the page the folder is in the browser's memory.
"""

import contextlib
import io
import json
import re
import shutil
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from attrs import define, field

from rulelang.api.comparisons import diff
from rulelang.api.histories import evaluate_history, load_history
from rulelang.api.rulebooks import load_event, load_rulebook
from rulelang.base.diagnostic import Diagnostic, RulelangError, Severity
from rulelang.base.pages import page
from rulelang.base.render import to_json
from rulelang.check.program import CheckedProgram
from rulelang.model.allocation import Allocation
from rulelang.model.event import Event
from rulelang.syntax import nodes
from rulelang.syntax.read import parse_event, parse_history, read_source
from rulelang_studio.documents import Plain, plain_document

MOST_TEXT = 200_000
"""So many characters all texts together may have."""
MOST_FILES = 200
MOST_NAME = 200
"""So many bytes a name may have."""
ENDINGS = (".rules", ".event", ".history", ".csv", ".json", ".md")
"""What the names of files end in; others are passed over where an archive is opened."""
_ENDING = re.compile(rf"[^./][^/]*({'|'.join(map(re.escape, ENDINGS))})\Z")

Asked = Mapping[str, Any]
"""A question: ``ask`` says which, ``files`` are all texts by their paths, the rest depends on the question."""


class TooMuch(Exception):
    """What was given is more than a page can hold, or no file of this kind; the text says so kindly."""


@define
class Desk:
    """Answers one question after the other; what was read for one serves the next, as long as no text changed."""

    root: Path
    _files: dict[str, str] = field(factory=dict)
    _programs: dict[str, CheckedProgram] = field(factory=dict)
    _runs: dict[tuple[str, str, str | None], tuple[CheckedProgram, Event, Allocation]] = field(factory=dict)

    def answer(self, question: str) -> str:
        """The answer to a question, both as JSON: ``told``, or ``refused`` with findings, or ``fault`` with a text."""
        asked = json.loads(question)
        try:
            self._put(asked["files"], asked.get("opened", {}))
            with contextlib.chdir(self.root):
                told = {"told": _QUESTIONS[asked["ask"]](self, asked)}
        except RulelangError as error:
            told = {"refused": self._findings(to_json(error.diagnostics)["diagnostics"])}
        except TooMuch as error:
            told = {"fault": str(error)}
        except (RecursionError, MemoryError):
            told = {"fault": "This is too large, or too deeply nested, for the page. The command line takes more."}
        return json.dumps(told, ensure_ascii=False)

    def unzip(self, data: bytes) -> str:
        """The texts of an archive, as JSON: a table of texts by path, or ``fault`` with a text."""
        try:
            return json.dumps({"told": _unpacked(data)}, ensure_ascii=False)
        except TooMuch as error:
            return json.dumps({"fault": str(error)})

    def zip(self, files: Mapping[str, str]) -> bytes:
        """An archive of the texts; the same texts give the same bytes."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in sorted(files.items()):
                archive.writestr(zipfile.ZipInfo(_safe(name)), text, zipfile.ZIP_DEFLATED)
        return packed.getvalue()

    def _put(self, given: Mapping[str, str], opened: Mapping[str, str]) -> None:
        """Make the folder hold these texts and nothing else; those as they were ``opened`` count for themselves."""
        files = {**given, **opened}
        if files == self._files:
            return
        for each in (given, opened):
            if len(each) > MOST_FILES:
                raise TooMuch(f"These are {len(each)} files; the page takes {MOST_FILES}.")
            size = sum(map(len, each.values()))
            if size > MOST_TEXT:
                raise TooMuch(f"The texts have {size:,} characters together; the page takes {MOST_TEXT:,}.")
        for name in files:
            for above in PurePosixPath(name).parents:
                if str(above) in files:
                    raise TooMuch(f"“{above}” cannot be a file and the folder of another.")
        places = {_safe(name): text for name, text in files.items()}
        self._programs = {
            name: kept for name, kept in self._programs.items() if self._files.get(name) == files.get(name)
        }
        self._files, self._runs = {}, {}
        shutil.rmtree(self.root, ignore_errors=True)
        self.root.mkdir(parents=True)
        for name, text in places.items():
            place = self.root / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(text.encode("utf-8", "surrogatepass"))
        self._files = dict(files)

    def _command(self, *arguments: str) -> str:
        """What a command prints."""
        from rulelang.tools.cli import cli

        told = io.StringIO()
        with contextlib.redirect_stdout(told):
            cli.main(list(arguments), standalone_mode=False)
        return told.getvalue()

    def _program(self, asked: Asked) -> CheckedProgram:
        name = asked["left"]
        if name not in self._programs:
            self._programs[name] = load_rulebook(name)
        return self._programs[name]

    def _run(self, asked: Asked) -> tuple[CheckedProgram, Event, Allocation]:
        """A rulebook, an event (with another loss, in minor units, if the question has one) and their allocation."""
        from rulelang.run.interpret import interpret

        key = asked["left"], asked["event"], asked.get("loss")
        if key not in self._runs:
            program = self._program(asked)
            event = load_event(asked["event"], program)
            if key[2] is not None:
                from rulelang.profiles.variable import find_variable
                from rulelang.run.plan import make_plan

                event = find_variable(make_plan(program, event)).event_at(int(key[2]))
            while len(self._runs) > 20:  # a slider asks for many
                self._runs.pop(next(iter(self._runs)))
            self._runs[key] = program, event, interpret(program, event)
        return self._runs[key]

    def _findings(self, found: list[Plain]) -> list[Plain]:
        """Findings with places as a browser counts them."""
        for each in found:
            for place in (each, *each["labels"], *each["fixes"]):
                text = self._files.get(place.get("file") or "")
                for end in ("offset", "end_offset"):
                    if text is not None and place.get(end) is not None:
                        place[end] = len(text[: place[end]].encode("utf-16-le", "surrogatepass")) // 2
        return found

    # ---------------------------------------------------------------------------------------------- the questions

    def check(self, asked: Asked) -> list[Plain]:
        """What is wrong with the texts that are open; an event is held against the rulebook beside it."""
        left, right = asked.get("left"), asked.get("right")
        found = [each for name in dict.fromkeys((left, right)) if name for each in self._wrong_with(name, left)]
        return self._findings(to_json(found)["diagnostics"])

    def _wrong_with(self, name: str, rulebook: str | None) -> Sequence[Diagnostic]:
        """The findings of one text; what is read is kept for the run that follows."""
        if name.endswith(".history"):
            return self._wrong_with_history(name, rulebook)
        program: CheckedProgram | None = None
        try:
            if name.endswith(".rules"):
                return self._program({"left": name}).warnings
            if not name.endswith((".event", ".json")):
                return ()
            with contextlib.suppress(RulelangError):  # what is wrong with the rulebook is told beside it
                program = None if rulebook is None else self._program({"left": rulebook})
            if program is not None:
                return load_event(name, program).warnings
            if name.endswith(".event"):
                parse_event(read_source(Path(name)))
        except RulelangError as error:
            return error.diagnostics
        return ()

    def _wrong_with_history(self, name: str, rulebook: str | None) -> Sequence[Diagnostic]:
        """A history is run, for only so its balances are known."""
        try:
            evaluate_history(load_history(name, self._beside(name, rulebook)))
        except RulelangError as error:
            return [each for each in error.diagnostics if each.severity is Severity.ERROR]
        return ()

    def _beside(self, history: str, rulebook: str | None) -> CheckedProgram | None:
        """The rulebook beside a history that names none itself."""
        named = any(isinstance(item, nodes.Under) for item in parse_history(read_source(Path(history))).head)
        return None if named or not rulebook or not rulebook.endswith(".rules") else self._program({"left": rulebook})

    def run(self, asked: Asked) -> Plain:
        """Who pays how much, the steps, who is of which class, and the run in sentences."""
        from rulelang.explain.explain import explain

        program, event, allocation = self._run(asked)
        parties = {name: title or name for name, title in program.parties.items()}
        classes = {
            **dict.fromkeys(event.survivors, "survivors"),
            **dict.fromkeys(event.defaulters, "defaulters"),
            **dict.fromkeys(parties, "parties"),
            "ccp": "ccp",
        }
        drawn = _classes(program)
        steps = [{"name": each.name, "title": each.title, "class": drawn[each.name]} for each in program.each_step()]
        return {
            "allocation": allocation.to_dict(),
            "decimals": program.currency.decimals,
            "steps": steps,
            "classes": classes,
            "names": {**parties, **allocation.names, "ccp": "the CCP"},
            "story": explain(program, event, allocation).to_dict(),
        }

    def cell(self, asked: Asked) -> Plain:
        """Why a payer pays what it pays under a step."""
        from rulelang.explain.explain import explain

        chosen = {key: asked[key] for key in ("payer", "step") if asked.get(key) is not None}
        return dict(explain(*self._run(asked), rejected=True, **chosen).to_dict())

    def profile(self, asked: Asked) -> Plain:
        """What everybody pays for every loss."""
        from rulelang.api.profiles import profile

        program, event, _ = self._run({**asked, "loss": None})
        found: Plain = profile(program, event).to_dict()
        return {**found, "decimals": program.currency.decimals, "classes": _classes(program)}

    def compare(self, asked: Asked) -> Plain:
        """What two versions make different: the edits, who pays more, and a verdict."""
        from rulelang.changes.words.document import make_document

        event: str | None = asked.get("event") or None
        whole = event is not None and event.endswith(".history")
        found = diff(asked["old"], asked["left"], [] if event is None or whole else [event])
        if event is not None and whole and found.new is not None:
            from rulelang.api.comparisons import history_of

            found = found.with_histories([history_of(event, found.old, found.new)])
        return plain_document(make_document(found, full=bool(asked.get("full"))))

    def history(self, asked: Asked) -> Plain:
        """A history, day after day."""
        from rulelang.document.table import PAGE
        from rulelang.histories.document import history_document

        loaded = load_history(asked["event"], self._beside(asked["event"], asked.get("left")))
        return plain_document(history_document(evaluate_history(loaded), PAGE))

    def tests(self, asked: Asked) -> list[Plain]:
        """The tests of the rulebook, and what none of them reaches."""
        self._program(asked)  # so that its findings are the answer if it does not check
        told: list[Plain] = json.loads(self._command("test", asked["left"], "--format", "json"))
        for report in told:
            self._findings(report["unreached"])
            for test in report["tests"]:
                self._findings(test["failures"])
                self._findings(test["remarks"])
        return told

    def layout(self, asked: Asked) -> str:
        """A text in the standard layout."""
        self._files = {}  # the command writes the file, so the folder no longer holds the texts of the question
        self._command("fmt", asked["name"])
        return Path(asked["name"]).read_bytes().decode("utf-8")

    def put(self, _asked: Asked) -> None:
        """Nothing: the texts are where the language server finds them."""

    def code(self, asked: Asked) -> str:
        """The page of a diagnostic's code."""
        try:
            return page(asked["code"])
        except (KeyError, OSError):
            return f"There is no page on {asked['code']}."


_QUESTIONS: Mapping[str, Callable[[Desk, Asked], object]] = {
    each.__name__: each
    for each in (
        Desk.check,
        Desk.run,
        Desk.cell,
        Desk.profile,
        Desk.compare,
        Desk.history,
        Desk.tests,
        Desk.layout,
        Desk.code,
        Desk.put,
    )
}


def _classes(program: CheckedProgram) -> dict[str, str]:
    """Who pays under each step, in one of the classes that the page has colours for."""
    known = ("defaulters", "ccp", "survivors")
    return {step.name: step.payers if step.payers in known else "parties" for step in program.each_step()}


def _safe(name: str) -> str:
    """The path of a file inside the folder.

    Raises:
        TooMuch: it leads out of the folder, or is no name of a text.
    """
    path = PurePosixPath(name)
    outside = path.is_absolute() or ".." in path.parts or str(path) != name
    if outside or "\\" in name or not name.isprintable() or len(name.encode()) > MOST_NAME:
        raise TooMuch(f"“{name[:80]}” is no name that a file here can have.")
    if not _ENDING.search(name):
        raise TooMuch(f"“{name[:80]}” is no text of the page: names end in {', '.join(ENDINGS)}.")
    return name


def _unpacked(data: bytes) -> dict[str, str]:
    """The texts of an archive; a folder that holds everything is left out, other kinds of file passed over."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            held = [each for each in archive.infolist() if not each.is_dir() and _wanted(each.filename)]
            if not held:
                raise TooMuch("The archive holds no rulebook and no event.")
            if any(each.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for each in held):
                raise TooMuch("The archive is packed in a way that is not read here: give a plain .zip.")
            if len(held) > MOST_FILES or sum(each.file_size for each in held) > 4 * MOST_TEXT:
                raise TooMuch(f"The archive is too large: the page takes {MOST_FILES} files, {MOST_TEXT:,} characters.")
            texts = {_safe(str(PurePosixPath(each.filename))): _read(archive, each).decode("utf-8") for each in held}
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError):
        raise TooMuch("This is no archive that can be read: give a .zip of texts.") from None
    except UnicodeDecodeError:
        raise TooMuch("A file in the archive is no text in UTF-8.") from None
    first = {PurePosixPath(name).parts[0] for name in texts}
    inside = 1 if len(first) == 1 and all("/" in name for name in texts) else 0
    return {str(PurePosixPath(*PurePosixPath(name).parts[inside:])): text for name, text in texts.items()}


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """What an entry holds; no more than it says, for it may lie."""
    with archive.open(entry) as file:
        return file.read(entry.file_size)


def _wanted(name: str) -> bool:
    path = PurePosixPath(name)
    hidden = any(part.startswith((".", "__MACOSX")) for part in path.parts)
    return not hidden and path.suffix in ENDINGS
