"""What commands do to files and streams of others: outputs, links, rights, names, standard streams."""

import itertools
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tools.test_cli import EVENT, MEMBERS, RULES

SCENARIOS = "scenario,loss.D\n1,2.00\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    for name, text in (("a.rules", RULES), ("a.event", EVENT), ("m.csv", MEMBERS), ("s.csv", SCENARIOS)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    shutil.copy(tmp_path / "a.rules", tmp_path / "b.rules")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(folder, in_process):
    return in_process


@pytest.fixture
def results(run):
    assert run("sweep", "a.rules", "a.event", "s.csv", "--out", "r.parquet", "--quiet")[0] == 0
    return "r.parquet"


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


# ------------------------------------------------------------------------------------------- no output over an input

OVER = [
    ("run a.rules a.event --out", ["a.rules", "a.event", "m.csv"]),
    ("run a.rules a.event --audit", ["a.rules", "a.event", "m.csv"]),
    ("check a.rules a.event --format json --out", ["a.rules", "a.event"]),
    ("check . --format json --out", ["a.rules", "a.event"]),
    ("check a.event --format json --out", ["a.rules", "a.event", "m.csv"]),
    ("report a.rules a.event --fixed --against b.rules --out", ["a.rules", "a.event", "m.csv", "b.rules"]),
    ("diff a.rules b.rules --event a.event --out", ["a.rules", "b.rules", "a.event", "m.csv"]),
    ("test a.rules --junit", ["a.rules", "a.event", "m.csv"]),
    ("profile a.rules a.event --to 5 --out", ["a.rules", "a.event", "m.csv"]),
    ("when a.rules a.event --uncovered --to 5 --out", ["a.rules", "a.event", "m.csv"]),
    ("explain a.rules a.event --out", ["a.rules", "a.event", "m.csv"]),
    ("replay a.rules a.event s.csv 1 --out", ["a.rules", "a.event", "m.csv", "s.csv"]),
    ("replay a.rules a.event s.csv 1 --audit", ["a.rules", "a.event", "m.csv", "s.csv"]),
    (
        "sweep a.rules a.event s.csv --against b.rules --quiet --out",
        ["a.rules", "a.event", "m.csv", "s.csv", "b.rules"],
    ),
]


@pytest.mark.parametrize(("command", "file"), [(command, file) for command, files in OVER for file in files])
def test_no_output_goes_over_an_input(command, file, run, folder):
    os.link(file, "hard")
    Path("link").symlink_to(file)
    before = contents(folder)
    for name in (file, "hard", f"./{file}"):
        code, _, err = run(*command.split(), name)
        assert (code, contents(folder)) == (2, before), err
        assert "is an input of this command" in err or "stands there, and is not replaced" in err


@pytest.mark.parametrize("notes", [[], ["--no-notes"]])
def test_a_check_that_finds_nothing_writes_that_too(notes, run, folder):
    Path("found.txt").write_text("findings of yesterday", encoding="utf-8")
    before = contents(folder)
    for file in ("a.rules", "a.event", "m.csv"):
        assert run("check", "a.rules", "a.event", *notes, "--out", file)[0] == 2, file
    assert contents(folder) == before
    assert run("check", "a.rules", "a.event", *notes, "--out", "found.txt") == (0, "", "")
    assert Path("found.txt").read_bytes() == b""


@pytest.mark.parametrize("file", ["ca.pem", "cert.pem", "key.pem"])
def test_results_do_not_go_over_certificates(file, run, folder):
    tls = {"--tls-ca": "ca.pem", "--tls-cert": "cert.pem", "--tls-key": "key.pem"}
    for name in tls.values():
        Path(name).write_text("precious", encoding="utf-8")
    options = [part for option in tls.items() for part in option]
    cluster = ["--scheduler", "tls://127.0.0.1:1", *options]
    code, _, err = run("sweep", "a.rules", "a.event", "s.csv", "--quiet", *cluster, "--out", file)
    assert (code, Path(file).read_text(encoding="utf-8")) == (2, "precious")
    assert f"cannot write {file}: it is an input of this command" in err


