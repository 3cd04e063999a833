"""The names of a rulebook: all different from each other and from all choice values."""

from tests.oracle.parts import Decl, Expression, Group, Rulebook
from tests.oracle.words import static


def enter_names(rb: Rulebook, fields: list[Decl], givens: list[Decl], defines: list[tuple[str, Expression]]) -> None:
    """Enter what was declared into the rulebook; each name once."""
    taken: dict[str, str] = {}

    def take(name: str, what: str) -> None:
        if name in taken:
            static(f"the name {name} is used twice ({taken[name]} and {what})")
        taken[name] = what

    for d in fields:
        take(d.name, "field")
        rb.fields[d.name] = d
    for d in givens:
        take(d.name, "given")
        rb.givens[d.name] = d
    for n, e in defines:
        take(n, "definition")
        rb.defines[n] = e
    for n in rb.parties:
        take(n, "party")
    for n in rb.segments:
        take(n, "segment")
    for i, item in enumerate(rb.waterfall):
        for s in item.steps if isinstance(item, Group) else [item]:
            take(s.name, "step")
            s.index = i
            rb.steps[s.name] = s
    if rb.finally_name is not None:
        take(rb.finally_name, "outcome")
    for s in rb.steps.values():
        for old in s.former:
            take(old, "former name")
            rb.former[old] = s.name
    for d in fields + givens:
        if isinstance(d.type, tuple):
            for v in d.type[1]:
                if v in taken:
                    static(f"{v} is a choice value and a {taken[v]}")
                rb.choice_values.add(v)
