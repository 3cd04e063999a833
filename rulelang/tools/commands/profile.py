"""``rulelang profile``: what every step and payer pays for every loss."""

from collections.abc import Callable
from functools import partial, wraps
from typing import TypeVar

import click
from attrs import frozen

from rulelang.base.diagnostic import RulelangError, finding
from rulelang.base.suggest import did_you_mean, listed
from rulelang.check.breakpoints import MOST_BREAKPOINTS
from rulelang.profiles.profile import Budget, make_profile
from rulelang.profiles.selection import Selection, everybody
from rulelang.profiles.to_dict import to_dict
from rulelang.profiles.variable import find_variable
from rulelang.run.plan import Plan, make_plan
from rulelang.tools.days import Subject, subject
from rulelang.tools.files import ChartPath, Output, chart_form, require_outputs
from rulelang.tools.formats import Reply, format_option, out_option
from rulelang.tools.progress import Walking

Found = TypeVar("Found")


@frozen
class Walk:
    """What varies, and how far it is followed."""

    vary: str
    to: str | None
    budget: Budget

    def of(self, plan: Plan, walk: Callable[..., Found]) -> Found:
        """What a walk finds, with progress on standard error if it takes long."""
        variable = find_variable(plan, self.vary)
        stop = None if self.to is None else variable.units(self.to)
        progress = Walking(variable.currency, variable.words)
        try:
            return walk(plan, variable, stop=stop, progress=progress, budget=self.budget)
        finally:
            progress.done()


vary_option = click.option(
    "--vary",
    default="loss",
    show_default=True,
    metavar="NAME",
    help="What varies: `loss` (all default losses in proportion), a defaulter, or a given amount (NAME.SEGMENT).",
)
to_option = click.option(
    "--to",
    metavar="AMOUNT",
    help='Stop at this amount, as in "EUR 5 billion" or 1250000, instead of where nothing more changes.',
)


def walk_options(command: Callable[..., int]) -> Callable[..., int]:
    """The options that say where a walk gives up; with ``--vary`` and ``--to`` they are the ``walk`` of the command."""

    @click.option(
        "--breakpoints",
        type=click.IntRange(min=1),
        default=MOST_BREAKPOINTS,
        show_default=True,
        metavar="N",
        help="Give up after so many breakpoints.",
    )
    @click.option(
        "--seconds", type=click.IntRange(min=1), metavar="N", help="Give up after so many seconds (if left out: never)."
    )
    @wraps(command)
    def walking(*, vary: str, to: str | None, breakpoints: int, seconds: int | None, **options: object) -> int:
        return command(walk=Walk(vary, to, Budget(breakpoints, seconds)), **options)

    return walking


@click.command("profile")
@subject()
@vary_option
@to_option
@click.option("--payer", "payers", multiple=True, metavar="ID", help="Only this payer; repeatable.")
@click.option("--step", "steps", multiple=True, metavar="NAME", help="Only this step; repeatable.")
@format_option(what="the profile")
@click.option("--chart", type=ChartPath(), metavar="FILE", help="Draw it to this file, .png or .svg.")
@out_option()
@walk_options
def command(
    about: Subject,
    walk: Walk,
    payers: tuple[str, ...],
    steps: tuple[str, ...],
    chart: str | None,
    reply: Reply,
) -> int:
    r"""Say what everybody pays for every loss under RULEBOOK and EVENT: exact breakpoints, values and slopes.

    Everything but the amount that varies stays as the event has it.  Where exact lines cannot be given the profile is
    refused, with the construct that stands in the way.  A chart shows the steps stacked, with the uncovered loss on
    top, or a line for each --payer.

    \b
    Examples:
      rulelang profile ccp.rules events/2018.event
      rulelang profile ccp.rules events/2018.event --payer FORTUM --to "EUR 5 billion"
      rulelang profile ccp.rules events/2018.event --vary junior_capital --format csv --out junior.csv
      rulelang profile ccp.rules events/2018.event --chart waterfall.svg
      rulelang profile autumn-2018.history --on 2018-09-11
    """
    require_outputs(chart, reply.out, inputs=about.paths)
    plan = make_plan(*about.load())
    selection = Selection(
        tuple(known_payer(plan, payer) for payer in payers) or None,
        tuple(known_step(plan, step) for step in steps) or None,
    )
    found = walk.of(plan, make_profile)
    from rulelang.profiles.document import profile_document

    drawn: Output = b"", None
    if chart is not None:
        from rulelang.profiles.chart import draw

        drawn = draw(found, selection, chart_form(chart)), chart
    reply.tell(partial(profile_document, found, selection), partial(to_dict, found, selection), drawn)
    return 0


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
