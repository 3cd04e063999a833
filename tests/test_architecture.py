"""The shape of the package: imports point one way, and start-up loads nothing heavy."""

import ast
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

import rulelang
from benchmarks.start import RULEBOOK as SIXTY_LINES
from rulelang.syntax.grammar import tables
from rulelang.tools.cli import COMMANDS
from tests.sources import PACKAGE, nodes

RANKS = {
    "base": 0,
    "model": 1,
    "syntax": 1,
    "check": 2,
    "document": 2,
    "run": 3,
    "profiles": 4,
    "explain": 4,
    "histories": 4,
    "audit": 5,
    "summary": 4,
    "changes": 5,
    "statements": 5,
    "analysis": 5,
    "sweeps": 5,
    "proof": 5,
    "lsp": 6,
    "report": 6,
    "api": 6,
    "tools": 7,
}
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path.parent != PACKAGE)
HEAVY = (
    *("rich", "pandas", "numpy", "matplotlib", "pyarrow", "numba", "dask", "distributed"),
    *("xlsxwriter", "csv", "xml", "z3", "cvc5", "pygls", "lsprotocol"),
)


@cache
def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in nodes(path):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            names.add(node.module or "")
    return {name for name in names if name.split(".")[0] == "rulelang"}


def test_a_module_imports_its_own_package_or_a_lower_rank():
    for path in MODULES:
        own = path.relative_to(PACKAGE).parts[0]
        for name in imported(path):
            parts = name.split(".")
            assert len(parts) > 1, f"{path} imports the facade"
            assert parts[1] == own or RANKS[parts[1]] < RANKS[own], f"{path} (rank {RANKS[own]}) imports {name}"


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")


@cache
def imports() -> Mapping[str, set[str]]:
    """What each module imports, at its head or inside a function, or for the type checker alone."""
    return {
        name_of(path): {
            f"{node.module}.{alias.name}"
            for node in nodes(path)
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }
        | imported(path)
        for path in MODULES
    }


def circles() -> Iterator[frozenset[str]]:
    """The sets of modules that import each other, however far round: the strongly connected components."""
    graph = {name: others & imports().keys() - {name} for name, others in imports().items()}
    reached = {name: _reached(graph, name) for name in graph}
    found = {name: frozenset(other for other in reached[name] if name in reached[other]) for name in graph}
    yield from {circle for circle in found.values() if circle}


def _reached(graph: dict[str, set[str]], start: str) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        ahead = graph[waiting.pop()] - found
        found |= ahead
        waiting += ahead
    return found


def test_no_modules_import_each_other_in_a_circle():
    assert [sorted(circle) for circle in circles()] == []


