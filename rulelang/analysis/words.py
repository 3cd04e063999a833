"""The words of the language and what each means: the one table, for hovers, completions and pages of reference.

Each row gives a word, a form in which it stands, and its meaning in one sentence; a word of several forms has a row for
each.  A test holds the table against the grammar.
"""

from functools import cache
from typing import NamedTuple


class Word(NamedTuple):
    """A word, a form in which it stands, and its meaning there."""

    word: str
    form: str
    meaning: str


_TABLE = """
rulebook | rulebook "title" version 2024-01-01 cite "…" | opens a rulebook with its title, its version and its source
version | version 2024-01-01 | the version of the rulebook: a day, or a text in quotes
cite | cite "CR 6.3(c)" | the rule of the CCP's own rulebook that this part rests on
currency | currency EUR also SEK | the money in which the rulebook settles, and others that it may name
also | currency EUR also SEK | further currencies that amounts may be in
with | USDC with 6 decimals | how many decimals a unit of account has
with | traded with AAS = EUR 5 | the defaulter about whom a value is
decimals | USDC with 6 decimals | how many decimals a unit of account has
holidays | holidays 2018-12-25, 2018-12-26 | days that are no business days, beside Saturdays and Sundays
segments | segments energy, softs | services or markets with losses of their own
party | party insurer "Insurer" | a payer that is neither a member nor the CCP
members | members have contribution : money | what the event says of each member
members | members from "members.csv" | a table with a row for each member
members | members | all members, those in default too
have | members have contribution : money | what the event says of each member
given | given capital : money | something that the event says once
given | given capital = EUR 7 million | the value of something that the rulebook asks of the event
per | per segment | one value, or one turn, for each segment
per | per defaulter | one value for each defaulter
per | EUR per SEK | a rate: how much of the first one unit of the second is worth
segment | per segment | each segment by itself
defaulter | per defaulter | each defaulter by itself
formerly | formerly old_name | a name that this had before, so that earlier payments and events find it
if | if missing EUR 0 | the value to be taken where the event has none
if | if c then a else b | one value or another, as a condition holds
missing | if missing EUR 0 | the value to be taken where the event has none
signed | signed money | an amount that may be less than zero
money | contribution : money | an amount in whole minor units of its currency
number | n : number | a plain number, exact
ratio | share : ratio | a part of something, such as 25%
text | group : text | letters in quotes, which are compared and nothing else
date | joined : date | a day of the calendar
yes/no | active : yes/no | a condition that holds or does not
one | one of absent, poor, good | one of the values that are named
of | one of absent, poor, good | the values that it may have
of | 25% of contribution | a part or a multiple of a value
of | sum of contribution over survivors | what is added up, averaged or compared
define | define fund as sum of contribution over survivors | gives an expression a name
as | define fund as … | what the name stands for
as | as one pool | the steps of the group share one draw by one key
as | requirement as of 2018-08-01 | the value that stood on an earlier day
limit | limit aggregate as 200% of contribution each | a limit that all steps which name it share
period | period cooling_off opens at a default lasts 30 days | days that a default, a payment or exhaustion opens
period | period cooling_off open from 2018-09-01 to 2018-09-14 | a period that stands open when the event begins
opens | opens at a default | what opens the period
at | opens at a default | what opens the period
at | at the discretion of "Committee" | the step is done only if somebody decides so
at | fee at sek_rate | turns an amount of one currency into another
at | at every resizing | bounds each day of the window by what the value was on that day
at | in at most 3 rounds | how often the step may be done
a | opens at a default | what opens the period
payment | opens at a payment under calls | the period opens when the step is paid
exhaustion | opens at exhaustion of fund | the period opens when the step has paid all it can
lasts | lasts 30 days | how long the period lasts
extended | extended by each further default | the period goes on, from the further one
further | extended by each further default | one more while the period is open
further | further loss of AAS EUR 5 | more loss of a member that defaulted on an earlier day
days | 30 days | a number of days
day | 1 day | a number of days
month | in the calendar month | from the first to the last day of the month of the event
month | 1 month | a number of months
months | 3 months | a number of months
business | 5 business days | days from Monday to Friday that are no holidays
waterfall | waterfall "Default of a member" | the steps in the order in which they bear the loss
for | for each default in turn | the defaults go down the waterfall one after another
for | for losses in energy | the step meets the losses of these segments only
for | for non-default losses | which kinds of loss the step meets
for | for survivors | for each of whom the condition must hold
for | for draws on other_pot | whose draws are made good
turn | for each default in turn | the defaults go down the waterfall one after another
tranche | tranche junior | a step of money that is already there
assessment | assessment calls | a step that calls for cash beyond what is paid in
haircut | haircut vmgh | a step that cuts gains or payouts that the CCP owes
tear-up | tear-up contracts | a step that ends contracts to stop further loss
voluntary | voluntary gift | a step that nobody is bound to pay
together | together … end | steps that bear the loss side by side
pool | as one pool | the steps of the group share one draw by one key
end | end | ends a group of steps
finally | finally service_closure | what happens to loss that no step has paid
paid | paid by survivors from contribution | who pays, perhaps from a pot
paid | paid(fund_draw) | what this member has paid under a step in this run
paid | paid 2018-08-20 by FORTUM under calls EUR 1 | an earlier payment, which limits over time count
paid | paid in by FORTUM to contribution EUR 5 | money that a member pays into its pot
paid | paid out to FORTUM from contribution EUR 5 | money that a member gets back from its pot
by | paid by survivors | who pays
by | sum of x over members by group | members with the same value count as one group
by | split by loss | by what a pot is divided among the segments
ccp | paid by ccp | the CCP itself, with money of its own
survivors | paid by survivors | the members without a default
defaulters | paid by defaulters | the members in default, each for its own losses
where | where bid = good | only those for whom the condition holds
from | paid by survivors from contribution | the pot that is drawn; what is drawn is gone for later steps
from | in force from 2018-01-01 to 2020-12-31 | the first day on which the step is in force
from | members from "members.csv" | the file that holds the table
split | split by loss | by what a pot is divided among the segments
other | in other segments | the pots of all segments but the one whose loss is met
up | up to EUR 7 million | the most that is paid: in total, or by each payer
up | rounded up to EUR 100_000 | to the next multiple above
to | up to EUR 7 million | the most that is paid
to | shared pro rata to contribution | the key by which payers share
each | up to 100% of contribution each | the limit bounds each payer by itself
in | up to EUR 5 in total | the limit bounds all payers together
in | in any 30 days | the limit counts what was paid in the days up to the event
in | in the calendar year | the limit counts what was paid in the year of the event
in | in order of bid: absent then good | payers are charged in an order, not side by side
in | in force from 2018-01-01 | the days on which the step is in force
in | in at most 3 rounds | how often the step may be done
in | in each segment | the limit bounds what is paid in each segment
in | in energy | in which segment
in | in ratio 3 : 1 | how the steps of a group share
total | in total | all payers together
any | in any 30 days | a window of days that ends on the day of the event
calendar | in the calendar year | by the calendar, not by a window of days
year | in the calendar year | from the first to the last day of the year of the event
during | during cooling_off | the limit counts what was paid since the period opened
every | at every resizing | each day of the window
resizing | at every resizing | bounds each day of the window by what the value was on that day
shared | shared pro rata to contribution | how the payers share what the step draws
pro | shared pro rata to contribution | in proportion to a key
rata | shared pro rata to contribution | in proportion to a key
limits | shared pro rata to limits | in proportion to what each payer can bear
equally | shared equally | every payer bears the same, until it is full
without | without reallocation | what a payer at its limit cannot bear is not passed on to the others
reallocation | without reallocation | passing on to the others what a payer at its limit cannot bear
order | in order of bid: absent then good | payers are charged in an order, not side by side
lowest | in order of rating, lowest first | those with the least are charged first
highest | in order of rating, highest first | those with the most are charged first
first | lowest first | those are charged first
then | in order of bid: absent then good | the next rank, charged when the one before is full
then | if c then a else b | the value if the condition holds
or | absent or poor then good | of the same rank
or | a or b | holds if one of both does
ratio | in ratio 3 : 1 | how the steps of a group share
most | in at most 3 rounds | how often the step may be done
rounds | in at most 3 rounds | how often the step may be done, members being free to leave in between
round | withdraw A after round 1 under charges | behind which round the member pays no more
when | when loss > EUR 5 million | the step is done only if the condition holds
when | dues paid when payable | what is owed is paid in by itself on its day
once | once during cooling_off | the step pays only once in the period
force | in force from 2018-01-01 | the days on which the step is in force
discretion | at the discretion of "Committee" | the step is done only if somebody decides so
the | in the calendar year | by the calendar
losses | for losses in energy | the losses that the step meets
loss | loss | the loss with which the run began
loss | default of AAS loss EUR 150 million | what the default cost
outside | for losses outside energy | the step meets the losses of all other segments
non-default | for non-default losses | losses that no member's default caused
all | for all losses | losses of defaults and others
replenish | replenish contribution paid by survivors to target each within 5 days | what is owed to a pot after a draw
draws | for draws on other_pot | whose draws are made good
on | for draws on other_pot | whose draws are made good
on | on 2018-09-11 | a day of a history and what happened on it
within | within 5 business days | how long after the draw what is owed is payable
recoveries | recoveries repay calls then repay junior rest to defaulters | whom money from the estate repays, in order
repay | repay calls, fund_draw | whose payers are repaid next
into | repay fund_draw into contribution | the pot into which the repayment goes
rest | rest to defaulters | to whom the rest of the recoveries goes
ensure | ensure "text": condition | what must hold after every run
assume | assume "text": condition | what is taken for granted of the data of every run
test | test "title" | an event, or a file of one, and what is expected of the run
event | event "events/2018.event" | the event of the test, in a file
event | event "title" | opens an event with its title
history | history "autumn.history" | the history of the test, in a file
history | history "title" | opens a history with its title
expect | expect junior pays EUR 7 million | what the run must come to
pays | expect junior pays EUR 7 million | what a step or payer must pay
under | expect FORTUM pays EUR 1 under fund_draw | under which step
under | under "../rulebook.rules" | the rulebook against which this is held
outcome | expect outcome covered | how the run must end
covered | expect outcome covered | no loss is left
uncovered | expect uncovered EUR 0 | what no step has paid
holds | expect "text" holds | the statement must hold
holds | expect on 2018-09-11 FORTUM holds EUR 5 in contribution | the balance when the day ends
broken | expect "text" broken | the statement must not hold
owes | expect on 2018-09-11 FORTUM owes EUR 5 to contribution | what is raised on that day
repaid | expect on 2018-11-15 FORTUM repaid EUR 5 | what is repaid on that day
open | open(cooling_off) | whether the period is open on the day of the event
open | period cooling_off open from 2018-09-01 to 2018-09-14 | a period that stands open
closed | expect on 2018-09-11 period cooling_off closed | the period is not open when the day ends
start | start(cooling_off) | the first day of the open period
defaults | defaults(cooling_off) | how many defaults there were in the open period
defaults | defaults from "defaults.csv" | a table with a row for each loss of a default
declared | declared 2018-09-11 | the day on which the default was declared
remaining | remaining | the loss that is left when the step is reached
total_paid | total_paid | what this member has paid so far in the run
leaving | leaving | whether this member has given notice to leave
used | used(junior) | what a step has paid in this run
unused | unused(junior) | what a step could still pay when it ended
min | min(a, b) | the least of several values
max | max(a, b) | the greatest of several values
clamp | clamp(x, low, high) | a value held between two others
sum | sum of contribution over survivors | all values added up
average | average of contribution over survivors | the sum divided by their number
largest | largest 2 of loss_estimate over members | the greatest value, or the sum of the greatest
smallest | smallest of contribution over survivors | the least value
count | count of survivors where active | how many there are
over | sum of contribution over survivors | over whom
lower | lower of a and b | the lesser of two values
higher | higher of a and b | the greater of two values
rounded | x rounded up to EUR 100_000 | to a multiple of an amount
down | rounded down to EUR 1 | to the next multiple below
else | if c then a else b | the value if the condition does not hold
and | a and b | holds if both do
and | lower of a and b | the second of two values
not | not c | holds if the condition does not
yes | yes | the condition holds
no | no | the condition does not hold
thousand | EUR 7 thousand | times 1,000
million | EUR 7 million | times 1,000,000
billion | EUR 7 billion | times 1,000,000,000
trillion | EUR 7 trillion | times 1,000,000,000,000
lakh | INR 7 lakh | times 100,000
crore | INR 7 crore | times 10,000,000
exercise | exercise "Fire drill 2026" | nothing of this happened
member | member AAS "Einar Aas" | a member and its values
since | since 2018-01-01 | the day from which it has been a member
former | former member OLD | somebody who was a member, so that earlier payments can be theirs
givens | givens from "givens.csv" | a table with a row for each given
notice | notice by AAS dated 2018-09-01 | a member says that it leaves
dated | dated 2018-09-01 | the day of the notice
defaulted | defaulted 2018-09-11 B | an earlier default
default | default of AAS loss EUR 150 million | a default and its loss
default | opens at a default | a default opens the period
decide | decide vmgh: invoke by "Committee" | whether a step at somebody's discretion is done
invoke | decide vmgh: invoke | the step is done
decline | decide vmgh: decline | the step is not done
because | because "the auction failed" | the reason of the decision
withdraw | withdraw A after round 1 under charges | from the next round on the member does not pay under the step
after | after round 1 | behind which round the member pays no more
opening | opening 2018-09-01 | what stood on the first day of a history
dues | dues paid when payable | what is owed is paid in by itself on its day
payable | dues paid when payable | on the day on which it is due
departure | departure of AAS | from this day on it is no member
out | paid out to FORTUM from contribution EUR 5 | money that a member gets back from its pot
recovered | recovered from AAS EUR 5 | money from the estate of a member that defaulted
"""


@cache
def words() -> dict[str, tuple[Word, ...]]:
    """The rows of the table by their words."""
    found: dict[str, tuple[Word, ...]] = {}
    for line in _TABLE.strip().splitlines():
        word, form, meaning = line.split(" | ")
        found[word] = (*found.get(word, ()), Word(word, form, meaning))
    return found


def meanings(word: str, behind: str = "", before: str = "") -> tuple[Word, ...]:
    """What a word means, by the word that stands behind it and the one before, as far as they tell."""
    rows = words().get(word, ())
    ahead, back = f"{word}{'' if behind == '(' else ' '}{behind}" if behind else "", f"{before} " if before else ""
    fitting: tuple[tuple[Word, ...], ...] = (
        tuple(row for row in rows if ahead and back and back + ahead in row.form),
        tuple(row for row in rows if ahead and row.form.startswith(ahead)),
        tuple(row for row in rows if ahead and ahead in row.form),
        tuple(row for row in rows if back and back + word in row.form),
    )
    return next(filter(None, fitting), rows)
