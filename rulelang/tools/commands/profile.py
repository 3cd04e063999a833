"""``rulelang profile``: what every step and payer pays for every loss."""

from collections.abc import Callable, Sequence
from functools import partial, wraps
from pathlib import Path

import click

from rulelang.base.diagnostic import RulelangError, finding
from rulelang.base.suggest import did_you_mean, listed
from rulelang.check.breakpoints import MOST_BREAKPOINTS
from rulelang.check.events.amounts import amount_in
from rulelang.check.events.event import check_event
from rulelang.check.rulebook import check_rulebook
from rulelang.profiles.profile import Profile, make_profile
from rulelang.profiles.selection import Selection, everybody
from rulelang.profiles.to_dict import to_dict
from rulelang.profiles.variable import Variable, find_variable
from rulelang.profiles.walk import Budget
from rulelang.run.plan import Plan, make_plan
from rulelang.syntax.read import read_source
from rulelang.tools.files import OUT_HELP, RulelangPath, put, require_outputs
from rulelang.tools.formats import format_option, needs_file, rendered
from rulelang.tools.progress import Progress

VARY_HELP = "What moves: `loss` (all default losses in proportion), a defaulter, or a given amount (NAME.SEGMENT)."
TO_HELP = 'Stop at this amount, as in "EUR 5 billion" or 1250000, instead of where nothing more changes.'


def budget_options(command: Callable[..., int]) -> Callable[..., int]:
    """The options of a command that say how far it follows a profile; it gets a ``budget``."""

    @click.option(
        "--breakpoints",
        type=click.IntRange(min=1),
        default=MOST_BREAKPOINTS,
        show_default=True,
        metavar="N",
        help="Give up behind so many breakpoints.",
    )
    @click.option(
        "--seconds", type=click.IntRange(min=1), metavar="N", help="Give up after so many seconds; without, never."
    )
    @wraps(command)
    def budgeted(*, breakpoints: int, seconds: int | None, **options: object) -> int:
        return command(budget=Budget(breakpoints, seconds), **options)

    return budgeted


@click.command("profile")
@click.argument("rulebook", type=RulelangPath())
@click.argument("event", type=RulelangPath())
@click.option("--vary", default="loss", show_default=True, metavar="NAME", help=VARY_HELP)
@click.option("--to", metavar="AMOUNT", help=TO_HELP)
@click.option("--payer", "payers", multiple=True, metavar="ID", help="Only this payer; may be repeated.")
@click.option("--step", "steps", multiple=True, metavar="NAME", help="Only this step; may be repeated.")
@format_option(what="the profile")
@click.option("--chart", type=RulelangPath(), metavar="FILE", help="Draw it to this file, .png or .svg.")
@click.option("--out", type=RulelangPath(), help=OUT_HELP)
@budget_options
def command(  # noqa: PLR0913 - one parameter for each option
    rulebook: str,
    event: str,
    vary: str,
    to: str | None,
    payers: tuple[str, ...],
    steps: tuple[str, ...],
    form: str,
    chart: str | None,
    out: str | None,
    budget: Budget,
) -> int:
    r"""Say what everybody pays for every loss under RULEBOOK and EVENT: exact breakpoints, values and slopes.

    Everything but the amount that moves stays as the event has it.  Where exact lines cannot be given the profile is
    refused, with the construct that stands in the way.  A chart shows the steps stacked, with the uncovered loss on
    top, or a line for each --payer.

    \b
    Examples:
      rulelang profile ccp.rules events/2018.event
      rulelang profile ccp.rules events/2018.event --payer FORTUM --to "EUR 5 billion"
      rulelang profile ccp.rules events/2018.event --vary junior_capital --format csv --out junior.csv
      rulelang profile ccp.rules events/2018.event --chart waterfall.svg
    """
    needs_file(form, out)
    drawn = _ending(chart)
    require_outputs(chart, out, inputs=(rulebook, event))
    plan = load_plan(rulebook, event)
    selection = Selection(_known_payers(plan, payers), _known_steps(plan, steps))
    variable = find_variable(plan, vary)
    found = walk(plan, variable, to, budget)
    from rulelang.profiles.document import profile_document

    text = rendered(partial(profile_document, found, selection), partial(to_dict, found, selection), form, out)
    if chart is None:
        put(text, out)
        return 0
    from rulelang.profiles.chart import draw

    put(text, out, (draw(found, selection, drawn), chart))
    return 0


def load_plan(rulebook: str, event: str) -> Plan:
    """The plan of a rulebook and an event, from their files."""
    program = check_rulebook(read_source(Path(rulebook)))
    return make_plan(program, check_event(read_source(Path(event)), program))


def walk(plan: Plan, variable: Variable, to: str | None, budget: Budget) -> Profile:
    """The profile, with progress on standard error if it takes long."""
    currency = plan.program.currency
    progress = Progress(currency, variable.words)
    try:
        return make_profile(plan, variable, stop=stop_of(plan, to), progress=progress, budget=budget)
    finally:
        progress.done()


def stop_of(plan: Plan, to: str | None) -> int | None:
    """The minor units of ``--to``."""
    return None if to is None else amount_in(to, plan.program.currency)


def known_payer(plan: Plan, payer: str) -> str:
    """A payer that there is.

    Raises:
        RulelangError: nobody of that id may be charged.
    """
    names = everybody(plan)
    if payer not in names:
        advice = did_you_mean(payer, names) or "payers are `ccp`, the parties of the rulebook and the event's members"
        raise RulelangError([finding("unknown-payer", f"there is no payer `{payer}`", help=advice)])
    return payer


def known_step(plan: Plan, name: str) -> str:
    """The present name of a step of the waterfall.

    Raises:
        RulelangError: there is none of that name.
    """
    step = plan.program.step_named(name)
    if step is None:
        advice = did_you_mean(name, plan.steps) or f"the steps are {listed(plan.steps, 'and')}"
        raise RulelangError([finding("unknown-step", f"the waterfall has no step `{name}`", help=advice)])
    return step.name


def _known_payers(plan: Plan, payers: Sequence[str]) -> tuple[str, ...] | None:
    return tuple(known_payer(plan, payer) for payer in payers) or None


def _known_steps(plan: Plan, steps: Sequence[str]) -> tuple[str, ...] | None:
    return tuple(known_step(plan, step) for step in steps) or None


def _ending(chart: str | None) -> str:
    ending = "" if chart is None else Path(chart).suffix.lower().removeprefix(".")
    if chart is not None and ending not in ("png", "svg"):
        raise click.BadParameter("a chart is drawn to a file that ends in .png or .svg", param_hint="--chart")
    return ending
