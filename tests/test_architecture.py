"""The shape of the package: imports point one way, and start-up loads nothing heavy."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import rulelang

PACKAGE = Path(rulelang.__file__).parent
RANKS = {
    "base": 0,
    "model": 1,
    "syntax": 1,
    "check": 2,
    "document": 2,
    "run": 3,
    "profiles": 4,
    "explain": 4,
    "audit": 4,
    "summary": 4,
    "changes": 5,
    "sweeps": 5,
    "report": 6,
    "api": 6,
    "tools": 7,
}
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path.parent != PACKAGE)
HEAVY = (
    *("rich", "pandas", "numpy", "matplotlib", "pyarrow", "numba", "dask", "distributed"),
    *("xlsxwriter", "rfc8785", "bokeh", "csv", "xml"),
)


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            names.add(node.module or "")
    return {name for name in names if name.split(".")[0] == "rulelang"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_imports_its_own_package_or_a_lower_rank(path):
    own = path.relative_to(PACKAGE).parts[0]
    for name in imported(path):
        parts = name.split(".")
        assert len(parts) > 1, f"{path.name} imports the facade"
        assert parts[1] == own or RANKS[parts[1]] < RANKS[own], f"{own} (rank {RANKS[own]}) imports {name}"


def loaded_by(code: str) -> set[str]:
    script = f"import sys\n{code}\nprint('\\n'.join(sys.modules), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    return {line.split(".")[0] for line in done.stderr.splitlines()}


def test_importing_the_package_loads_nothing_of_it():
    assert not loaded_by("import rulelang") & {"lark", "attr", "click", *HEAVY}


def test_checking_a_rulebook_loads_nothing_heavy(tmp_path):
    file = tmp_path / "a.rules"
    file.write_text('rulebook "A" currency EUR members have x : money waterfall tranche a paid by ccp up to EUR 1\n')
    code = f"from rulelang.tools.cli import cli\ncli.main(['check', {str(file)!r}], standalone_mode=False)"
    assert not loaded_by(code) & set(HEAVY)


def test_every_public_name_is_there_and_documented():
    for name in rulelang.__all__:
        value = getattr(rulelang, name)
        assert name == "__version__" or value.__doc__
    with pytest.raises(AttributeError, match="nothing_like_it"):
        rulelang.nothing_like_it  # noqa: B018


def test_no_floating_point_in_the_meaning():
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            where = f"{path.relative_to(PACKAGE)}:{getattr(node, 'lineno', 0)}"
            likeness = path.name == "suggest.py"  # of spellings, not of amounts
            assert likeness or not (isinstance(node, ast.Constant) and isinstance(node.value, float)), where
            called = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
            assert not (called and node.func.id in ("float", "round")), where
