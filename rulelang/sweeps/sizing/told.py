"""The answer to a question of size, in words and as plain values."""

from collections.abc import Iterator

from attrs import frozen

from rulelang.base.money import Currency
from rulelang.base.render import visible
from rulelang.document.write import Plain
from rulelang.summary.commands import Arguments, replay_command
from rulelang.sweeps.sizing.sizing import Sized
from rulelang.sweeps.sizing.value_sweep import Lacking, SizeJob, Swept


@frozen
class SizeTold:
    """An answer with what is needed to say it: what it is of, and the paths of replay commands."""

    sized: Sized
    job: SizeJob
    arguments: Arguments

    @property
    def currency(self) -> Currency:
        """The currency of what is uncovered; values of the given are in its own."""
        return self.job.program.currency

    def to_text(self) -> str:
        """The answer in words, a statement or a command on each line; that of an exercise says so first."""
        return self.job.event.banner + self.sentences()

    def sentences(self) -> str:
        """The answer in words, a statement or a command on each line."""
        return "".join(f"{visible(line)}\n" for line in self._lines())

    def to_dict(self) -> Plain:
        """The answer as plain values, see ``schemas/size.schema.json``; amounts are decimals in major units."""
        sized, job, given = self.sized, self.job, self.job.variable
        plain = given.currency.plain
        return {
            "rulebook": job.program.named,
            "event": {**job.event.named, "sha256": job.event.sha256},
            "currency": self.currency.code,
            "given": job.given,
            **({} if given.foreign is None else {"given_currency": given.foreign.code}),
            "cover": job.options.cover,
            **({} if job.options.cover_groups is None else {"by": job.options.cover_groups}),
            "from": plain(sized.start),
            "to": plain(sized.to),
            "value": None if sized.value is None else plain(sized.value),
            "proven": sized.assumed is None,
            "assumed": sized.assumed,
            "at": self._swept(sized.at),
            "below": None if sized.below is None else self._swept(sized.below),
            "again": None
            if sized.again is None
            else {"value": plain(sized.again.value), **self._scenario(sized.again.lacking, sized.again.value)},
            "sweeps": sized.sweeps,
            "followed": sized.followed,
        }

    def _swept(self, swept: Swept) -> Plain:
        return {
            "value": self.job.variable.currency.plain(swept.value),
            "scenarios": swept.scenarios,
            "uncovered_in": swept.lacking,
            "worst": [self._scenario(each, swept.value) for each in swept.most],
        }

    def _scenario(self, lacking: Lacking, value: int) -> Plain:
        return {
            "scenario": lacking.scenario,
            "defaulting": list(lacking.defaulting),
            "uncovered": self.currency.plain(lacking.uncovered),
            "command": self.command(lacking, value),
        }

    def _lines(self) -> Iterator[str]:
        sized, show, given = self.sized, self.job.variable.currency.show, self.job.given
        cover, groups = self.job.options.cover, self.job.options.cover_groups
        who = "members" if groups is None else f"groups by `{groups}`"
        many = f"one of the {who}" if cover == 1 else f"{cover} {who} or fewer"
        where = "any scenario" if cover is None else f"any scenario, whichever {many} default"
        if sized.value is None:
            bounds = f"from {show(sized.start)} to {show(sized.to)}"
            yield f"never: whatever `{given}` is, {bounds}, something is uncovered in some scenario"
            yield from self._lacking(sized.at)
        else:
            yield f"{show(sized.value)} is the smallest `{given}` with which nothing is uncovered in {where}"
            yield f"with {show(sized.value)}, nothing is uncovered in any of {_number(sized.at.scenarios, 'scenario')}"
            if sized.below is not None:
                yield from self._lacking(sized.below)
        if sized.again is not None:
            again = sized.again
            yield f"more is not always enough: with {show(again.value)}, something is uncovered again, as in"
            yield f"{again.lacking.scenario}{_who(again.lacking)}: {self.currency.show(again.lacking.uncovered)}"
            yield f"  {self.command(again.lacking, again.value)}"
        yield from self._why()

    def _why(self) -> Iterator[str]:
        sized = self.sized
        effort = f"{_number(sized.sweeps, 'sweep')} of all scenarios"
        if sized.assumed is None:
            smaller = "every value" if sized.value is None else "every smaller value"
            if sized.below is not None or sized.value is None:
                yield f"{smaller} is excluded, by {effort} and {_number(sized.followed, 'scenario')} followed exactly"
            return
        yield f"found by halving ({effort}); that more of it never leaves more uncovered is assumed, not proven:"
        yield f"  {sized.assumed}"

    def _lacking(self, swept: Swept) -> Iterator[str]:
        value, worst = self.job.variable.currency.show(swept.value), swept.most[0]
        yield f"with {value}, something is uncovered in {_number(swept.lacking, 'scenario')}"
        yield f"most in {worst.scenario}{_who(worst)}: {self.currency.show(worst.uncovered)}"
        yield f"  {self.command(worst, swept.value)}"

    def command(self, lacking: Lacking, value: int) -> str:
        """The command that runs a scenario with a value of the given."""
        written = str(value) if self.job.options.unit == "minor" else self.job.variable.currency.plain(value)
        return replay_command(self.arguments, lacking.scenario, lacking.defaulting, [f"{self.job.given}={written}"])


def _who(lacking: Lacking) -> str:
    names = lacking.defaulting
    return f", where {' and '.join(names)} default{'s' * (len(names) == 1)}" if names else ""


def _number(number: int, what: str) -> str:
    return f"{number:,} {what}{'s' * (number != 1)}"
