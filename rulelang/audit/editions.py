"""Records of the first edition of the language: how their texts are run, and what such a record does not tell.

A record stands if its texts, run again, give the same bytes.  So one of the first edition is run by the rules of that
edition where the second changed it (words that are reserved since, windows of business days, ``without reallocation``,
pots that ``if missing`` fills in), and the record made anew leaves out what only the second edition tells.
"""

import datetime
from collections.abc import Mapping

from attrs import evolve, frozen

from rulelang.base.json_values import JsonObject, JsonValue
from rulelang.base.source import SourceText
from rulelang.check.program import CheckedProgram
from rulelang.check.rulebook import check_rulebook
from rulelang.model.calendar import Calendar, Duration

LANGUAGES = {1: "1", 2: "2"}
"""The version of the language that ``docs/spec.md`` describes, by the version of the records that tell its runs."""

_NEW_IN_RECORD = {"past", "values_as_of", "periods"}
_NEW_IN_DECISION = {"up_to"}
_NEW_IN_MISSING = {"defaulter"}
_NEW_IN_STEP = {"round", "defaulter", "pass", "once_during", "decided_most", "losses_met"}
_NEW_IN_LIMIT = {"name", "basis", "counts", "first_day", "resizings"}
_NEW_IN_RESULT = {"losses"}
_NEW_IN_ROW = {"round", "defaulter"}


@frozen
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
    steps = [_first_step(step) for step in record["steps"]]
    missing = [_without(use, _NEW_IN_MISSING) for use in record["missing"]]
    decisions = [_without(decision, _NEW_IN_DECISION) for decision in record["decisions"]]
    result = _without(record["result"], _NEW_IN_RESULT)
    result.update({part: [_without(row, _NEW_IN_ROW) for row in result[part]] for part in ("tranches", "allocations")})
    first: JsonObject = {"record_version": 1, "language_version": LANGUAGES[1]}
    return {
        **_without(record, _NEW_IN_RECORD),
        **first,
        "decisions": decisions,
        "missing": missing,
        "steps": steps,
        "result": result,
    }


def _first_step(step: Mapping[str, JsonValue]) -> JsonObject:
    first = _without(step, _NEW_IN_STEP)
    first["limits"] = [_without(limit, _NEW_IN_LIMIT) for limit in step["limits"]]
    if step["decision"] is not None:
        first["decision"] = _without(step["decision"], _NEW_IN_DECISION)
    return first


def _without(told: Mapping[str, JsonValue], keys: set[str]) -> JsonObject:
    return {key: value for key, value in told.items() if key not in keys}
