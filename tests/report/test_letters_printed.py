"""Letters on paper: each of an ordinary history is one page of A4, also that of who has the most to read."""

import base64
import re

import pytest

import rulelang
from rulelang.document.table import Reader
from rulelang.document.write import written
from rulelang.statements.document import statement_document
from rulelang.statements.statement import Statement, payers_of_history, statements_of_history
from tests.conftest import ROOT
from tests.report.browser import opened

HISTORIES = sorted((ROOT / "rulebooks").rglob("*.history"))


def longest(path) -> Statement:
    """The letter of a history that says the most."""
    history = rulelang.load_history(path)
    result = rulelang.evaluate_history(history)
    letters = statements_of_history(result, history.programs, payers_of_history(result))
    return max(letters, key=lambda letter: (len(letter.lines), sum(len(line.how or "") for line in letter.lines)))


def pages(driver, folder, letter: Statement) -> int:
    """How many pages a letter takes in print."""
    page = folder / "letter.html"
    page.write_text(str(written(statement_document(letter, Reader("html")), "html")), "utf-8")
    opened(driver, page)
    made = driver.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})
    return len(re.findall(rb"/Type\s*/Page\b", base64.b64decode(made["data"])))


@pytest.mark.slow
@pytest.mark.parametrize("path", HISTORIES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_letter_is_one_page(driver, tmp_path, path):
    assert pages(driver, tmp_path, longest(path)) == 1