def test_a_summary_does_not_go_over_what_it_is_of(run, folder, results):
    before = contents(folder)
    shutil.copy(results, "r.svg")
    for command in (
        ["summary", results, "--out", results],
        ["summary", "r.svg", "--chart", "r.svg"],
        ["summary", results, "--rulebook", "a.rules", "--out", "a.rules"],
        ["summary", results, "--scenarios", "s.csv", "--out", "s.csv"],
    ):
        assert run(*command)[0] == 2
    Path("r.svg").unlink()
    assert contents(folder) == before


KEPT = ["old.rules", "OLD.RULES", "old.event", "old.json", "record.json", "losses.parquet", "link"]
WRITING = [
    "summary r.parquet --out",
    "check a.rules --out",
    "check a.rules --format sarif --out",
    "test a.rules --out",
    "test a.rules --junit",
    "run a.rules a.event --out",
    "run a.rules a.event --audit",
    "replay a.rules a.event s.csv 1 --out",
    "replay a.rules a.event s.csv 1 --audit",
    "diff a.rules b.rules --event a.event --out",
    "profile a.rules a.event --to 5 --out",
    "when a.rules a.event --uncovered --to 5 --out",
    "explain a.rules a.event --out",
    "explain unused-name --out",
    "explain --codes --out",
    "report a.rules a.event --fixed --out",
    "inputs a.rules --format json --out",
    "size a.rules a.event s.csv --given x --out",
    "verify other.json --out",
    "sweep a.rules a.event s.csv --quiet --out",
]


def test_an_output_replaces_nothing_that_commands_read(run, folder, results):
    """Not even what this command did not read: a rulebook, an event, an audit record, a table for programs."""
    for name in ("old.rules", "OLD.RULES"):
        shutil.copy("a.rules", name)
    shutil.copy("a.event", "old.event")
    Path("old.json").write_text('{"event": "E", "declared": "2020-01-01"}', encoding="utf-8")
    assert run("run", "a.rules", "a.event", "--audit", "record.json")[0] == 0
    shutil.copy("record.json", "other.json")
    shutil.copy(results, "losses.parquet")
    Path("link").symlink_to("old.rules")
    before = contents(folder)
    again = {(command, "record.json") for command in WRITING if "--audit" in command}
    again |= {(command, "losses.parquet") for command in WRITING if "sweep" in command}
    for command, file in itertools.product(WRITING, KEPT):
        if (command, file) not in again:
            code, _, err = run(*command.split(), file)
            assert (code, contents(folder)) == (2, before), (command, file, err)
            assert re.search(f"cannot write {file}: an? .* stands there, and is not replaced", err), command
    for command, file in again:  # what was written so is written so again
        assert run(*command.split(), file)[0] == 0, (command, file)


def test_rejects_that_are_swept_again_are_not_written_over(run, folder):
    Path("r.rejects.csv").write_text(SCENARIOS)
    before = contents(folder)
    assert run("sweep", "a.rules", "a.event", "r.rejects.csv", "--out", "r.csv", "--quiet")[0] == 2
    assert contents(folder) == before


def test_outputs_are_distinct_and_in_place_or_none(run, folder):
    before = contents(folder)
    arguments = ["run", "a.rules", "a.event", "--format", "json"]
    for audit, out, code in (
        ("x", "x", 2),
        ("x", "./x", 2),
        ("-", "-", 2),
        ("x", "none/x", 3),
        ("none/x", "x", 3),
        ("x", ".", 3),
        ("x", "/dev/stdout", 3),
    ):
        assert run(*arguments, "--audit", audit, "--out", out)[0] == code
        assert contents(folder) == before
    code, out, _ = run(*arguments, "--audit", "-")
    assert (code, "seal" in json.loads(out)) == (0, True), "the record and nothing else"
    code, out, _ = run(*arguments, "--audit", "-", "--out", "x.json")
    assert ("seal" in json.loads(out), "uncovered" in json.loads(Path("x.json").read_text())) == (True, True)
    code, out, _ = run("test", "a.rules", "--junit", "-")
    assert out.startswith("<?xml")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no device that is always full")
def test_a_record_is_not_left_where_standard_output_fails(folder):
    command = [sys.executable, "-m", "rulelang", "run", "a.rules", "a.event", "--audit", "x.json"]
    with Path("/dev/full").open("w") as full:
        assert subprocess.run(command, stdout=full, stderr=subprocess.DEVNULL, check=False).returncode == 3
    assert not Path("x.json").exists()


# ------------------------------------------------------------------------------------------------------------- sweeps

