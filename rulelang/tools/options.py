"""Arguments and options of the commands that read tables of scenarios, each said once."""

import click

from rulelang.sweeps.options import ROUNDINGS
from rulelang.tools.days import subject
from rulelang.tools.files import RulelangPath

rulebook_and_event = subject(event="EVENT")
scenarios = click.argument("scenarios", metavar="SCENARIOS...", nargs=-1, type=RulelangPath())
"""Files of scenarios; :func:`rulelang.tools.days.subject` refuses a command line without any."""
unit = click.option(
    "--unit",
    type=click.Choice(["major", "minor"]),
    default="major",
    show_default=True,
    help="What amounts of scenarios are in: major units (EUR) or minor units (cents).",
)
floats = click.option(
    "--floats", type=click.Choice(ROUNDINGS), help="Round floating numbers so, instead of refusing them."
)
by = click.option(
    "--by",
    "cover_groups",
    metavar="FIELD",
    help="With --cover: members with the same FIELD default together, N groups.",
)
cover = click.option(
    "--cover", type=click.IntRange(1), metavar="N", help="Try every set of up to N members with a stress."
)
