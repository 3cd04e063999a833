"""Who leaves, who comes, and what has another value from a day on; a pot that is stated is what stood in it."""

import datetime
from collections.abc import Collection, Iterable, Mapping
from itertools import chain

from attrs import define

from rulelang.base.source import Place
from rulelang.check.events.datum_values import called
from rulelang.check.events.event_draft import Column, EventDraft
from rulelang.check.events.givens import givens
from rulelang.check.events.members import Members, members
from rulelang.check.events.past import days_of
from rulelang.check.events.raw import RawMember, RawValue
from rulelang.check.events.totals import totals
from rulelang.histories.events import event_of
from rulelang.histories.history import Block
from rulelang.histories.standing import Standing
from rulelang.model.event import Dated
from rulelang.model.history import Account
from rulelang.run.interpret import filled_in

Stated = tuple[Account, RawValue, int]
"""What a day states of a pot that has a balance: whose it is, where it is written, and the amount."""
What = tuple[Column, str | None]
"""A field of a member, or a given."""


def further_of(standing: Standing, block: Block) -> tuple[str, ...]:
    """Those of whom a day says that they have a further loss, as far as they have defaulted."""
    words = (one.member.text for one in block.raw.losses if one.further and one.member is not None)
    return tuple(dict.fromkeys(word for word in words if word in standing.defaulted))