SWEEP = ["sweep", "a.rules", "a.event", "s.csv", "--quiet", "--out"]


@pytest.mark.parametrize("what", ["folder", "file", "link", "journal", "named"])
def test_what_has_the_name_of_a_stopped_run_and_is_none_stays(what, run, folder):
    partial = folder / "r.parquet.partial"
    if what == "file":
        partial.write_text("precious")
    elif what == "link":
        (folder / "elsewhere").mkdir()
        partial.symlink_to("elsewhere")
    else:
        partial.mkdir()
        names = {"folder": ["thesis.txt"], "journal": ["journal", "thesis.txt"], "named": ["journal", "results"]}[what]
        for name in names:
            (partial / name).write_text("precious")
    for more in ([], ["--restart"], ["--resume"]):
        code, _, err = run(*SWEEP, "r.parquet", *more)
        assert code == 2
        assert "holds no stopped run" in err
    assert not (folder / "r.parquet").exists()
    left = [partial] if what == "file" else list(partial.iterdir())
    assert all(path.read_text() == "precious" for path in left)
    assert left or what == "link"


def test_rejects_that_no_sweep_wrote_stay(run, results):
    for what in (b"precious", Path(results).read_bytes()):
        Path("r.rejects.parquet").write_bytes(what)
        code, _, err = run(*SWEEP, "r.parquet")
        assert code == 2
        assert "no rejects of a sweep" in err
        assert Path("r.rejects.parquet").read_bytes() == what


def test_results_go_where_a_link_leads_and_to_no_device(run, folder):
    Path("there").mkdir()
    Path("r.parquet").symlink_to("there/real.parquet")
    assert run(*SWEEP, "r.parquet")[0] == 0
    assert Path("r.parquet").is_symlink()
    assert Path("there/real.parquet").read_bytes().startswith(b"PAR1")
    assert [path.name for path in Path("there").iterdir()] == ["real.parquet"]
    os.mkfifo("pipe")
    for name in ("pipe", "/dev/null", "/dev/stdout", ".", "..", "there", "none/x"):
        code, _, err = run(*SWEEP, name)
        assert (code, "unwritable-file" in err) == (3, True)
    assert Path("pipe").is_fifo()


def test_results_keep_mode_and_are_private_until_they_are_there(run, results):
    Path(results).chmod(0o604)
    assert run(*SWEEP, results)[0] == 0
    assert Path(results).stat().st_mode & 0o777 == 0o604
    Path(results).chmod(0o444)
    assert run(*SWEEP, results)[0] == 3


# -------------------------------------------------------------------------------------------------- links and folders


def test_links_out_of_a_folder_are_passed_over_and_said(run, folder):
    (folder / "in").mkdir()
    (folder / "out").mkdir()
    shutil.copy("a.rules", "in/a.rules")
    assert run("fmt", "in")[0] == 0
    laid_out = Path("in/a.rules").read_text()
    for target in ("a.rules", "out/a.rules"):
        Path(target).write_text(RULES)
    (folder / "in" / "link.rules").symlink_to("../a.rules")
    (folder / "in" / "folder").symlink_to("../out")
    (folder / "in" / "same.rules").symlink_to("a.rules")
    code, out, err = run("fmt", "in")
    assert code == 0
    assert out == ""
    assert "passed over in/link.rules: the link leads out of in" in err
    assert "passed over in/folder: the link leads out of in" in err
    assert "1 file," in err
    assert Path("a.rules").read_text() == RULES
    assert run("fmt", "in/link.rules")[0] == 0, "a link that is named is followed"
    assert (Path("in/link.rules").is_symlink(), Path("a.rules").read_text()) == (True, laid_out)


def test_what_is_no_readable_file_in_a_folder_is_an_error(run, folder):
    os.mkfifo("pipe.rules")
    for command in (["check", "."], ["fmt", "--check", "."], ["test", "."]):
        code, _, err = run(*command)
        assert (code, "pipe.rules: it is a pipe" in err or command[0] == "check") == (3, True)
    Path("pipe.rules").unlink()
    Path("loop.rules").symlink_to("loop.rules")
    assert run("check", ".", "--no-notes")[0] == 3
    assert run("check", "loop.rules")[0] == 3
    Path("loop.rules").unlink()
    Path("gone.rules").symlink_to("nowhere")
    assert run("fmt", ".")[0] == 3
    Path("gone.rules").unlink()
    Path("folder.rules").mkdir()
    assert run("fmt", ".")[0] == 0
    assert run("run", "folder.rules", "a.event")[0] == 3


