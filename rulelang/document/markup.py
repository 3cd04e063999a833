"""Elements of a page: whatever is not markup already is text, so that titles and names never become markup."""

from collections.abc import Iterable
from html import escape

from rulelang.base.render import visible


class Markup(str):
    """Text that is markup: made by :func:`element` and :func:`raw`, and by nothing else."""

    __slots__ = ()


Child = str | None | Iterable["Child"]
"""What an element holds: markup, text that is escaped, nothing, or several of these."""

Attribute = str | bool | None
"""The value of an attribute: text, or whether it is there at all."""

_EMPTY = frozenset({"input", "link", "meta"})


def raw(text: str) -> Markup:
    """Text of the program's own that is markup: a style, a script, a drawing; never a text of somebody else's."""
    return Markup(text)


def joined(parts: Child) -> Markup:
    """Several elements one after the other."""
    return Markup(_child(parts))


def text(value: str) -> Markup:
    """Text as it is shown: nothing in it is markup, and no character of it steers the page or turns its direction."""
    return Markup(escape(visible(value)))


def lines(value: str) -> Markup:
    """As :func:`text` for text on several lines, such as a part of a rulebook."""
    return Markup("\n".join(escape(visible(line.expandtabs(4))) for line in value.splitlines()))


def element(tag: str, /, *children: Child, **attributes: Attribute) -> Markup:
    """An element; attributes that are ``None`` or false are left out, ``_`` in their names stands for ``-``.

    A last ``_`` is dropped, so that ``class_`` and ``for_`` can be said.
    """
    written = "".join(_attribute(key, value) for key, value in attributes.items())
    if tag in _EMPTY:
        return Markup(f"<{tag}{written}>")
    return Markup(f"<{tag}{written}>{''.join(map(_child, children))}</{tag}>")


def _attribute(key: str, value: Attribute) -> str:
    if value is None or value is False:
        return ""
    name = key.removesuffix("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{escape(visible(value))}"'


def _child(child: Child) -> str:
    if child is None:
        return ""
    if isinstance(child, Markup):
        return child
    return text(child) if isinstance(child, str) else "".join(map(_child, child))


def name_of(value: str) -> Markup:
    """A name or title from outside, kept apart from the direction of the text around it."""
    return element("bdi", value)
