"""The table of codes: every diagnostic the project can give, with its severity and one line that says what it is.

A code is a word that reads well after "allow".  Each has a page in ``docs/codes``, a reproducer and a test; a test
fails if one is missing.  Errors stop, warnings are findings that a rulebook may allow with a reason
(``# allow ccp-after-members: the rule says so``), notes are for information.
"""

from typing import NamedTuple


class Code(NamedTuple):
    """What a code stands for: its severity (``error``, ``warning`` or ``note``) and its title."""

    severity: str
    title: str


def _table(severity: str, text: str) -> dict[str, Code]:
    rows = (line.split(None, 1) for line in text.strip().splitlines() if line.strip())
    return {code: Code(severity, title.strip()) for code, title in rows}


CODES: dict[str, Code] = {
    **_table(
        "error",
        """
        unreadable-file          a file cannot be opened or read
        unwritable-file          a file cannot be written
        not-text                 a file is not UTF-8 text
        file-too-large           a file is larger than the language reads
        path-outside             a path leads outside the folder of the rulebook or event
        bidirectional-control    a control character that changes the direction of text
        unexpected-text          the text does not go on the way the language does
        nested-too-deeply        expressions stand inside each other more than 200 deep
        number-too-long          a number has more digits than any amount
        empty-file               a file without any text of the language
        wrong-kind-of-file       an event where a rulebook is due, or the reverse
        invisible-character      a character that looks like a blank or like nothing
        unclosed-string          a text in quotes that does not end where it should
        missing-quotes           a title, citation or path without its quotes
        foreign-quotes           quotes that are not straight double quotes
        foreign-comment          a comment written as in another language
        foreign-punctuation      a sign of another language, or one that has no place here
        foreign-word             a phrase for which the language has its own
        foreign-amount           an amount of money not written as currency, number and scale
        foreign-number           a number or percentage not written as here
        foreign-date             a date not written year-month-day
        misspelt-word            a word of the language that is misspelt or capitalised
        reserved-word            a word of the language in the place of a name
        malformed-name           a name, member id or currency that is not of the form due
        missing-word             a word or sign without which a phrase does not go on
        missing-part             a part of the text that is not there
        misplaced-part           a part of the text that stands in the wrong place
        missing-brackets         a part of an expression that stands in parentheses
        unbalanced-bracket       a bracket without its other half
        chained-comparison       two comparisons in a row
        duplicate-name           a name is declared twice, or is also a choice value
        duplicate-section        a section that stands once stands twice
        missing-section          a section that every rulebook has is missing
        unknown-currency         a currency that ISO 4217 does not have
        type-mismatch            a value of another kind than is due, or kinds that do not go together
        shape-mismatch           one value per member or per segment where one value is due, or the reverse
        currency-mismatch        an amount in another currency than the rulebook settles in
        too-many-decimals        an amount finer than the smallest unit of its currency
        malformed-date           a date that is no day of the calendar
        malformed-number         a number that is not of the form due here
        not-a-value              a name of something that has no value
        unknown-name             a name that nothing declares
        unknown-step             a step that the waterfall does not have
        unknown-payer            a payer that is neither the CCP, a party nor a population
        unknown-pot              money drawn from a name that is no money
        unknown-segment          a segment that is not declared
        circular-definition      definitions or values for what is missing that go in a circle
        wrong-number-of-arguments a function with too few or too many values
        aggregate-over-segments  an aggregate over segments other than a sum
        no-segments              segments used in a rulebook that has none
        duplicate-clause         a clause that stands twice in a step
        missing-payers           a step that does not say who pays
        missing-sharing          a step of several payers that does not say how they share
        missing-each             a limit that says neither `each` nor `in total`
        missing-in-each-segment  a limit of a step per segment that is the same for all segments
        not-per-segment          `in each segment` in a step that is not done per segment
        missing-split            a pot for all segments drawn from once for each
        nothing-to-split         a split of a pot where there is nothing to split
        missing-rank             an order that does not name every choice value
        nothing-to-order         an order of a single payer
        order-without-reallocation an order together with `without reallocation`
        defaulters-do-not-share  a sharing clause or an order in a step paid by defaulters
        unlimited-key            shares by limits where no limit per payer is set
        not-in-a-group           a clause that cannot stand inside `together`
        not-in-a-pool            a clause that cannot stand in a group `as one pool`
        unlimited-in-group       a step without limit in a group shared by capacity
        pot-named-twice          two steps of a group that draw from the same pot
        mixed-keys               keys of one pool of different kinds
        wrong-ratio              a ratio that does not fit the steps of its group
        empty-group              a group without steps
        wrong-decimals           decimals given to a currency of ISO 4217 that has others
        unknown-period           a period that the rulebook does not declare
        wrong-extension          a period extended by something else than what opens it
        not-dated                `as of` of what has no value for earlier days
        not-a-group              members grouped by something else than a text or a choice
        not-per-defaulter        data for each defaulter where there are none, or the reverse
        rounding-unit            a unit to round to that is not above zero
        rate-not-positive        a rate of exchange that is not above zero
        not-for-limit            a limit with a name that reads results of the run
        ending-of-named-limit    a limit with a name followed by words that it says itself
        limit-named-twice        two steps of a group that take the same limit with a name
        not-at-every-resizing    a limit at every resizing that has no value on each day of its window
        rounds-not-here          rounds where a step cannot have them
        losses-of-defaults-only  a step that can meet losses of defaults alone
        no-other-segments        a pot in other segments where there are none
        ambiguous-amount         an amount that may mean thousands
        dated-after-declared     something dated after the day of the event
        defaults-again           a default of a member that has defaulted before
        not-defaulted            a further loss of a member that has not defaulted
        losses-apart             losses that cannot be met together
        no-value-as-of           data without a value on or before the day asked for
        wrong-owner              a pot to be replenished by others than those whose money it is
        replenish-per-segment    limits in a clause that replenishes a pot per segment
        not-repaid               a step that recoveries cannot repay as they say
        days-out-of-order        a day of a history that does not come after the one before it
        not-on-this-day          a line that does not stand in an opening, or not on a later day
        balance-differs          a pot that is stated otherwise than its balance
        more-than-there-is       more paid out of a pot than there is
        lost-pot                 a rulebook that does not know a pot with money in it, or owed to it
        changed-type             a rulebook that gives a name another type than the one before it
        no-recoveries            money from an estate, and no word on whom it repays
        day-of-expectation       an expectation that names a day where there is none, or the reverse
        reads-ahead              a step that reads results of itself, its group or a later step
        unused-of-unlimited      `unused` of a step that may be unlimited
        not-for-missing          a value for what is missing that needs the run
        malformed-table          a CSV file that is no table of the kind due
        malformed-json           a JSON event of another shape than the schema describes
        missing-value            data that the rulebook needs and the event does not give
        missing-segment          data per segment without its segment
        duplicate-value          a value given twice
        duplicate-member         a member with two rows
        look-alike               two ids or texts that look the same and are not
        wrong-value              a value of another kind than its field
        negative-value           a negative value where the type is not signed
        unknown-member           a loss or payment of somebody who is no member
        no-loss                  a default without a loss
        payment-after-declaration an earlier payment dated after the declaration
        nothing-to-decide        a decision for a step that leaves none
        missing-decision         a step left to discretion was reached, and the event does not decide
        negative-limit           a limit below zero
        negative-key             a key below zero
        division-by-zero         a division by zero
        nobody-to-average        the average or the smallest of nobody
        clamp-bounds             a clamp whose lower bound is above the upper
        number-too-large         a number beyond the range of exact arithmetic
        impossible-date          a date beyond the calendar
        broken-invariant         a run that would break a law of every run
        not-a-record             a file that is no audit record
        nothing-to-vary          what is to vary and is not there, or stands still
        not-straight             an amount that no straight line of the loss can follow
        too-many-breakpoints     a profile with more breakpoints than it passes
        not-comparable           two versions or two events that cannot be compared
        unknown-revision         a revision, or a file in one, that the Git repository does not have
        unknown-day              a day that a history does not have
        unknown-test             a test that the rulebook does not have
        unmet-expectation        a test that came out otherwise than expected
        broken-ensure            an invariant that does not hold in a test
        broken-assume            an assumption that does not hold in a test
        not-for-assume           an assumption that reads results of the run
        missing-extra            a package that an optional part needs is not installed
        unreadable-table         a table of scenarios that cannot be read
        unknown-column           a column of scenarios that is no amount of the event
        wrong-column-type        a column of scenarios of a type that does not hold its values exactly
        rejected-scenario        a scenario whose data do not fit, or in which the rules allow no result
        unknown-scenario         a scenario that the table of scenarios does not have
        sample-differs           a scenario for which the sweep and the interpreter give different results
        """,
    ),
    **_table(
        "warning",
        """
        unknown-code             an allowance names a code that does not exist
        allowance-without-reason an allowance does not say why
        lonely-group             a group of one step
        nothing-to-share         a sharing clause in a step of one payer
        defaulter-not-first      the defaulter's own resources do not come first
        defaulter-among-payers   a mutualised step that reckons with defaulters
        ccp-after-members        no capital of the CCP stands before the members' money
        uncapped-assessment      a cash call without a limit
        unreachable-step         a step behind one that always pays everything
        missing-finally          a waterfall that does not say what happens to loss still there
        same-money-twice         money drawn from in one step and used as a bare limit in another
        doubtful-comma           a comma in a table or in JSON that may be a decimal comma
        doubtful-ratio           a ratio in a table or in JSON that may be a number of per cent
        repeated-row             a row of a table that says what one before it says
        total-as-member          a member that has the sum of all others, and is called so
        never-in-force           a step in force from a day to an earlier one
        step-not-repaid          a step of others than the defaulters that recoveries do not repay
        rounds-the-last-factor   a product of which only the last factor is rounded
        """,
    ),
    **_table(
        "note",
        """
        useless-allowance        an allowance allows nothing
        silent-reallocation      limits that some reach before others, and no word on reallocation
        non-monotone-payers      payers that depend on the loss
        circular-size            a limit that depends on the loss
        uncited-step             a step without a citation
        compared-with-itself     a comparison of something with itself
        settled-comparison       a comparison that always or never holds, whatever the data
        aggregate-of-one-value   an aggregate over members of what is the same for all of them
        repeated-limit           a limit that another limit or the pot of its step is already
        unused-name              a name that nothing uses
        multiplying-breakpoints  comparisons that stand on each other and may have too many breakpoints
        idle-expectation         an expectation about a step that no loss reaches
        untested-step            a step that no test lets pay
        untested-branch          a side of a guard or a branch that no test takes
        no-rulebook              an event that is not held against a rulebook
        """,
    ),
}
