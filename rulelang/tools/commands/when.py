"""``rulelang when``: at which loss a payer or a step comes to an amount."""

from functools import partial

import click

from rulelang.base.diagnostic import RulelangError
from rulelang.check.events.amounts import amount_in
from rulelang.profiles.answer import Told
from rulelang.profiles.profile import Profile, reach
from rulelang.profiles.questions import Answer, Question, ask
from rulelang.run.interpret import interpret
from rulelang.run.plan import Plan, make_plan
from rulelang.tools.cli import FINDINGS
from rulelang.tools.commands.profile import Walk, known_payer, known_step, to_option, vary_option, walk_options
from rulelang.tools.days import Subject, subject
from rulelang.tools.files import require_outputs
from rulelang.tools.formats import Reply, format_option, out_option


@click.command("when")
@subject()
@click.option("--payer", metavar="ID", help="Ask of this payer (with --pays or --starts).")
@click.option("--under", metavar="STEP", help="With --payer: of what it pays under this step alone.")
@click.option("--step", metavar="NAME", help="Ask of this step, NAME.SEGMENT for one segment of it.")
@click.option("--pays", metavar="AMOUNT", help='Where it first pays so much, as in "EUR 10 million".')
@click.option("--starts", is_flag=True, help="Where it first pays anything.")
@click.option("--exhausted", is_flag=True, help="With --step: where it first pays all it can.")
@click.option(
    "--uncovered",
    metavar="[AMOUNT]",
    is_flag=False,
    flag_value="",
    help="Where anything, or so much, first stays uncovered.",
)
@click.option("--outcome", is_flag=True, help="Where the outcome is no longer `covered`.")
@vary_option
@to_option
@format_option(what="the answer")
@out_option()
@walk_options
def command(  # noqa: PLR0913 - one parameter for each option
    about: Subject,
    payer: str | None,
    under: str | None,
    step: str | None,
    pays: str | None,
    starts: bool,
    exhausted: bool,
    uncovered: str | None,
    outcome: bool,
    walk: Walk,
    reply: Reply,
) -> int:
    r"""Say at which loss a payer or a step comes to an amount, for RULEBOOK and EVENT.

    The exact value follows from the lines of the profile; the whole value beside it is confirmed by a run at it and by
    one a minor unit below.  Exit code 0: there is such a loss, 1: there is none (the reason is given).

    \b
    Examples:
      rulelang when ccp.rules events/2018.event --payer FORTUM --pays "EUR 10 million"
      rulelang when ccp.rules events/2018.event --step calls --starts
      rulelang when ccp.rules events/2018.event --step fund_draw --exhausted --vary junior_capital
      rulelang when ccp.rules events/2018.event --uncovered
      rulelang when autumn-2018.history --on 2018-09-11 --uncovered
      rulelang when ccp.rules events/2018.event --uncovered --format html --out when.html
    """
    _exactly_one({"--payer": payer, "--step": step, "--uncovered": uncovered, "--outcome": outcome or None})
    if payer is not None or step is not None:
        _exactly_one({"--pays": pays, "--starts": starts or None, "--exhausted": exhausted or None})
    elif pays is not None or starts or exhausted:
        raise click.UsageError("--pays, --starts and --exhausted go with --payer or --step")
    if (under is not None or exhausted) and (payer is None) == (under is not None):
        raise click.UsageError("--under goes with --payer, --exhausted with --step")
    if exhausted and payer is not None:
        raise click.UsageError("--exhausted goes with --step: a payer is asked what it --pays")
    require_outputs(reply.out, inputs=about.paths)
    plan = make_plan(*about.load())
    amount = pays if pays is not None else uncovered or None
    question = _question(plan, payer, under, step, amount, exhausted=exhausted)
    told = Told(*_answered(walk.of(plan, reach), question), outcome)
    from rulelang.profiles.answer_document import answer_document

    reply.tell(partial(answer_document, told), told.to_dict, text=told.to_text)
    return 0 if told.found else FINDINGS


def _exactly_one(options: dict[str, object]) -> None:
    given = [name for name, value in options.items() if value is not None]
    if len(given) != 1:
        raise click.UsageError(f"give one of {', '.join(options)}" + (f", not {' and '.join(given)}" * bool(given)))


def _question(
    plan: Plan, payer: str | None, under: str | None, step: str | None, amount: str | None, *, exhausted: bool
) -> Question:
    units = None if amount is None else amount_in(amount, plan.program.currency)
    units = units or None  # whoever asks for zero asks for anything at all
    if payer is not None:
        return Question(known_payer(plan, payer), None if under is None else known_step(plan, under), None, units)
    if step is None:
        return Question(amount=units)
    name, dot, segment = step.partition(".")
    name = known_step(plan, name)
    if dot and (name, segment) not in {turn.key for turn in plan.turns() if turn.within}:
        raise click.BadParameter(f"`{name}` is not done in a segment `{segment}`", param_hint="--step")
    return Question(None, name, segment or None, units, exhausted)


def _answered(reached: tuple[Profile | None, RulelangError | None], question: Question) -> tuple[Profile, Answer]:
    """The answer; what stops the walk matters only if the answer does not lie below it."""
    profile, error = reached
    if profile is None:
        assert error is not None
        raise error
    answer = ask(profile, question, interpret)
    if answer.value is None and error is not None:
        raise error
    return profile, answer
