"""Diagnostics as SARIF 2.1.0, the form that code hosts and editors read (OASIS standard, 27 March 2020)."""

from collections.abc import Iterable
from pathlib import PurePath
from urllib.parse import quote

from rulelang.base.advice import Fix
from rulelang.base.codes import CODES
from rulelang.base.diagnostic import Diagnostic, in_order
from rulelang.base.json_values import JsonObject
from rulelang.base.pages import page
from rulelang.base.render import place_values
from rulelang.base.source import Place

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"


def _message(text: str) -> dict[str, str]:
    """A SARIF message; what would read as a link in it is escaped, for names are chosen by strangers."""
    if "](" in text:
        text = text.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
    return {"text": text}


def _rule(code: str) -> JsonObject:
    """What a viewer shows of a code: its title, its page and how much it weighs."""
    row = CODES[code]
    rule: JsonObject = {
        "id": code,
        "shortDescription": _message(row.title),
        "defaultConfiguration": {"level": row.severity},
    }
    try:
        text = page(code)
    except OSError:  # the file is missing, which is no reason to withhold the findings
        return rule
    return rule | {"help": {"text": text, "markdown": text}}


def _uri(name: str) -> str:
    """A file name as a URI reference: relative names stay relative."""
    path = PurePath(name)
    shown = path.as_posix()
    if path.is_absolute():
        return f"file://{'' if shown.startswith('/') else '/'}{quote(shown, safe='/:', errors='surrogatepass')}"
    return quote(shown, errors="surrogatepass")


def _artifact(place: Place) -> dict[str, str]:
    return {"uri": _uri(place.source.name)}


def _region(place: Place) -> dict[str, int]:
    values = place_values(place)
    return {
        "startLine": values["line"],
        "startColumn": values["column"],
        "endLine": values["end_line"],
        "endColumn": values["end_column"],
        "charOffset": values["offset"],
        "charLength": values["end_offset"] - values["offset"],
    }


def _location(place: Place | None, message: str = "", breadcrumb: tuple[str, ...] = ()) -> JsonObject:
    """A SARIF location: the place in the file, and the way there through rulebook or data."""
    location: JsonObject = {}
    logical: list[dict[str, str]] = []
    if place is not None:
        physical: JsonObject = {"artifactLocation": _artifact(place)}
        if place.span is not None:
            physical["region"] = _region(place)
        location["physicalLocation"] = physical
        if place.pointer is not None:
            logical.append({"fullyQualifiedName": place.pointer, "kind": "value"})
    if breadcrumb:
        logical.append({"name": breadcrumb[-1], "fullyQualifiedName": " › ".join(breadcrumb)})
    if logical:
        location["logicalLocations"] = logical
    if message:
        location["message"] = _message(message)
    return location


def _fix(fix: Fix) -> JsonObject:
    replacement = {"deletedRegion": _region(fix.place), "insertedContent": {"text": fix.replacement}}
    change = {"artifactLocation": _artifact(fix.place), "replacements": [replacement]}
    return {"description": _message(fix.title)} | {"artifactChanges": [change]}


def _result(diagnostic: Diagnostic, index: int) -> JsonObject:
    lines = [diagnostic.message, *(f"help: {text}" for text in diagnostic.helps)]
    lines += [f"note: {text}" for text in diagnostic.notes]
    result: JsonObject = {
        "ruleId": diagnostic.code,
        "ruleIndex": index,
        "level": diagnostic.severity.value,
        "message": _message("\n".join(lines)),
    }
    if location := _location(diagnostic.place, diagnostic.marker, diagnostic.breadcrumb):
        result["locations"] = [location]
    if diagnostic.labels:
        labels = enumerate(diagnostic.labels)
        result["relatedLocations"] = [{"id": number} | _location(label.place, label.text) for number, label in labels]
    if fixes := [_fix(fix) for fix in diagnostic.fixes if fix.place.span is not None]:
        result["fixes"] = fixes
    if diagnostic.citation is not None:
        result["properties"] = {"citation": diagnostic.citation}
    return result


def to_sarif(diagnostics: Iterable[Diagnostic], version: str) -> JsonObject:
    """A SARIF log with one run: every code as a rule of the tool, every diagnostic as a result.

    ``version`` is that of the program.  Columns and offsets count characters, which the log says of itself.
    """
    codes = {code: index for index, code in enumerate(CODES)}
    driver = {"name": "rulelang", "version": version, "rules": [_rule(code) for code in codes]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(diagnostic, codes[diagnostic.code]) for diagnostic in in_order(diagnostics)],
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
