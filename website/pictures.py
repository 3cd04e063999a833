"""A run as a picture: the loss at the top, below it what each step takes away, at the end what stays uncovered."""

from collections.abc import Iterator

from rulelang.check.program import CheckedProgram
from rulelang.document.markup import Markup, element
from rulelang.model.allocation import Allocation

WIDTH, ROW, BAR, SMALL = 520, 42, 14, 20
_LONGEST = 52


def waterfall(program: CheckedProgram, allocation: Allocation, *, small: bool = False) -> Markup:
    """The picture; its colours are those of the style sheet, by who pays.  A ``small`` one has bars without words."""
    rows = [row for row in _rows(program, allocation) if not small or row[2] < row[3]]
    said = "; ".join(f"{name}: {allocation.currency.show(end - begin)}" for name, _, begin, end in rows)
    high = SMALL if small else ROW
    drawn = [_drawn(row, high * number, allocation, small=small) for number, row in enumerate(rows)]
    return element(
        "svg",
        *drawn,
        class_="waterfall",
        viewBox=f"0 0 {WIDTH} {high * len(rows)}",
        role="img",
        aria_label=f"{allocation.event.title}. {said}.",
    )


def _rows(program: CheckedProgram, allocation: Allocation) -> Iterator[tuple[str, str, int, int]]:
    """Each bar: its name, who pays it, and from where to where of the loss it goes."""
    yield "Loss", "loss", 0, allocation.loss
    at = 0
    for step in program.each_step():
        drawn = sum(line.drawn for line in allocation.lines if line.step == step.name)
        group = step.payers if step.payers in ("defaulters", "ccp", "survivors") else "parties"
        yield step.title or step.name, group, at, at + drawn
        at += drawn
    if allocation.uncovered:
        yield "Stays uncovered", "uncovered", at, at + allocation.uncovered


def _drawn(row: tuple[str, str, int, int], top: int, allocation: Allocation, *, small: bool) -> Markup:
    """The words of a row, and below them its bar; of a step that paid nothing a line of no width marks the place."""
    name, group, begin, end = row
    most = max(1, allocation.loss)
    left, length = WIDTH * begin // most, max(2, WIDTH * (end - begin) // most)
    amount = allocation.currency.show(end - begin)
    high, under = (SMALL - 4, top + 2) if small else (BAR, top + ROW - BAR - 6)
    bar = element("rect", x=str(left), y=str(under), width=str(length), height=str(high), class_=group)
    shown = name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"
    words = [
        element("text", shown, x="0", y=str(top + 16)),
        element("text", amount, x=str(WIDTH), y=str(top + 16), text_anchor="end", class_="amount"),
        element("rect", x="0", y=str(under), width=str(WIDTH), height=str(high), class_="track"),
    ]
    return element("g", element("title", f"{name}: {amount}"), *(() if small else words), bar if end > begin else None)
