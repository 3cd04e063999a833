"""The parts of a comparison as plain values, for JSON: what ``schemas/diff.schema.json`` describes."""

from rulelang.base.decimals import exact_amount, exact_or_none
from rulelang.base.diagnostic import Diagnostic
from rulelang.base.money import Currency
from rulelang.base.render import place_values
from rulelang.base.source import SourceText
from rulelang.changes.event_comparison import Change, EventComparison
from rulelang.check.program import CheckedProgram
from rulelang.document.write import Plain
from rulelang.profiles.difference import Band, Difference


def plain_diagnostic(found: Diagnostic) -> Plain:
    """What a reader of a comparison needs of a diagnostic."""
    place = place_values(found.place)
    where = {key: place[key] for key in ("file", "line", "column")}
    return {"code": found.code, "message": found.message, **where, "helps": list(found.helps)}


def identity(program: CheckedProgram | None, source: SourceText) -> Plain:
    """Which rulebook a version is; of one that does not check nothing but its text is known."""
    title, version = (None, None) if program is None else (program.title, program.version)
    return {"file": source.name, "title": title, "version": version, "sha256": source.sha256}


def plain_event(found: EventComparison, currency: Currency) -> Plain:
    """What was found in one event."""
    event, moved = found.event, found.varied_in or currency
    ran = not found.refusal
    before, after = found.outcomes
    return {
        **event.named,
        "declared": event.declared.isoformat(),
        "sha256": event.sha256,
        "loss": currency.plain(event.loss),
        "verdict": found.level.words,
        "varied": found.varied,
        **({} if found.varied_in is None else {"varied_currency": found.varied_in.code}),
        "until": exact_or_none(found.until, moved),
        "ended": [plain_diagnostic(each) for each in found.ended],
        "refusal": [plain_diagnostic(each) for each in found.refusal],
        "slack": found.slack,
        "doubts": [{"version": version, **doubt.to_dict(moved)} for version, doubt in found.doubts],
        "rounding_only": found.rounding_only,
        "outcome": {"before": before, "after": after} if ran else None,
        "order": {"before": list(found.order_before), "after": list(found.order_after)} if ran else None,
        "bands": [_band(band, moved) for band in found.bands],
        "classes": [{"class": name, **_change(change, currency, moved)} for name, change in found.classes.items()],
        "payers": [
            {"payer": each.payer, "name": each.name, "class": each.group, **_change(each.amount, currency, moved)}
            for each in found.payers
        ],
        "steps": [
            {
                "old": each.old,
                "new": each.new,
                "segment": each.segment,
                "title": each.title,
                **_change(each.amount, currency, moved),
            }
            for each in found.steps
        ],
    }


def _change(change: Change, currency: Currency, moved: Currency) -> Plain:
    differs = "yes" if change.matters else "rounding" if change.rounding_only else "no"
    return {
        "before": currency.plain(change.before),
        "after": currency.plain(change.after),
        "difference": currency.plain(change.difference),
        "differs": differs,
        "over": None if change.over is None else _difference(change.over, currency, moved),
    }


def _difference(over: Difference, currency: Currency, moved: Currency) -> Plain:
    """A difference over all values of what varies, which are in the currency ``moved``."""
    extreme = over.extreme
    return {
        "direction": over.direction,
        "from": exact_or_none(over.first, moved),
        "largest": {
            "amount": exact_amount(extreme.amount, currency),
            "at": exact_amount(extreme.at, moved),
            "side": extreme.side,
            "unbounded": extreme.unbounded,
        }
        if over.bands
        else None,
        "bands": [{**_band(band, moved), "sign": band.sign} for band in over.bands],
    }


def _band(band: Band, currency: Currency) -> Plain:
    return {"from": exact_or_none(band.start, currency), "to": exact_or_none(band.end, currency)}
