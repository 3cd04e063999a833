"""What the commands of the server answer: a run, the tests, a profile, as Markdown for a panel or a hover."""

import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from attrs import evolve

from rulelang.analysis.facts import Facts, FileKind
from rulelang.analysis.runs import Run
from rulelang.base.diagnostic import Diagnostic, RulelangError, Severity, finding
from rulelang.document.allocation import allocation_document
from rulelang.document.document import Document, Headline, Section
from rulelang.document.findings import lines_of
from rulelang.document.markdown import render_markdown
from rulelang.document.table import Reader
from rulelang.histories.document import history_document
from rulelang.histories.fold import event_on, one_day
from rulelang.histories.testing import run_tests
from rulelang.lsp.session import Session
from rulelang.profiles.document import profile_document
from rulelang.profiles.profile import Budget, make_profile
from rulelang.profiles.selection import Selection
from rulelang.profiles.variable import find_variable
from rulelang.run.plan import Plan, make_plan
from rulelang.syntax.nodes import instant

Answer = dict[str, Any]  # `title`, `markdown` and `ok`, as JSON
SECONDS = 20
"""A profile that takes longer is given up: an editor waits for it."""
_READER = Reader("markdown")


def run(session: Session, address: str, event: str | None) -> Answer:
    """Who pays how much: a rulebook against an event, an event under its rulebook, a history or a day of it."""
    facts = session.facts(address)
    if facts is not None and facts.kind is FileKind.HISTORY:
        return _days(facts, event)
    found = _run_of(session, address, event)
    if not isinstance(found, Run):
        return found
    if found.allocation is None:
        return refused("The run stops", found.findings)
    return _answer(allocation_document(found.allocation, _READER), ok=found.allocation.holds)


def profile(session: Session, address: str, event: str | None, payer: str | None) -> Answer:
    """What everybody pays for every loss, of an event or a day of a history."""
    try:
        plan = _plan(session, address, event)
        if not isinstance(plan, Plan):
            return plan
        made = make_profile(plan, find_variable(plan), budget=evolve(Budget(), seconds=SECONDS))
    except RulelangError as error:
        return refused("There is no profile", error.diagnostics)
    selection = Selection(None if payer is None else (payer,), None)
    return _answer(profile_document(made, selection, _READER), ok=True)


def _plan(session: Session, address: str, event: str | None) -> Plan | Answer:
    facts = session.facts(address)
    if facts is not None and facts.kind is FileKind.HISTORY:
        if facts.history is None:
            return _does_not_check(facts, "history")
        return make_plan(*event_on(facts.history, _day(event)))
    found = _run_of(session, address, event)
    if not isinstance(found, Run):
        return found
    assert found.rulebook.program is not None
    return make_plan(found.rulebook.program, found.event)


def _days(facts: Facts, day: str | None) -> Answer:
    """The days of a history, or one of them."""
    if facts.history is None or facts.days is None:
        return _does_not_check(facts, "history")
    try:
        told = facts.days if day is None else one_day(facts.history, facts.days, _day(day))
    except RulelangError as error:
        return refused("There is no such day", error.diagnostics)
    ok = all(each.run is None or each.run.holds for each in told.days)
    return _answer(history_document(told, _READER), ok=ok)


def _day(text: str | None) -> datetime.date:
    """The day that a text names.

    Raises:
        RulelangError: it names none.
    """
    found = instant(text or "")
    if found is None:
        message = f"there is no day `{text}`" if text else "a profile is that of one day of a history"
        raise RulelangError([finding("unknown-day", message, help="name a day, as in `2018-09-11`")])
    return found


def tests(session: Session, address: str, title: str | None) -> Answer:
    """The tests of a rulebook, or one of them."""
    facts = session.facts(address)
    if facts is None or facts.program is None:
        return _does_not_check(facts, "rulebook")
    program = facts.program
    if title is not None:
        program = evolve(program, tests=tuple(test for test in program.tests if test.title == title))
    report = run_tests(program, session.workspace.documents.read)
    failed = [result for result in report.results if not result.passed]
    items = tuple(f"{'passed' if each.passed else 'FAILED'}: {each.title}" for each in report.results)
    sections = [Section("Tests", items=items)] if items else []
    sections += [Section(each.title, code=lines_of((*each.failures, *each.remarks))) for each in failed]
    if title is None and report.unreached:
        sections.append(Section("What no test reaches", code=lines_of(report.unreached)))
    word = "passed" if report.passed else "failed"
    told = f"{len(report.results) - len(failed)} passed, {len(failed)} failed"
    named = facts.rulebook or facts.source.path or Path(facts.source.name)
    document = Document((f"Tests of {named.name}",), tuple(sections), headline=Headline(word, report.passed, told))
    return _answer(document, ok=report.passed)


def events(session: Session, address: str) -> list[dict[str, str]]:
    """The events that belong to a rulebook, by their addresses and titles."""
    path = session.addresses.path(address)
    with session.workspace.together.unchanged():
        return [
            {"uri": session.addresses.address(each), "title": session.workspace.title(each)}
            for each, _ in session.workspace.events(path)
        ]


def _run_of(session: Session, address: str, event: str | None) -> Run | Answer:
    facts = session.facts(address)
    if facts is None or facts.program is None:
        return _does_not_check(facts, "rulebook")
    chosen = None if event is None else session.addresses.path(event)
    found = session.run(facts, chosen)
    if found is not None:
        return found
    if facts.kind is FileKind.EVENT:
        return _does_not_check(facts, "event")
    path = facts.source.path
    chosen = chosen or (None if path is None else session.runs.event_of(path))
    if chosen is None or path is None:
        return _plain("No event", "No event that belongs to this rulebook fits it.")
    loaded = session.workspace.event(chosen, path)
    if loaded is None:
        return _plain("No such event", "It is not there, or it is under another rulebook.")
    return _does_not_check(loaded, "event")


def _does_not_check(facts: Facts | None, what: str) -> Answer:
    errors = () if facts is None else tuple(each for each in facts.findings if each.severity is Severity.ERROR)
    if not errors and facts is not None:
        errors = facts.findings
    return refused(f"The {what} does not check", errors)


def refused(title: str, findings: Sequence[Diagnostic]) -> Answer:
    """What is wrong, as an answer."""
    return _answer(Document((title,), (Section(code=lines_of(findings)),) if findings else ()), ok=False)


def _plain(title: str, sentence: str) -> Answer:
    return _answer(Document((title,), (Section(intro=(sentence,)),)), ok=False)


def _answer(document: Document, *, ok: bool) -> Answer:
    title = document.title[0]
    return {"title": title, "markdown": render_markdown(document), "ok": ok}
