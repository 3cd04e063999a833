"""What the grammar lets through and the language does not.

The tree of a text without syntax errors is looked at once, without recursion, before anything is built from it: for
depth, for long numbers, and for slips that happen to be sentences of the language, such as ``EUR 7,000`` in a call.
"""

import re
from collections.abc import Iterator

from attrs import define, field
from lark import Token, Tree

from rulelang.base.money import MAXIMUM_DIGITS
from rulelang.syntax.recovery.automaton import machine
from rulelang.syntax.recovery.breadcrumbs import Trail
from rulelang.syntax.recovery.slip import Slip
from rulelang.syntax.words import RESERVED

MAXIMUM_DEPTH = 200
"""How deep expressions may stand inside each other."""

_DEEP = frozenset(
    """
    conditional filtered either both negated compared sum_of_two product_of_two negative bracketed call aggregate
    aggregate_largest step_result
    """.split()
)
_DATE = re.compile(r"(?P<one>[0-9]{1,4})(?P<mark>[/-])(?P<two>[0-9]{1,2})(?P=mark)(?P<three>[0-9]{1,4})(?![\w.%])")
_THOUSANDS = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?![\w%]|[.,][0-9])")
_PAYERS = {"survivor": "survivors", "defaulter": "defaulters", "non_defaulters": "survivors", "clearing_house": "ccp"}
_YES_OR_NO = {"true": "yes", "false": "no"}


@define
class _Look:
    """What is found while looking at a tree: slips, names that are declared, names in the place of payers."""

    text: str
    slips: list[Slip] = field(factory=list)
    reserved: bool = False
    parties: set[str] = field(factory=set)
    choices: set[str] = field(factory=set)
    payers: list[Token] = field(factory=list)
    references: list[Token] = field(factory=list)

    def all_of(self, tree: "Tree[Token]") -> None:
        """Look at every node, the outermost first."""
        waiting: list[tuple[Tree[Token] | Token, int]] = [(tree, 0)]
        while waiting:
            node, depth = waiting.pop()
            if node is None:
                continue
            if isinstance(node, Token):
                self._token(node)
                continue
            depth += node.data in _DEEP
            if depth > MAXIMUM_DEPTH:
                self._too_deep(node)
                continue
            self._tree(node)
            waiting.extend((child, depth) for child in node.children)

    def _tree(self, tree: "Tree[Token]") -> None:
        names = [child.children[0] for child in tree.children if isinstance(child, Tree) and child.data == "name"]
        if tree.data == "party":
            self.parties.update(map(str, names))
        elif tree.data == "choice_type":
            self.choices.update(map(str, names))
        elif tree.data == "paid_by":
            self.payers += [name for name in names[:1] if isinstance(name, Token)]
        elif tree.data == "reference" and isinstance(tree.children[0], Token):
            self.references.append(tree.children[0])

    def _token(self, token: Token) -> None:
        start, end = token.start_pos or 0, token.end_pos or 0
        if token.type == "NAME":
            self.reserved = self.reserved or token in RESERVED
        elif token.type in {"NUMBER", "PERCENTAGE"}:
            if end - start > MAXIMUM_DIGITS and sum(map(str.isdigit, token)) > MAXIMUM_DIGITS:
                message = f"this number has more than {MAXIMUM_DIGITS} digits"
                help_ = "no amount of money needs so many: check the number"
                self.slips.append(Slip("number-too-long", message, start, end, help=help_))
            elif self.text[end : end + 1] in {"-", "/", ","}:
                self._glued(start)

    def _glued(self, start: int) -> None:
        """A number with a sign directly behind it: half of a date or of a longer number."""
        from rulelang.syntax.recovery.values import date_slip, readings

        date = _DATE.match(self.text, start)
        if date is not None and self.text[start - 1 : start] not in {"-", "/"}:
            days = readings(date["one"], date["mark"], date["two"], date["three"])
            if days:
                self.slips.append(date_slip(date[0], *date.span(), days))
        thousands = _THOUSANDS.match(self.text, start)
        if thousands is not None and re.search(r"[A-Z]{3}\s+$", self.text[max(start - 8, 0) : start]):
            plain = thousands[0].replace(",", "_")
            message = f"the amount `{thousands[0]}` has commas between its digits"
            self.slips.append(Slip("foreign-amount", message, *thousands.span(), plain, f"write `{plain}`"))

    def _too_deep(self, tree: "Tree[Token]") -> None:
        start, end = tree.meta.start_pos, tree.meta.end_pos
        message = f"expressions stand inside each other more than {MAXIMUM_DEPTH} deep here"
        help_ = "give parts of it a name with `define`"
        self.slips.append(Slip("nested-too-deeply", message, start, min(end, start + 1), help=help_))

    def words(self) -> Iterator[Slip]:
        """Names nobody declared that stand for words of the language."""
        for token in self.payers:
            own = _PAYERS.get(token)
            if own is not None and token not in self.parties:
                yield _word(token, own, "foreign-word" if token.value not in own else "misspelt-word")
        for token in self.references:
            own = _YES_OR_NO.get(token)
            if own is not None and token not in self.choices:
                yield _word(token, own, "foreign-word")


def _word(token: Token, own: str, code: str) -> Slip:
    start, end = token.start_pos or 0, token.end_pos or 0
    return Slip(code, f"`{token}` is not a word of the language", start, end, own, f"write `{own}`")


def refused(text: str, tree: "Tree[Token]") -> tuple[list[Slip], bool]:
    """What is wrong with a text that the grammar accepts, and whether a reserved word stands where a name is due."""
    look = _Look(text)
    look.all_of(tree)
    look.slips += look.words()
    return sorted(look.slips, key=lambda slip: slip.start), look.reserved


def trails(text: str, start: str, slips: list[Slip]) -> Iterator[Trail]:
    """The way down to each of the slips, which stand in the order of the text."""
    trail = Trail()
    waiting = iter(slips)
    slip = next(waiting, None)
    for moment in machine(start).read(text, 0, machine(start).bottom):
        while slip is not None and slip.start <= moment.start:
            yield trail
            slip = next(waiting, None)
        if slip is None:
            return
        trail.see(moment.kind, text[moment.start : moment.end], (moment.start, moment.end))
    while slip is not None:
        yield trail
        slip = next(waiting, None)
