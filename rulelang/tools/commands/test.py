"""``rulelang test``: run the ``test`` blocks of rulebooks."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import click

from rulelang.base.diagnostic import RulelangError
from rulelang.base.render import render_text, to_json, visible
from rulelang.base.source import readable
from rulelang.check.rulebook import check_rulebook, errors_among
from rulelang.document.write import Plain
from rulelang.histories.testing import run_tests
from rulelang.run.testing import TestReport, TestResult
from rulelang.syntax.read import read_source
from rulelang.tools.cli import BAD_INPUT, FINDINGS, show, terminal_width
from rulelang.tools.files import RulelangPath, files_of, require_outputs
from rulelang.tools.formats import Reply, format_option, out_option

if TYPE_CHECKING:
    from rulelang.document.document import Document
    from rulelang.document.table import Reader


@click.command("test")
@click.argument("paths", nargs=-1, required=True, type=RulelangPath())
@format_option(what="the results")
@out_option()
@click.option("--junit", type=RulelangPath(), help="Write the results as JUnit XML to this file too; `-`: these alone.")
@click.option("--no-reach", is_flag=True, help="Do not tell which steps and branches no test reaches.")
def command(paths: tuple[str, ...], reply: Reply, junit: str | None, no_reach: bool) -> int:
    r"""Run the tests written in rulebooks: files, or folders with all *.rules files below.

    A test fails if an expectation is not met, an `ensure` does not hold, or its event does not run. What no test
    reaches (steps, sides of guards, branches of `if`) is told as notes.

    Exit code 0: all pass, 1: a test failed, 3: a rulebook cannot be read or does not check.

    \b
    Examples:
      rulelang test rulebooks
      rulelang test ccp.rules --junit results.xml
      rulelang test rulebooks --format html --out tests.html
    """
    require_outputs(junit, reply.out, inputs=paths)
    files = files_of(paths, (".rules",))
    reports: list[tuple[Path, TestReport]] = []
    broken: list[RulelangError] = [RulelangError(files.errors)] if files.errors else []
    for path in files.paths:
        try:
            reports.append((path, run_tests(check_rulebook(read_source(path)))))
        except RulelangError as error:
            broken.append(RulelangError(errors_among(error.diagnostics) or error.diagnostics))
    reply.tell(
        partial(_document, reports),
        lambda: [_plain(path, report) for path, report in reports],
        (b"" if junit is None else _junit(reports), junit),
        text=partial(_told, reports, colour=reply.colour, reach=not no_reach),
        ascii_json=True,
    )
    for refused in broken:
        show(refused)
    failed = any(not report.passed for _, report in reports)
    return BAD_INPUT if broken else FINDINGS if failed else 0


def _told(reports: list[tuple[Path, TestReport]], *, colour: bool, reach: bool) -> str:
    rendered = partial(render_text, colour=colour, width=terminal_width())
    lines: list[str] = []
    for path, report in reports:
        lines.append(visible(str(path)))
        if not report.results:
            lines.append("  no tests")
        for result in report.results:
            lines.append(f"  {'passed' if result.passed else 'FAILED'}  {visible(result.title)}")
            if found := (*result.failures, *result.remarks):
                lines.append(rendered(found))
        if reach and report.results and report.unreached:
            lines.append(rendered(report.unreached))
    return "".join(f"{line}\n" for line in (*lines, _summary(reports)))


def _summary(reports: list[tuple[Path, TestReport]]) -> str:
    results = [result for _, report in reports for result in report.results]
    failed = sum(not result.passed for result in results)
    return f"{len(results) - failed} passed, {failed} failed"


def _document(reports: list[tuple[Path, TestReport]], _reader: "Reader") -> "Document":
    """A row for each test, and one for each finding."""
    from rulelang.document.document import Document, Headline, Section
    from rulelang.document.findings import COLUMNS, finding_cells
    from rulelang.document.table import Cell, Column, Table, name, rows_of

    fate = {True: Cell("name", "passed", tone="good"), False: Cell("name", "FAILED", tone="bad")}
    tests, findings = [], []
    for path, report in reports:
        for result in report.results:
            head = (name(str(path)), name(result.title))
            tests.append((*head, fate[result.passed]))
            findings += [(*head, *row) for row in finding_cells((*result.failures, *result.remarks))]
        findings += [(name(str(path)), Cell(), *row) for row in finding_cells(report.unreached)]
    named = (Column("rulebook"), Column("test"))
    results = Table("Tests", (*named, Column("result")), rows_of(*tests))
    found = Table("Findings", (*named, *COLUMNS), rows_of(*findings))
    sections = (Section("Tests", table=results), *([Section("Findings", table=found)] if findings else []))
    passed = all(report.passed for _, report in reports)
    headline = Headline("passed" if passed else "failed", passed, _summary(reports))
    return Document(("Tests of rulebooks",), sections, headline=headline)


def _plain(path: Path, report: TestReport) -> Plain:
    return {
        "rulebook": readable(str(path)),
        "passed": report.passed,
        "tests": [
            {
                "title": result.title,
                "passed": result.passed,
                "failures": to_json(result.failures)["diagnostics"],
                "remarks": to_json(result.remarks)["diagnostics"],
            }
            for result in report.results
        ],
        "unreached": to_json(report.unreached)["diagnostics"],
    }


def _junit(reports: list[tuple[Path, TestReport]]) -> bytes:
    """The results in the form that build servers read."""
    root = ElementTree.Element("testsuites")
    for path, report in reports:
        failures = sum(not result.passed for result in report.results)
        suite = ElementTree.SubElement(
            root, "testsuite", name=_xml(str(path)), tests=str(len(report.results)), failures=str(failures)
        )
        for result in report.results:
            _junit_case(suite, path, result)
    ElementTree.indent(root)
    text: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return text


def _junit_case(suite: ElementTree.Element, path: Path, result: TestResult) -> None:
    case = ElementTree.SubElement(suite, "testcase", classname=_xml(str(path)), name=_xml(result.title))
    if not result.passed:
        failure = ElementTree.SubElement(case, "failure", message=_xml(result.failures[0].message))
        failure.text = _xml(render_text(result.failures, colour=False))


def _xml(text: str) -> str:
    """Text without the characters that XML cannot hold."""
    return "".join(c if c in "\n\t" or (c.isprintable() or c == " ") else "?" for c in text)