def test_a_file_that_vanishes_is_an_error(run, folder, monkeypatch):
    from rulelang.tools import files

    real = files._belongs

    def gone(file, *more):
        found = real(file, *more)
        if file.name == "b.rules":
            file.unlink()
        return found

    monkeypatch.setattr(files, "_belongs", gone)
    code, _, err = run("fmt", "--check", ".")
    assert (code, "b.rules: no such file" in err) == (3, True)


NOBODY = """
import importlib, os, pkgutil, sys
import rulelang
for module in pkgutil.walk_packages(rulelang.__path__, "rulelang."):
    if not module.name.startswith(("rulelang.sweeps", "rulelang.summary", "rulelang.__main__")):
        try:
            importlib.import_module(module.name)
        except ImportError:
            pass
import secrets, shutil, difflib, rich.console, rich.table
from rulelang.tools import cli
from rulelang.syntax.grammar import tables
tables()
b"\\xef\\xbb\\xbf".decode("utf-8-sig")
os.setgroups([]); os.setgid(65534); os.setuid(65534)
sys.argv[0] = "rulelang"
code = 0
for line in sys.stdin.read().splitlines():
    sys.argv[1:] = line.split()
    print(line, cli._guarded(), flush=True)
"""


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="another user can only be had by root")
def test_what_may_not_be_read_or_written_is_a_diagnostic(folder):
    folder.chmod(0o755)
    for above in folder.parents[:3]:
        above.chmod(0o755)
    Path("closed").mkdir()
    Path("tree/inner").mkdir(parents=True)
    Path("events").mkdir()
    for target in ("closed", "tree", "tree/inner"):
        shutil.copy("a.rules", target)
    Path("e.event").write_text(EVENT.replace('"a.rules"', '"closed/a.rules"'))
    Path("f.event").write_text(EVENT.replace('"m.csv"', '"closed/m.csv"'))
    Path("closed").chmod(0o700)
    Path("tree/inner").chmod(0)
    commands = [
        *(
            "check closed/a.rules",
            "check closed",
            "check tree",
            "check tree/inner",
            "check e.event",
            "fmt closed/a.rules",
        ),
        *("fmt --check tree", "fmt a.rules", "test tree", "test closed/a.rules", "run closed/a.rules a.event"),
        *("run a.rules closed/a.event", "run a.rules f.event", "run a.rules a.event --out closed/x"),
        *("diff a.rules b.rules --event closed", "diff a.rules b.rules --event tree", "diff closed/a.rules a.rules"),
        *("new closed/x", "new x", "inputs a.rules --out closed", "verify closed/x", "explain closed/a.rules a.event"),
        *("run a.rules a.event --audit x", "check a.rules --format json --out x"),
    ]
    done = subprocess.run(
        [sys.executable, "-c", NOBODY], input="\n".join(commands), capture_output=True, text=True, check=False
    )
    Path("tree/inner").chmod(0o700)
    assert done.returncode == 0, done.stderr[-2000:]
    for command in commands:
        assert f"{command} 3\n" in done.stdout, (command, done.stdout, done.stderr)
    assert sorted(path.name for path in Path("closed").iterdir()) == ["a.rules"]


# --------------------------------------------------------------------------------------------- paths in texts of others


@pytest.mark.parametrize(
    "under",
    ["../secret.txt", "../secret.rules", "/etc/hostname", "../../etc/passwd", "link.rules", "links/secret.rules"],
)
def test_under_reads_nothing_outside(under, run, folder):
    Path("p").mkdir()
    for name in ("secret.txt", "secret.rules"):
        Path(name).write_text("SECRET_TOKEN = hunter2\n")
    Path("p/link.rules").symlink_to("../secret.rules")
    Path("p/links").symlink_to("..")
    Path("p/e.event").write_text(EVENT.replace("a.rules", under).replace('members from "m.csv"', ""))
    for target in ("p/e.event", "p"):
        code, out, err = run("check", target)
        assert code == 3
        assert "path-outside" in out
        assert "hunter2" not in out + err
    Path("book").mkdir()
    shutil.copy("a.rules", "book")
    Path("p/e.event").write_text(EVENT.replace("m.csv", under))
    code, out, err = run("run", "book/a.rules", "p/e.event")
    assert (code, "path-outside" in err, "hunter2" in out + err) == (3, True, False)


