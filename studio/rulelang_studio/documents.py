"""A document of the package as plain values that a page can show piece by piece, every text as text."""

from typing import Any

from rulelang.base.money import Currency
from rulelang.document.cells import pieces
from rulelang.document.document import Document, Section
from rulelang.document.table import Cell, Row, Table

Plain = dict[str, Any]
"""Plain values for JSON: texts, numbers, truths, lists and tables of these."""


def plain_document(document: Document) -> Plain:
    """Its title, headline and sections; a sentence is a list of pieces, each a text and whether it is code."""
    headline = document.headline
    said = None
    if headline is not None:
        said = {
            "words": headline.words,
            "calm": headline.calm,
            "sentence": pieces(headline.sentence),
            "compared": pieces(headline.compared),
        }
    return {
        "title": list(document.title),
        "headline": said,
        "exercise": document.exercise,
        "sections": [_section(section, document.currency) for section in document.sections],
    }


def _section(section: Section, currency: Currency) -> Plain:
    strong = section.strong
    return {
        "title": pieces(section.title),
        "unit": section.heading(currency).removeprefix(section.title),
        "level": section.level,
        "aside": section.aside,
        "intro": [pieces(line) for line in section.intro],
        "items": [pieces(line) for line in section.items],
        "code": list(section.code),
        "table": None if section.table is None else _table(section.table, currency),
        "note": None if section.note is None else pieces(section.note),
        "strong": None if strong is None else [strong.before, strong.word, strong.after],
    }


def _table(table: Table, currency: Currency) -> Plain:
    return {
        "columns": [{"title": column.title, "right": column.right} for column in table.columns],
        "rows": [_row(row, currency) for row in table.rows],
        "total": None if table.total is None else _row(table.total, currency),
    }


def _row(row: Row, currency: Currency) -> Plain:
    return {"cells": [_cell(cell, currency) for cell in row.cells], "changed": row.changed, "whole": row.whole}


def _cell(cell: Cell, currency: Currency) -> Plain:
    sign = {1: "more", 0: "", -1: "less"}[cell.sign]
    return {
        "text": pieces(cell.text) if cell.kind == "text" and cell.text else [(cell.shown(currency), False)],
        "code": cell.kind in ("code", "command"),
        "beside": cell.beside,
        "tone": sign or cell.tone,
    }
