"""Records of the first edition of the language: how their texts are run, and what such a record does not tell.

A record stands if its texts, run again, give the same bytes.  So one of the first edition is run by the rules of that
edition where the second changed it (words that are reserved since, windows of business days, ``without reallocation``,
pots that ``if missing`` fills in), and the record made anew leaves out what only the second edition tells.
"""

import datetime
from collections.abc import Mapping

from attrs import evolve

from rulelang.base.json_values import JsonObject, JsonValue
from rulelang.base.source import SourceText
from rulelang.check.program import CheckedProgram
from rulelang.check.rulebook import check_rulebook
from rulelang.model.calendar import Calendar, Duration

LANGUAGES = {1: "1", 2: "2"}
"""The version of the language that ``docs/spec.md`` describes, by the version of the records that tell its runs."""

# What the first edition told, which nothing that is told since can change.
_RECORD = frozenset("format engine inputs decisions missing remarks steps result".split())
_DECISION = frozenset("step decision by because".split())
_MISSING = frozenset("name member segment words value".split())
_STEP = frozenset(
    """
    step title kind segment citation line status loss_met capacity part_of_group drawn remaining group clause_citations
    condition in_force decision limits pot key reallocation left_out payers ranks losses_reduced
    """.split()
)
_LIMIT = frozenset("words line citation each counted_since values already_paid left".split())
_RESULT = frozenset("rulebook event currency loss tranches allocations uncovered outcome ensures".split())
_ROW = frozenset("tranche kind segment payer amount capacity drawn remaining skipped".split())


class FirstCalendar(Calendar):
    """Days as the first edition counted them."""

    def first_of_window(self, last: datetime.date, length: Duration) -> datetime.date:
        """The day behind the one that lies so many days before ``last``: behind a weekend, its days belong too."""
        if length.unit == "business days":
            return self.shifted(last, -length.number, length.unit) + datetime.timedelta(1)
        return super().first_of_window(last, length)


def as_of_edition(rulebook: SourceText, version: int) -> CheckedProgram:
    """A rulebook as a record of some version read and ran it.

    Raises:
        RulelangError: it does not check.
    """
    program = check_rulebook(rulebook, version)
    return evolve(program, calendar=FirstCalendar()) if version == 1 else program


def told_as(record: JsonObject, version: int) -> JsonObject:
    """A record, without its seal, in the form of some version."""
    if version != 1:
        return record
    decisions = [_only(_DECISION, decision) for decision in record["decisions"]]
    missing = [_only(_MISSING, use) for use in record["missing"]]
    steps = [_first_step(step) for step in record["steps"]]
    result = _only(_RESULT, record["result"])
    result.update({part: [_only(_ROW, row) for row in result[part]] for part in ("tranches", "allocations")})
    first: JsonObject = {"record_version": 1, "language_version": LANGUAGES[1]}
    return {
        **_only(_RECORD, record),
        **first,
        "decisions": decisions,
        "missing": missing,
        "steps": steps,
        "result": result,
    }


def _first_step(step: Mapping[str, JsonValue]) -> JsonObject:
    first = _only(_STEP, step)
    first["limits"] = [_only(_LIMIT, limit) for limit in step["limits"]]
    if step["decision"] is not None:
        first["decision"] = _only(_DECISION, step["decision"])
    return first


def _only(keys: frozenset[str], told: Mapping[str, JsonValue]) -> JsonObject:
    return {key: value for key, value in told.items() if key in keys}
