"""What the page of the Python interface lists: every public name, from its docstring and its signature."""

import inspect
import re
from collections.abc import Iterator

import rulelang


def page() -> str:
    """The sections in Markdown: functions, then what they give, then errors."""
    public = {name: getattr(rulelang, name) for name in rulelang.__all__ if not name.startswith("_")}
    errors = {name: each for name, each in public.items() if isinstance(each, type) and issubclass(each, Exception)}
    classes = {name: each for name, each in public.items() if isinstance(each, type) and name not in errors}
    functions = {name: each for name, each in public.items() if name not in errors and name not in classes}
    parts = [
        "## Functions\n\n",
        *(_function(f"rulelang.{name}", each, "###") for name, each in functions.items()),
    ]
    parts += ["## What they give\n\n", *(_class(name, each) for name, each in classes.items())]
    return "".join([*parts, "## Errors\n\n", *(_class(name, each) for name, each in errors.items())])


def _function(name: str, function: object, level: str) -> str:
    assert callable(function)
    return f"{level} {name}\n\n```python\n{_signature(name, function)}\n```\n\n{described(function)}\n"


def _signature(name: str, function: object) -> str:
    """How it is called, one parameter a line where it is long."""
    assert callable(function)
    signature = inspect.signature(function)
    kept = [each for each in signature.parameters.values() if each.name != "self"]
    shown = signature.replace(parameters=kept)
    text = re.sub(r"\b(?:rulelang|collections|pathlib|typing|fractions)\.[\w.]*?(?=\w+\b(?!\.))", "", str(shown))
    text = re.sub(r"'([A-Z]\w*)'", r"\1", text)  # a type that is named before it is there
    short = name.rsplit(".", 1)[-1]
    if len(short) + len(text) < 100:
        return f"{short}{text}"
    inner, _, result = text[1:].rpartition(")")
    lines = [f"    {part}," for part in _parted(inner)]
    return "\n".join([f"{short}(", *lines, f"){result}"])


def _parted(inner: str) -> list[str]:
    """The parameters of a signature, parted at the commas that stand in no brackets."""
    parts, depth, begin = [], 0, 0
    for at, sign in enumerate(inner):
        depth += (sign in "([{") - (sign in ")]}")
        if sign == "," and depth == 0:
            parts.append(inner[begin:at].strip())
            begin = at + 1
    return [*parts, inner[begin:].strip()]


def _class(name: str, kind: type) -> str:
    return f"### {name}\n\n{described(kind)}\n" + "".join(_members(kind)) + "\n"


def _members(kind: type) -> Iterator[str]:
    """Its public methods and properties, and the fields whose meaning its text does not say."""
    rows = []
    for name, member in vars(kind).items():
        if name.startswith("_"):
            continue
        of = getattr(member, "fget", None) or getattr(member, "func", None) or getattr(member, "__func__", member)
        if isinstance(member, property) or hasattr(member, "func"):
            rows.append((f"`{name}`", of))
        elif inspect.isfunction(of):
            rows.append((f"`{_signature(name, of)}`" if len(name) < 60 else f"`{name}()`", of))
    if fields := [each.name for each in getattr(kind, "__attrs_attrs__", ()) if not each.name.startswith("_")]:
        yield f"Fields: {', '.join(f'`{each}`' for each in fields)}.\n\n"
    if rows:
        yield "| | |\n| --- | --- |\n"
        for said, of in rows:
            text = described(of).split("\n\n")[0].replace("\n", " ").replace("|", "\\|")
            yield f"| {' '.join(said.split()).replace('|', chr(92) + '|')} | {text} |\n"


def described(thing: object) -> str:
    """A docstring as Markdown; who may raise what stands in a list."""
    text = inspect.getdoc(thing) or ""
    text = re.sub(r":\w+:`~?([^`]*)`", r"`\1`", text.replace("``", "`"))
    parts = []
    for paragraph in text.split("\n\n"):
        if paragraph.startswith("Raises:"):
            raised = re.findall(r"^    (\w+): (.*?)(?=^    \w+:|\Z)", paragraph + "\n", re.MULTILINE | re.DOTALL)
            rows = "\n".join(f"- `{name}`: {' '.join(why.split())}" for name, why in raised)
            parts.append(f"Raises:\n\n{rows}")
        elif paragraph.startswith(">>>"):
            parts.append(f"```python\n{paragraph}\n```")
        else:
            parts.append(paragraph)
    return "\n\n".join(parts) + "\n"