def test_under_reaches_the_rulebook_of_the_project(run, folder):
    Path("events").mkdir()
    Path("sub/deep").mkdir(parents=True)
    text = EVENT.replace('members from "m.csv"\n', "member D fund = EUR 1\nmember A fund = EUR 5\n")
    Path("events/e.event").write_text(text.replace("a.rules", "../a.rules"))
    Path("sub/deep/e.event").write_text(text.replace("a.rules", "../../a.rules"))
    assert run("check", "events/e.event", "--no-notes")[0] == 0
    assert run("check", ".", "--no-notes")[0] == 0, "the folder that the user names holds both"
    assert run("check", "sub/deep/e.event")[0] == 3
    assert run("check", "sub/deep/e.event", "--rulebook", "a.rules", "--no-notes")[0] == 0
    Path(".git").mkdir()
    assert run("check", "sub/deep/e.event", "--no-notes")[0] == 0, "one repository"
    Path("sub/deep/.git").mkdir()
    assert run("check", "sub/deep/e.event")[0] == 3, "another repository"


# --------------------------------------------------------------------------------------------------------------- names


@pytest.mark.parametrize("name", ["x" * 300, "y/" * 2050 + "z", "none/x", "a.rules/x"])
@pytest.mark.parametrize(
    "command",
    [
        *("check {}", "fmt {}", "test {}", "run {} a.event", "run a.rules {}", "run a.rules a.event --out {}"),
        *("run a.rules a.event --audit {}", "diff {} a.rules", "diff a.rules b.rules --event {}", "verify {}"),
        *(
            "explain {} a.event",
            "inputs {}",
            "inputs a.rules --out {}",
            "check a.event --rulebook {}",
            "summary {}.parquet",
        ),
        *("new {}/new", "sweep a.rules a.event {}.csv --out r", "sweep a.rules a.event s.csv --out {}"),
    ],
)
def test_a_path_that_cannot_be_is_a_diagnostic(command, name, run):
    if command.startswith(("new", "inputs a.rules")) and name == "none/x":  # folders are made for what is new
        return
    code, _, err = run(*(word.format(name) for word in command.split()))
    assert code in (2, 3)
    assert "internal error" not in err


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="there names are text")
def test_names_that_are_no_utf8_are_shown_and_recorded(run, folder):
    odd = os.fsdecode(b"f\xff")
    Path(odd).mkdir()
    for name in ("a.rules", "a.event", "m.csv", "s.csv"):
        shutil.copy(name, f"{odd}/{odd}{Path(name).suffix}" if name == "a.rules" else f"{odd}/{name}")
    Path(f"{odd}/broken.rules").write_text("broken\n")
    Path(f"{odd}/b.rules").write_text(RULES.replace("a.event", "none.event"))
    Path(f"{odd}/a.event").write_text(EVENT.replace("a.rules", "b.rules"))
    rules, event = f"{odd}/{odd}.rules", f"{odd}/a.event"
    for command in (
        ["run", rules, event, "--audit", "r.json", "--out", f"{odd}/o.txt"],
        ["run", rules, event, "--audit", f"{odd}/r.json", "--format", "json"],
        ["check", rules, "--format", "json", "--out", "c.json"],
        ["check", odd, "--format", "json"],
        ["check", odd, "--format", "sarif", "--out", "c.sarif"],
        ["test", odd, "--format", "json", "--junit", "j.xml"],
        ["test", f"{odd}/b.rules"],
        ["fmt", "--diff", odd],
        ["explain", rules, event, "--format", "json", "--out", "x.json"],
        ["report", rules, event, "--fixed", "--out", "x.html"],
        ["diff", rules, "b.rules", "--event", event, "--format", "json", "--out", "d.json"],
        ["diff", rules, "b.rules", "--format", "html", "--out", "d.html"],
        ["profile", rules, event, "--format", "json", "--out", "p.json"],
        ["inputs", rules, "--format", "json", "--out", f"{odd}/i.json"],
        ["verify", "r.json", "--format", "json", "--out", "v.json"],
        ["verify", f"{odd}/r.json"],
        ["sweep", rules, event, f"{odd}/s.csv", "--out", f"{odd}/s.parquet"],
        ["summary", f"{odd}/s.parquet", "--rulebook", rules, "--format", "json", "--out", "s.json"],
        ["replay", rules, event, f"{odd}/s.csv", "1", "--audit", "rr.json"],
        ["new", f"new{odd}", "--title", "x"],
        ["run", f"{odd}/none", event],
    ):
        code, _, err = run(*command)
        assert code in (0, 1, 3), (command, err)
        assert "internal error" not in err, (command, err)
        assert "half a character" not in err, (command, err)
    record = json.loads(Path("r.json").read_text(encoding="utf-8"))
    assert record["inputs"]["rulebook"]["name"] == "f\\xff.rules"
    assert run("verify", "r.json")[0] == 0
    assert "f\\xff" in run("check", rules, f"{odd}/broken.rules", "--format", "json")[1].encode().decode(
        "unicode_escape"
    )