def test_the_whole_package_is_looked_at_for_circles():
    assert len(imports()) > 200
    graph = {"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"a"}}
    assert {name for name in graph if name in _reached(graph, name)} == {"b", "c"}


PROOF = ("domain", "worlds", "claims", "solving", "refuting")
"""The folders of the proof: each knows those before it alone."""


def test_the_folders_of_the_proof_know_those_before_them_alone():
    ranks = {folder: rank for rank, folder in enumerate(PROOF)}
    for name, others in imports().items():
        room, _, inside = name.removeprefix("rulelang.").partition(".")
        folder = inside.partition(".")[0]
        if room != "proof" or folder not in ranks:
            continue
        for other in others & imports().keys():
            known = other.removeprefix("rulelang.proof.").partition(".")[0]
            if other.startswith("rulelang.proof."):
                assert ranks.get(known, len(ranks)) <= ranks[folder], f"{name} imports {other}"


def loaded_by(code: str) -> set[str]:
    script = f"import sys\n{code}\nprint('\\n'.join(sys.modules), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    return {line.split(".")[0] for line in done.stderr.splitlines()}


def test_importing_the_package_loads_nothing_of_it():
    assert not loaded_by("import rulelang") & {"lark", "attr", "click", *HEAVY}


def test_checking_a_rulebook_loads_nothing_heavy_and_no_lark(tmp_path):
    tables()  # where they were never made, Lark makes them
    file = tmp_path / "a.rules"
    file.write_text('rulebook "A" currency EUR members have x : money waterfall tranche a paid by ccp up to EUR 1\n')
    code = f"from rulelang.tools.cli import cli\ncli.main(['check', {str(file)!r}], standalone_mode=False)"
    assert not loaded_by(code) & {"lark", *HEAVY}


CLEAN = """rulebook "A" version 2018-09-01
currency EUR
members have margin : money
waterfall
    tranche own cite "1" paid by defaulters from margin
        up to max(EUR 5, sum of margin over defaulters) in total
    finally closure
"""
FOR_FINDINGS = {"base.look_alikes", "base.sarif", "check.written_numbers", "check.events.text"}
OF_OTHERS = {
    "attr",
    "difflib",
    "json",
    "hashlib",
    "logging",
    "random",
    "shutil",
    "subprocess",
    "tempfile",
    "socket",
    "rich",
}


def test_checking_a_clean_rulebook_loads_only_what_it_needs_and_makes_no_class_of_the_syntax(tmp_path):
    tables()
    file = tmp_path / "a.rules"
    file.write_text(CLEAN)
    script = f"""
import sys
from rulelang.tools.cli import cli
cli.main(['check', {str(file)!r}], standalone_mode=False)
from rulelang.base.values import ComparedByValue
made = [each for each in ComparedByValue.__subclasses__() if type(vars(each)["__attrs_attrs__"]) is tuple]
print(*sys.modules, "made:", *made, file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == ""
    *loaded, made = done.stderr.split()
    assert made == "made:"
    ours = {name.removeprefix("rulelang.") for name in loaded if name.startswith("rulelang.")}
    assert {name.split(".")[0] for name in ours} == {"base", "model", "syntax", "check", "document", "tools"}
    assert {name for name in ours if name.startswith("model.")} == {"model.calendar"}
    assert not ours & FOR_FINDINGS
    recovery = {name for name in ours if name.startswith("syntax.recovery.")}
    assert recovery == {f"syntax.recovery.{each}" for each in ("breadcrumbs", "refusals", "slip")}
    assert not OF_OTHERS & set(loaded)


def test_a_check_of_sixty_lines_with_a_note_loads_nothing_that_it_need_not(tmp_path):
    tables()
    file = tmp_path / "a.rules"
    file.write_text(SIXTY_LINES)
    loaded = loaded_by(f"from rulelang.tools.cli import cli\ncli.main(['check', {str(file)!r}], standalone_mode=False)")
    assert "rulelang" in loaded
    assert not OF_OTHERS & loaded, "`evolve` and classes of values come from `rulelang.base.values`, not from attrs"


def test_running_a_rulebook_loads_no_lark():
    tables()
    folder = PACKAGE.parent / "rulebooks" / "nasdaq-commodities-2018"
    files = [str(folder / "rulebook.rules"), str(folder / "events" / "aas-2018.event")]
    code = f"from rulelang.tools.cli import cli\ncli.main(['run', *{files!r}], standalone_mode=False)"
    assert "lark" not in loaded_by(code)


def test_lark_is_asked_through_its_public_interface_and_in_one_module_only():
    for path in MODULES:
        text = path.read_text(encoding="utf-8")
        if re.search(r"^\s*(import|from) lark\b", text, re.MULTILINE):
            assert path.relative_to(PACKAGE).as_posix() == "syntax/make_tables.py"
            assert not re.search(r"\b(lark|made|serialize)(\.\w+)*\._(?!_version__)|_plugins", text)
        if path.relative_to(PACKAGE).parts[0] == "syntax":
            assert not re.search(r"^\s*(import|from) (pickle|marshal|shelve)\b", text, re.MULTILINE), path


def test_every_public_name_is_there_and_documented():
    for name in rulelang.__all__:
        value = getattr(rulelang, name)
        assert name == "__version__" or value.__doc__
    with pytest.raises(AttributeError, match="nothing_like_it"):
        rulelang.nothing_like_it  # noqa: B018


def test_no_floating_point_in_the_meaning():
    for path in MODULES:
        likeness = path.name == "suggest.py"  # of spellings, not of amounts
        for node in nodes(path):
            if isinstance(node, ast.Constant):
                wrong = isinstance(node.value, float) and not likeness
            else:
                called = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
                wrong = called and node.func.id in ("float", "round")
            assert not wrong, f"{path.relative_to(PACKAGE)}:{node.lineno}"


WRITING = {
    *("write_text", "write_bytes", "unlink", "rmdir", "rmtree", "rename", "renames", "mkdir", "makedirs", "touch"),
    *("symlink_to", "hardlink_to", "link_to", "symlink", "link", "chmod", "lchmod", "chown", "removedirs"),
    *("copyfile", "copy2", "copytree", "move", "mkstemp", "mkdtemp", "NamedTemporaryFile", "TemporaryDirectory"),
    *("ParquetWriter", "write_table", "write_feather", "new_file", "to_csv", "to_parquet", "savez", "mknod"),
}
OF_OS = {"open", "remove", "replace", "mkfifo", "truncate"}
WRITES_ITSELF = {
    "base/outputs.py": "the one module that writes",
    "syntax/tables.py": "tables of a checkout's grammar, believed and replaced by rules of their own",
    "sweeps/machine/kernel.py": "a mark beside the compiled machine, in the folder of the compiler's own cache",
    "sweeps/results/parquet_writer.py": "a row group, into memory",
    "sweeps/runs/piece.py": "a piece for a worker, into memory",
    "tools/streams.py": "the null device in the place of a standard stream that is closed",
}
READING = {"read_text", "read_bytes", "is_dir", "is_file", "exists", "resolve", "samefile", "iterdir", "glob", "rglob"}
READS_ITSELF = {
    "base/files.py": "the one module that reads",
    "base/outputs.py": "folders that are to be made",
    "base/pages.py": "a page that ships with the project",
    "report/library.py": "scripts that ship with the project",
    "syntax/grammar.py": "the grammar that ships with the project",
    "syntax/tables.py": "the tables made from it",
    "sweeps/machine/machine.py": "whether the compiled machine is kept",
    "sweeps/machine/kernel.py": "the sources of the machine",
    "sweeps/results/journal.py": "the folder of a stopped run; what the system refuses is caught where it is opened",
    "sweeps/scenarios/tables.py": "the files in a folder of scenarios; what the system refuses is caught there",
}
PLAIN_READS = {  # tables, which a library or a reader of bytes opens more than once; the file was noted as an input
    *("sweeps/scenarios/formats.py", "sweeps/scenarios/tables.py", "summary/seal.py"),
}


def _called(found: Iterable[ast.AST]) -> Iterator[tuple[ast.Call, str, str]]:
    """Each call among nodes with the name that is called, and the name it is asked of."""
    for node in found:
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute):
                owner = node.func.value
                yield node, node.func.attr, owner.id if isinstance(owner, ast.Name) else ""
            elif isinstance(node.func, ast.Name):
                yield node, node.func.id, ""


def _opens_to_write(call: ast.Call) -> bool:
    """Whether a call of `open` may be one for writing."""
    words = [*call.args, *(keyword.value for keyword in call.keywords if keyword.arg == "mode")]
    texts = [word.value for word in words if isinstance(word, ast.Constant) and isinstance(word.value, str)]
    return any(set(text) & set("wax+") and len(text) <= 3 for text in texts) or (not texts and len(words) > 1)


def writes(found: Iterable[ast.AST]) -> Iterator[str]:
    """The calls that write, rename or remove something in the file system."""
    for call, name, owner in _called(found):
        if name in WRITING and owner not in ("self", "git"):
            yield name
        elif owner == "os" and name in OF_OS:
            yield f"os.{name}"
        elif name == "replace" and owner != "os" and len(call.args) == 1 and not call.keywords:
            yield "Path.replace"
        elif name in ("open", "OSFile") and owner != "os" and _opens_to_write(call):
            yield name


def reads(found: Iterable[ast.AST]) -> Iterator[str]:
    """The calls that ask something of the file system, and may be refused."""
    for call, name, owner in _called(found):
        if name in READING and not (name == "resolve" and call.args):
            yield name
        elif name == "open" and owner != "os" and not _opens_to_write(call):
            yield "open"


def test_one_module_writes_and_one_reads():
    for path in MODULES:
        name = path.relative_to(PACKAGE).as_posix()
        if name not in WRITES_ITSELF:
            found = list(writes(nodes(path)))
            assert not found, f"{name}: write through rulelang/base/outputs.py, or give a reason in the list above"
        if name not in READS_ITSELF:
            asked = set(reads(nodes(path))) - ({"open"} if name in PLAIN_READS else set())
            assert not asked, f"{name}: read through rulelang/base/files.py, or give a reason in the list above"


def test_the_lists_of_exceptions_hold_nothing_that_is_none():
    for names, found in ((WRITES_ITSELF, writes), (READS_ITSELF, reads)):
        for name in names:
            assert list(found(nodes(PACKAGE / name))), name
    for name in PLAIN_READS:
        assert "open" in reads(nodes(PACKAGE / name)), name


@pytest.mark.parametrize(
    "code",
    [
        *("open('a', 'w')", "path.open('r+b')", "path.open(mode='x')", "open(a, mode)", "path.write_text('')"),
        *("os.remove(a)", "os.open(a, 0)", "a.replace(b)", "shutil.rmtree(a)", "pq.write_table(t, a)", "a.unlink()"),
    ],
)
def test_what_writes_is_seen(code):
    assert list(writes(ast.walk(ast.parse(code))))


def test_other_programs_are_called_in_one_module_each():
    for path in MODULES:
        if path.name not in ("git.py", "solver.py"):
            assert "subprocess" not in path.read_text(encoding="utf-8"), path


def test_no_two_modules_of_tests_outside_of_packages_have_one_name():
    """They would be imported as one, and the second would not be collected."""
    files = (path for path in Path(__file__).parent.rglob("test_*.py") if not (path.parent / "__init__.py").exists())
    assert [name for name, number in Counter(path.name for path in files).items() if number > 1] == []


PAGES = ("docs/architecture.md", "CONTRIBUTING.md", "docs/plan.md", "docs/analysis.md")


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_says_of_the_package_is_there(page):
    """Paths with a folder in them are those of the checkout, or of the package."""
    text = (PACKAGE.parent / page).read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:[a-z_]+/)+[a-z][a-z_0-9]*(?:\.py|\.lark)?)`", text))
    named = {path for path in named if not path.startswith("build/")}  # what a build makes is not there before it
    assert len(named) > 5
    roots = (PACKAGE, PACKAGE.parent)
    assert [path for path in sorted(named) if not any((root / path).exists() for root in roots)] == []


def test_every_command_is_led_to_its_room():
    text = (PACKAGE.parent / "docs/architecture.md").read_text(encoding="utf-8")
    table = text[text.index("| command | is worked out in") :].partition("\n\n")[0]
    heads = " ".join(row.split("|")[1] for row in table.splitlines()[2:])
    assert sorted(re.findall(r"`(\w+)`", heads)) == sorted(COMMANDS)
