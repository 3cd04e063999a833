"""A run as a picture: the loss at the top, below it what each step takes away, at the end what stays uncovered."""

from collections.abc import Iterator

from rulelang.check.program import CheckedProgram
from rulelang.document.markup import Markup, element
from rulelang.model.allocation import Allocation

WIDTH, LEFT, RIGHT, ROW = 720, 250, 20, 30


def waterfall(program: CheckedProgram, allocation: Allocation) -> Markup:
    """The picture; its colours are those of the style sheet of the site, by who pays."""
    rows = [*_rows(program, allocation)]
    said = "; ".join(f"{name}: {allocation.currency.show(end - begin)}" for name, _, begin, end in rows)
    drawn = [_drawn(number, row, allocation) for number, row in enumerate(rows)]
    return element(
        "svg",
        *drawn,
        class_="waterfall",
        viewBox=f"0 0 {WIDTH} {ROW * len(rows) + 4}",
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
        yield "Uncovered", "uncovered", at, at + allocation.uncovered


def _drawn(number: int, row: tuple[str, str, int, int], allocation: Allocation) -> Markup:
    name, group, begin, end = row
    width, most, top = WIDTH - LEFT - RIGHT, max(1, allocation.loss), ROW * number + 4
    left, length = LEFT + width * begin // most, width * (end - begin) // most
    shown = name if len(name) <= 34 else f"{name[:33]}…"
    amount = allocation.currency.show(end - begin)
    at_end = left + max(2, length) > WIDTH - 150
    inside = element(
        "text",
        amount,
        x=str(left + length - 6 if at_end and length > 150 else left - 6 if at_end else left + max(2, length) + 6),
        y=str(top + 18),
        class_="amount within" if at_end and length > 150 else "amount",
        text_anchor="end" if at_end else "start",
    )
    bar = element("rect", x=str(left), y=str(top + 3), width=str(max(2, length)), height=str(ROW - 8), class_=group)
    label = element("text", shown, x="0", y=str(top + 18))
    return element("g", element("title", f"{name}: {amount}"), label, bar if end > begin else None, inside)
