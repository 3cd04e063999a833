"""The steps one by one: title, citation, the rule as written, the formula in words, and what each payer pays."""

from rulelang.document.markup import Markup, element, lines, name_of
from rulelang.report.data import Report, Version, class_of
from rulelang.report.sections import paragraph, section
from rulelang.report.tables import amount, named
from rulelang.report.texts import StepText, Texts


def steps(report: Report, texts: Texts) -> Markup:
    """Each step with its title, citation, the rule as written and the formula in words."""
    loss = report.new.allocation.currency.show(report.new.allocation.loss)
    return section(
        "steps",
        "The steps one by one",
        element("p", f"What is said in sentences is said of the event's own loss, {loss}.", class_="note"),
        [_step(report.new, text) for text in texts.steps],
    )


def _step(version: Version, told: StepText) -> Markup:
    step = told.step
    title = element(
        "summary",
        element("span", told.number, class_="place"),
        element("h3", name_of(step.title or step.name)),
        element("span", ", ".join(told.citations), class_="citation"),
    )
    facts = [("Name", step.name), ("Kind", step.kind), ("Citation", "; ".join(told.citations) or "none")]
    if told.beside is not None:
        facts.append(("Group", told.beside))
    described = element("dl", [(element("dt", name), element("dd", value)) for name, value in facts], class_="facts")
    rule = (element("h4", "The rule as written"), element("pre", lines(told.rule), tabindex="0"))
    numbers = version.places.told(version.allocation.trail.turns)
    turns = [
        _turn(version, place, number, told)
        for place, (turn, number) in enumerate(zip(version.places.turns, numbers, strict=True))
        if turn.step is step
    ]
    return element("details", title, described, rule, turns, class_=f"step {class_of(step)}", id=f"step-{step.name}")


def _turn(version: Version, place: int, number: int | None, told: StepText) -> Markup:
    """One turn; ``number`` is its number in the run of the event, ``None`` for a round that is not done there."""
    where = version.places.words(version.places.turns[place])
    drawn = 0 if number is None else version.allocation.lines[number].drawn
    show = version.allocation.currency.show
    amounts = element(
        "div",
        element("p", f"Pays{where} at the loss shown: ", element("b", show(drawn), data_drawn="")),
        element("div", _payers_of(version, number), class_="scroll", hidden=not drawn),
        data_payers_of=str(place),
    )
    said = [element("p", "This round is not done at the event's own loss.")]
    if number is not None:
        said = list(paragraph(told.turns[number]))
    return element("div", element("h4", f"In words{where}"), *said, amounts, class_="turn")


def _payers_of(version: Version, number: int | None) -> Markup:
    """Who pays under a step; the script fills it in again for other losses."""
    names, currency = version.allocation.names, version.allocation.currency
    turns = [] if number is None else [version.allocation.trail.turns[number]]
    pairs = [pair for turn in turns for pair in zip(turn.paid, turn.payers, strict=True)]
    paid = sorted((pair for pair in pairs if pair[0]), key=lambda pair: (-pair[0], pair[1]))
    rows = [
        element("tr", named(names.get(payer) or payer), element("td", payer), amount(currency, units))
        for units, payer in paid
    ]
    head = element(
        "tr",
        element("th", "Payer", scope="col"),
        element("th", "Id", scope="col"),
        element("th", f"Pays, in {currency.code}", scope="col", class_="number"),
    )
    return element("table", element("thead", head), element("tbody", rows))