# ------------------------------------------------------------------------------------------------------------- streams


def shell(words, redirections):
    command = f"{sys.executable} -m rulelang {words} {redirections}"
    return subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such shell")
@pytest.mark.parametrize(
    ("words", "redirections", "code", "said"),
    [
        ("run a.rules a.event", ">&-", 3, "standard output is closed"),
        ("--help", ">/dev/full", 3, "no space left"),
        ("run a.rules none", "2>&-", 3, ""),
        ("fmt -", "<&-", 3, "cannot read standard input"),
        ("run <(cat a.rules) a.event", "", 0, ""),
        *(
            pytest.param(*case, marks=pytest.mark.slow)
            for case in (
                ("--version", ">&-", 3, "standard output is closed"),
                ("run a.rules a.event --out o --format json", ">&-", 0, ""),
                ("check a.event", ">&- 2>&-", 0, ""),
                ("run a.rules a.event", "2>&-", 0, ""),
                ("run a.rules none", "2>/dev/full", 3, ""),
                ("walk", "2>/dev/full", 2, ""),
                ("fmt -", "< /bin/true", 3, "standard input"),
                ("run a.rules a.event", "<&-", 0, ""),
                ("run a.rules a.event", "<&- >&- 2>&-", 3, ""),
                ("run a.rules a.event --audit o", "<&- 2>&- >/dev/null", 0, ""),
                ("explain --codes", "2>&1 | head -1 >/dev/null; exit ${PIPESTATUS[0]}", 0, ""),
                ("--help", "2>&1 | true; exit ${PIPESTATUS[0]}", 0, ""),
                ("check <(cat a.rules)", "", 3, ""),
            )
        ),
    ],
)
def test_streams_that_are_closed_or_full(words, redirections, code, said, folder):
    done = shell(words, redirections)
    if words.startswith("check <("):
        code = done.returncode  # its findings
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert "internal error" not in done.stderr
    assert "Traceback" not in done.stderr
    if "--audit o" in words:
        assert json.loads(Path("o").read_text())["seal"], "no message went into the file"


def test_a_pipe_with_a_name_keeps_nobody_waiting(run):
    os.mkfifo("pipe.rules")
    for command in (["check", "pipe.rules"], ["run", "pipe.rules", "a.event"], ["run", "a.rules", "pipe.rules"]):
        code, out, err = run(*command)
        assert (code, "it is a pipe" in out + err) == (3, True)
    Path("e.event").write_text(EVENT.replace("m.csv", "pipe.rules"))
    assert run("run", "a.rules", "e.event")[0] == 3
    Path("pipe.rules").rename("pipe.csv")
    assert run("sweep", "a.rules", "a.event", "pipe.csv", "--out", "r")[0] == 3
    Path("pipe.csv").rename("pipe.parquet")
    assert run("summary", "pipe.parquet")[0] == 3


# ----------------------------------------------------------------------------------------------------------------- new


def test_new_writes_all_or_nothing(run, folder):
    Path("n/events").mkdir(parents=True)
    Path("n/events/first.event").symlink_to("nowhere")
    Path("n/mine").write_text("mine")
    assert run("new", "n")[0] == 3
    assert sorted(path.name for path in Path("n").iterdir()) == ["events", "mine"]
    Path("n/events/first.event").unlink()
    assert run("new", "n")[0] == 0
    assert run("new", "n")[0] == 3
    assert run("new", "a.rules/x")[0] == 3
    assert run("new", "a.rules")[0] == 3
