"""The way down to a place: which section, step or member is being read, for the breadcrumb of a diagnostic."""

from rulelang.base.values import Gathering, part
from rulelang.syntax.grammar import openers

_NAMED = {"DEFINE": "definitions", "GIVEN": "givens", "PARTY": "parties", "LIMIT": "limits", "PERIOD": "periods"}
_TITLED = {"ENSURE": "ensure", "_ASSUME": "assume", "TEST": "test"}
_SECTIONS = frozenset(
    {"DEFINE", "PARTY", "ENSURE", "_ASSUME", "TEST", "CURRENCY", "LIMIT", "HOLIDAYS", "REPLENISH", "RECOVERIES"}
)
_DAYS = {"OPENING": "opening", "_ON": "on"}
_OPENED = frozenset({"TOGETHER", "FINALLY", "TEST"})


def _is_step(kind: str) -> bool:
    return kind in openers("step") or kind == "FINALLY"


class Trail(Gathering):
    """Follows the tokens of a text; ``crumbs`` is where it stands and ``citation`` the rule of the step.

    ``opened`` is where the last ``together``, ``finally`` and ``test`` stand, by the kind of their words.
    """

    crumbs: tuple[str, ...] = ()
    citation: str | None = None
    opened: dict[str, tuple[int, int]] = part(factory=dict)
    _last: tuple[str, str] = ("", "")
    _is_event: bool = False
    _is_history: bool = False
    _in_header: bool = False
    _in_test: bool = False

    @property
    def in_event(self) -> bool:
        """Whether lines of an event are being read, in its own file, in a history or in a test."""
        return self._is_event or self._in_test

    def see(self, kind: str, text: str, at: tuple[int, int] = (0, 0)) -> None:
        """Take note of the next token."""
        (last, word), self._last = self._last, (kind, text)
        if kind in _OPENED:
            self.opened[kind] = at
        if self.in_event:
            self._see_item(last, kind, text)
        else:
            self._see_section(last, kind, text)
        if _is_step(kind) or kind == "WATERFALL":
            self._enter("waterfall")
        elif _is_step(last) and kind == "NAME":
            self._enter("waterfall", text)
            self._in_header = True
        elif kind in openers("clause"):
            self._in_header = False
        elif last == "CITE" and kind == "STRING" and self._in_header:
            self.citation = text[1:-1]
        elif kind == "COLON" and last == "NAME" and self.crumbs[:1] == ("members have",):
            self.crumbs = ("members have", word)

    def _enter(self, *crumbs: str) -> None:
        self.crumbs, self.citation, self._in_header, self._in_test = crumbs, None, False, False

    def _see_item(self, last: str, kind: str, text: str) -> None:
        """A token of an event, in its own file, in a history (a crumb for its day) or in a test."""
        whole = self.crumbs[: 2 if self._is_history else 1]
        if last in _DAYS:
            self.crumbs = (*self.crumbs[:1], f"{_DAYS[last]} {text}")
        elif last == "MEMBER" and kind in {"CAPITALISED", "STRING"}:
            self.crumbs = (*whole, text)
        elif kind in openers("history_item" if self._is_history else "event_item"):
            self.crumbs = whole
        elif kind == "EXPECT":
            # from here on a section may begin, and `given` is one
            self.crumbs, self._in_test = self.crumbs[:1], False
        elif not self._is_event and kind in _SECTIONS:
            self._see_section(last, kind, text)

    def _see_section(self, last: str, kind: str, text: str) -> None:
        """A token of a rulebook."""
        if last in {"EVENT", "HISTORY"} and kind == "STRING" and not self.crumbs:
            self.crumbs, self._is_event, self._is_history = (f"{last.lower()} {text}",), True, last == "HISTORY"
        elif last in _NAMED and kind == "NAME":
            self._enter(_NAMED[last], text)
        elif last in _TITLED and kind == "STRING":
            self._enter(f"{_TITLED[last]} {text}")
            self._in_test = last == "TEST"
        elif last == "MEMBERS" and kind == "HAVE":
            self._enter("members have")
        elif last == "REPLENISH" and kind == "NAME":
            self._enter("replenish", text)
        elif kind in {"CURRENCY", "HOLIDAYS", "RECOVERIES"} or (kind == "SEGMENTS" and last != "OVER"):
            self._enter(kind.lower())
        elif kind in _NAMED or kind in _TITLED:
            self._enter()