@define
class Values:
    """The members and values of a day as they are entered into what stands."""

    standing: Standing
    block: Block
    against: EventDraft

    def departures(self) -> None:
        """Who leaves is no member from this day on."""
        against, standing = self.against, self.standing
        for word in self.block.raw.departures:
            if word.text not in against.members and against.why_gone(word.text) is None:
                message = f"`{word.text}` departs, and is no member before this day"
                near = against.suggestions.did_you_mean(word.text, against.members, "member")
                advice = near or "check the id and the day: who departs has been a member on an earlier day"
                against.report("unknown-member", message, word.place, advice)
            elif against.is_member(word, "the member that departs"):
                del against.members[word.text], standing.members[word.text]
                standing.departed[word.text] = self.block.date

    def enter(self) -> list[Stated]:
        """Enter values; of pots that have a balance, what was stated (to be held against it later)."""
        raw, switched = self.block.raw, self.block.program is not None
        dealt = any(datum.per_defaulter for datum in self.standing.program.fields.values()) and bool(raw.losses)
        stated: list[Stated] = []
        if raw.members or switched or dealt:
            stated += self._members()
        if raw.givens or switched:
            stated += self._givens()
        return stated

    def _members(self) -> list[Stated]:
        raw, against, standing, day = self.block.raw, self.against, self.standing, self.block.date
        raw.members = [row for row in raw.members if self._may_have_a_row(row)]
        defaulted = [row.member.text for row in raw.members if row.member.text in standing.defaulted]
        back = {*defaulted, *further_of(standing, self.block)}
        against.members.update(dict.fromkeys(sorted(back), raw.place))
        defaulting = dict.fromkeys(one.member.text for one in raw.losses if one.member is not None)
        known = members(against, tuple(defaulting))
        new = [member for member in against.members if member not in standing.members and member not in back]
        for member in back:
            del against.members[member]
        if against.findings:
            return []
        raw.warnings += totals(against.program, {**standing.names, **known.names}, known.columns, against.members)
        standing.members.update((member, against.members[member]) for member in new)
        if known.names:
            standing.names = {**standing.names, **known.names}  # days before keep theirs
        self._check_since(known.since, new)
        standing.since.update({**dict.fromkeys(new, day), **known.since})
        return self._columns(known)

    def _may_have_a_row(self, row: RawMember) -> bool:
        """Whether somebody is or was a member that a table may hold; if not, with a finding."""
        word = row.member
        if word.text in self.standing.parties:
            message = f"`{word.text}` is a payer of an earlier rulebook of this history, not a member"
            self.against.report("duplicate-name", message, word.place, "give the member another id")
            return False
        if word.text not in self.standing.departed:
            return True
        advice = "leave it out: who has left is a member no more, and who comes back is one with another id"
        if row.from_table:
            advice = "leave its row out: a table holds members, and may hold those that defaulted"
        self.against.report("unknown-member", self.standing.why_gone(word.text) or "", word.place, advice)
        return False

    def _check_since(self, stated: Mapping[str, datetime.date], new: Collection[str]) -> None:
        """Since when somebody has been a member is known of all of whom the history told before this day."""
        for row in self.block.raw.members:
            member, known = row.member.text, self.standing.since.get(row.member.text)
            if row.since is None or stated[member] == known:
                continue
            if member in new or not self._is_told_of(member):
                continue
            before = "before this day" if known is None else f"since {known}"
            message = f"`{member}` has been a member {before}, and is said to be one since {row.since.date}"
            advice = "leave the day out: `since` stands where the member is named first"
            self.against.report("duplicate-value", message, row.since.place, advice)

    def _columns(self, known: Members) -> list[Stated]:
        """Enter the columns of the members; a pot that has a balance keeps it."""
        standing, stated = self.standing, []
        for (member, key), value in known.stated.items():
            if key not in known.columns:
                continue  # what there is per defaulter is neither dated nor a pot
            read, balance = known.columns[key][member], standing.fields.get(key, {}).get(member)
            if key in standing.pots and balance is not None:
                assert isinstance(read, int)
                stated.append(((member, *key), value, read))
                known.columns[key][member] = balance
            else:
                standing.state(key, member, self.block.date, read)
        for key, dated in known.dated.items():
            column = standing.dated_fields.setdefault(key, {})
            for member, more in dated.items():
                shown = f"`{called(key)}` of `{member}`"
                before, what = column.get(member, ()), (key, member)
                if key in standing.pots and standing.fields.get(key, {}).get(member) is not None:
                    self._check_past(before, more, shown, what)
                    column[member] = self._merged(before, more, shown, what, pot=True)
                else:
                    column[member] = self._merged(before, more, shown, what)
                    known.columns[key][member] = column[member][-1][1]
        standing.fields |= known.columns
        for name, columns in known.with_defaulters.items():
            standing.fields |= {
                (name, defaulter): {member: value for member, value in column.items() if value is not None}
                for defaulter, column in columns.items()
            }
        return stated

    def _givens(self) -> list[Stated]:
        against, standing = self.against, self.standing
        known = givens(against)
        if against.findings:
            return []
        stated = []
        for key, value in known.stated.items():
            read, balance = known.values[key], standing.givens.get(key)
            if key in standing.pots and balance is not None:
                assert isinstance(read, int)
                stated.append(((standing.program.owners[key[0]], *key), value, read))
                known.values[key] = balance
            else:
                standing.state(key, None, self.block.date, read)
        for key, more in known.dated.items():
            before, shown, what = standing.dated_givens.get(key, ()), f"`{called(key)}`", (key, None)
            if key in standing.pots and standing.givens.get(key) is not None:
                self._check_past(before, more, shown, what)
                standing.dated_givens[key] = self._merged(before, more, shown, what, pot=True)
            else:
                standing.dated_givens[key] = self._merged(before, more, shown, what)
                known.values[key] = standing.dated_givens[key][-1][1]
        standing.givens |= known.values
        return stated

    def _check_past(self, known: Dated, more: Dated, shown: str, what: What) -> None:
        """What is stated of a pot for a day that is known already is what was in it then."""
        show = self.standing.program.currency.show
        for day, value in more:
            was = [one for since, one in known if since <= day]
            if was and was[-1] != value:
                assert isinstance(value, int)
                assert isinstance(was[-1], int)
                message = f"{shown} as of {day} is stated as {show(value)}, but its balance was {show(was[-1])} then"
                advice = "leave it out: a history knows what was in a pot on each day since it stands there"
                self.against.report("balance-differs", message, self._stated_at(what, day), advice)

    def _merged(self, known: Dated, more: Dated, shown: str, what: What, *, pot: bool = False) -> Dated:
        """Values of earlier days with those that this day states; two for one day are one too many.

        What was stated again (of ``what``) holds from that day on, whatever is stated now of a day before it.
        """
        found = dict(known)
        for day in () if pot else self.standing.restated.pop(what, ()):
            found[day] = next(value for since, value in reversed(known) if since <= day)
        for day, value in more:
            if found.setdefault(day, value) != value:
                message = f"{shown} has two values for {day}"
                self.against.report("duplicate-value", message, self._stated_at(what, day), "keep one of the two")
        return tuple((day, found[day]) for day in sorted(found))

    def _stated_at(self, what: What, day: datetime.date) -> Place:
        """Where this day says what the value of something was as of an earlier one."""
        raw, (key, member), names = self.block.raw, what, self.standing.program.data_by_any_name
        rows = (row.values for row in raw.members if row.member.text == member)
        for value in raw.givens if member is None else chain.from_iterable(rows):
            column = names.get(value.name.text, value.name.text), None if value.segment is None else value.segment.text
            if value.as_of is not None and value.as_of.date == day and column == key:
                return value.place
        return raw.place

    def further_losses(self) -> None:
        """Who has a further loss has values: of somebody who left before the opening nothing is known."""
        words = {one.member.text: one.member for one in self.block.raw.losses if one.further and one.member is not None}
        named = {row.member.text for row in self.block.raw.members}
        for member in further_of(self.standing, self.block):
            if member not in named and not self._is_told_of(member):
                message = f"`{member}` has a further loss, but was a member before the opening only"
                advice = f"say what it had, as in `member {member} …`"
                self.against.report("unknown-member", message, words[member].place, advice)

    def _is_told_of(self, member: str) -> bool:
        """Whether somebody was a member in this history, or it says what one had that defaulted before the opening."""
        known = any(member in column for column in self.standing.fields.values())
        return known or member not in self.standing.before

    def notices(self) -> None:
        """Notices to leave; a member gives one."""
        found = days_of(self.against, self.block.raw.notices, "the member that gave notice", "has given notice")
        for word, _ in self.block.raw.notices:
            before = self.standing.notices.get(word.text)
            if before is not None and word.text in found:
                message = f"`{word.text}` has given notice on {before} already"
                self.against.report("duplicate-value", message, word.place, "keep one of the two")
        self.standing.notices.update(found)


def fill_pots(standing: Standing, day: datetime.date, who: Iterable[str]) -> None:
    """Work out the pots that are missing: by their ``if missing``, once, and from then on they are balances.

    Raises:
        RunError: one cannot be worked out.
    """
    everybody = frozenset(who)
    missing: list[tuple[Column, str | None]] = []
    for key in standing.pots:
        if key[0] not in standing.program.fields:
            missing += [(key, None)] if standing.givens.get(key) is None else []
            continue
        column = standing.fields.setdefault(key, {})
        if None in column.values() or not column.keys() >= everybody:
            missing += [(key, member) for member in sorted(everybody) if column.get(member) is None]
    if not missing:
        return
    event = event_of(standing, "", day, everybody)
    data = filled_in(standing.program, event)
    position = {member: place for place, member in enumerate(event.members)}
    for key, member in missing:
        if member is None:
            standing.givens[key] = data.givens[key]
            standing.remember(key, None, day, data.givens[key])
        else:
            value = data.fields[key][position[member]]
            standing.fields[key][member] = value
            standing.remember(key, member, day, value)
