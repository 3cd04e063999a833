"""The pages of the gallery: each rulebook that ships with its notes, pictures of its events, and its texts."""

from collections.abc import Iterator
from pathlib import Path

import rulelang
from rulelang.document.markup import element, raw
from rulelang.report.history_picture import timeline
from rulelang.tools.library import Entry, entries
from website.pictures import waterfall
from website.playground import fragment, opening

_NAMES = {
    "defaulters": "defaulters",
    "ccp": "the clearing house",
    "parties": "other parties",
    "survivors": "surviving members",
}
_KEY = "".join(f'<li style="--it: var(--class-{group})">{name}</li>' for group, name in _NAMES.items())
HIDDEN = "{data-search-exclude}"  # whole rulebooks would stand before the pages that explain their words
PAYERS = f'<ul class="payers">{_KEY}</ul>\n'


def pages(playground: str | None) -> Iterator[tuple[str, tuple[str, str]]]:
    """The name of each entry, and what its page holds before and behind its notes: its pictures, and its texts.

    ``playground`` is the way there from the page, if there is one.
    """
    for entry in entries():
        yield entry.name, ("".join(_pictures(entry)), "".join(_texts(entry, playground)))


def cards() -> str:
    """A picture of each service, with the first event that it ships with; each leads to its page."""
    shown = []
    for entry in entries():
        first = next(_runs(entry, small=True), None) if entry.kind == "service" else None
        if first is not None:
            title = element("strong", entry.title)
            card = element("a", title, element("span", entry.structure), raw(first[1]), href=f"{entry.name}.html")
            shown.append(f'<div class="card" markdown="0">{card}</div>\n')
    said = "Each service with the first event that it ships with: what each step pays of the loss."
    return f'{said}\n\n{PAYERS}\n<div class="cards" markdown="0">\n{"".join(shown)}</div>\n\n## All services\n'


def _pictures(entry: Entry) -> Iterator[str]:
    runs, days = [*_runs(entry)], [*_days(entry)]
    if runs or days:
        yield f"## Pictures {HIDDEN}\n\n{PAYERS if runs else ''}\n"
        for title, picture in [*runs, *days]:
            yield f'**{title}**\n\n<figure class="run">{picture}</figure>\n\n'


def _texts(entry: Entry, playground: str | None) -> Iterator[str]:
    yield f"\n## Texts {HIDDEN}\n\n"
    if playground is not None:
        yield opening(playground + _opened(entry)) + "\n"
    for path, text in entry.texts().items():
        if path.suffix in (".rules", ".event", ".history"):
            yield f"### {path.as_posix()} {HIDDEN}\n\n```{path.suffix[1:]}\n{text.rstrip()}\n```\n\n"


def _opened(entry: Entry) -> str:
    if entry.kind == "service":
        return f"#example={entry.name}"
    rules = {path.name: text for path, text in entry.texts().items() if path.suffix == ".rules"}
    return fragment(dict(sorted(rules.items(), reverse=True)), tab="compare")


def _runs(entry: Entry, *, small: bool = False) -> Iterator[tuple[str, str]]:
    """Each event under each rulebook that takes it, with its picture; events in the order of the notes."""
    rulebooks = sorted((path for path in entry.files if path.suffix == ".rules"), key=_age)
    programs = {path: rulelang.load_rulebook(entry.folder / path) for path in rulebooks}
    for path in [each for each in entry.files if each.suffix == ".event"]:
        for rules, program in programs.items():
            try:
                event = rulelang.load_event(entry.folder / path, program)
                found = rulelang.evaluate(program, event)
            except rulelang.RulelangError:
                continue  # it is an event of the other rulebook
            of = f" – {rules.as_posix()}" if len(programs) > 1 else ""
            yield f"{found.event.title}{of}", waterfall(program, found, small=small)


def _age(path: Path) -> tuple[bool, str]:
    """Those before a change first."""
    return not path.name.startswith("before"), path.name


def _days(entry: Entry) -> Iterator[tuple[str, str]]:
    for path in entry.files:
        if path.suffix == ".history":
            history = rulelang.load_history(entry.folder / path)
            yield history.title, timeline(rulelang.evaluate_history(history))
