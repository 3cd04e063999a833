"""Slips and what is said about them: each row is a text with the marked place of its one diagnostic."""

import importlib
import itertools
import pkgutil
import re
import time

import pytest

from rulelang.base.advice import Certainty
from rulelang.base.diagnostic import Diagnostic, ReadError
from rulelang.base.source import SourceText
from rulelang.syntax import recovery
from rulelang.syntax.read import parse_event, parse_history, parse_rulebook
from rulelang.syntax.recovery import combinations
from rulelang.syntax.recovery.stop import NEAR
from tests.every import every
from tests.fixing import applied
from tests.test_fixes import well_fixed

RULEBOOK = 'rulebook "R" version 2024-01-01\ncurrency EUR\n'
FRAMES = {
    "rules": "{}",
    "event": "{}",
    "section": RULEBOOK + "{}\n",
    "field": RULEBOOK + "members have\n    {}\n    last : money\n",
    "expression": RULEBOOK + "define result as {}\n",
    "step": RULEBOOK + "waterfall\n    {}\n    finally closure\n",
    "clause": RULEBOOK + 'waterfall\n    tranche fund cite "CR 1"\n        {}\n        when x\n    finally closure\n',
    "test": RULEBOOK + 'test "t"\n    event "e.event"\n    {}\n    expect outcome covered\n',
    "line": 'event "E"\nunder "r.rules"\n{}\ndeclared 2024-01-01\n',
    "day": 'history "H"\nunder "r.rules"\nopening 2024-01-01\n    member A\n        x = EUR 1\non 2024-02-01\n{}\n',
    "recoveries": RULEBOOK + "recoveries\n    {}\n",
    "replenish": RULEBOOK + "replenish pot\n    paid by survivors\n    {}\n",
    "claim": RULEBOOK + 'ensure "e": {}\n',
    "value": 'event "E"\nmember NORD\n    {}\n    last = 1\n',
}

AMOUNTS = """
clause     | up to ⟦EUR7m⟧ each                | foreign-amount | `million`, `crore`     | up to EUR 7 million each
clause     | up to ⟦EUR 7m⟧ each               | foreign-amount | scale                  | up to EUR 7 million each
clause     | up to ⟦EUR 7mn⟧ each              | foreign-amount | scale                  | up to EUR 7 million each
clause     | up to ⟦EUR 1.5bn⟧                 | foreign-amount | scale                  | up to EUR 1.5 billion
clause | up to ⟦EUR 500k⟧ in total | foreign-amount | scale | up to EUR 500 thousand in total
clause     | up to ⟦EUR 2 trn⟧                 | foreign-amount | scale                  | up to EUR 2 trillion
clause     | up to ⟦EUR7 million⟧ each         | foreign-amount | no blank               | up to EUR 7 million each
clause     | up to ⟦7 million EUR⟧ each        | foreign-amount | behind the number      | up to EUR 7 million each
clause     | up to ⟦7EUR⟧ each                 | foreign-amount | behind the number      | up to EUR 7 each
clause     | up to ⟦€7 million⟧ each           | foreign-amount | three letters          | up to EUR 7 million each
clause     | up to ⟦$7m⟧ each                  | foreign-amount | three letters          | up to USD 7 million each
clause     | up to ⟦7 million⟧ each            | foreign-amount | has no currency        | up to EUR 7 million each
clause     | up to ⟦7m⟧ each                   | foreign-amount | has no currency        | up to EUR 7 million each
clause     | up to ⟦EUR 7,000,000⟧ in total    | foreign-amount | commas                 | up to EUR 7_000_000 in total
clause | up to ⟦EUR 7.000.000,50⟧ in total | foreign-amount | commas | up to EUR 7_000_000.50 in total
clause     | up to ⟦EUR 7 000 000⟧ in total    | foreign-amount | blanks                 | up to EUR 7_000_000 in total
clause     | up to ⟦EUR 7'000'000⟧ in total    | foreign-amount | EUR 7_000_000          | up to EUR 7_000_000 in total
clause | up to ⟦EUR 1,5 million⟧ in total | foreign-amount | commas | up to EUR 1.5 million in total
clause     | up to ⟦EUR -5⟧ each               | foreign-amount | sign                   | up to -EUR 5 each
clause     | up to ⟦EUR −5⟧ each               | foreign-amount | sign                   | up to -EUR 5 each
clause     | up to ⟦eur 7⟧ each                | foreign-amount | capitals               | up to EUR 7 each
clause     | up to EUR 7 ⟦Million⟧ each        | misspelt-word  | small letters          | up to EUR 7 million each
clause     | up to EUR 7 ⟦milion⟧ each         | misspelt-word  | `million`              | up to EUR 7 million each
expression | min(EUR ⟦7,000⟧, x)               | foreign-amount | commas                 | min(EUR 7_000, x)
expression | ⟦EUR 5,00⟧ + x                    | foreign-amount | EUR 5.00               | EUR 5.00 + x
test       | expect uncovered ⟦0⟧              | foreign-amount | no currency            | expect uncovered EUR 0
test       | expect a pays ⟦7 million EUR⟧     | foreign-amount | behind the number      | expect a pays EUR 7 million
value      | x = ⟦EUR7m⟧                       | foreign-amount | EUR 7 million          | x = EUR 7 million
line | default of A loss ⟦150m EUR⟧ | foreign-amount | EUR 150 million | default of A loss EUR 150 million
"""

NUMBERS = """
clause     | up to ⟦20 %⟧ of x each            | foreign-number | 20%                    | up to 20% of x each
clause     | up to ⟦20 percent⟧ of x each      | foreign-number | 20%                    | up to 20% of x each
clause     | up to ⟦20 per cent⟧ of x each     | foreign-number | 20%                    | up to 20% of x each
clause     | up to ⟦2,5%⟧ of x each            | foreign-number | 2.5%                   | up to 2.5% of x each
clause     | up to ⟦%20⟧ of x each             | foreign-number | 20%                    | up to 20% of x each
clause     | up to ⟦25bps⟧ of x each           | foreign-number | 0.25%                  | up to 0.25% of x each
clause     | up to ⟦%⟧ of x each               | foreign-number | no number before `%`   |
clause     | up to 25% ⟦x⟧ each                | missing-word   | `of` is missing        | up to 25% of x each
expression | ⟦2x⟧ * y                          | malformed-name | begins with a digit    | 2 * x * y
expression | ⟦2 x⟧ contribution                | foreign-number | `*`                    | 2 * contribution
expression | ⟦3 times⟧ contribution            | foreign-number | `*`                    | 3 * contribution
expression | ⟦.5⟧ * x                          | foreign-number | digit before           | 0.5 * x
expression | ⟦1e6⟧ * x                         | foreign-number | exponent               | 1000000 * x
expression | x > ⟦1,000⟧                       | foreign-number | `1_000` or `1.000`     |
expression | x > ⟦1,000,000⟧                   | foreign-number | 1_000_000              | x > 1_000_000
clause     | up to ⟦EUR 1,500 million⟧ each    | foreign-amount | or `EUR 1.500 million` |
clause     | up to ⟦INR 1,23,45,678.90⟧ each   | foreign-amount | lakhs and crores       | up to INR 12345678.90 each
clause     | up to ⟦EUR 200 200⟧ each              | foreign-amount | or `EUR 200`           |
clause     | up to ⟦KWD 1,080⟧ each            | foreign-amount | or `KWD 1.080`         |
expression | ⟦0,5⟧ * x                         | foreign-number | 0.5                    | 0.5 * x
expression | ⟦½⟧ * x                           | foreign-number | 0.5                    | 0.5 * x
clause     | up to x each in any ⟦30days⟧      | foreign-number | blank                  | up to x each in any 30 days
value      | x = ⟦5 %⟧                         | foreign-number | 5%                     | x = 5%
"""

DATES = """
clause     | in force from ⟦11.09.2018⟧             | foreign-date | year-month-day | in force from 2018-09-11
clause     | in force from ⟦2018-9-1⟧               | foreign-date | 2018-09-01     | in force from 2018-09-01
clause     | in force from ⟦2018/09/01⟧             | foreign-date | 2018-09-01     | in force from 2018-09-01
clause     | in force from ⟦11/09/2018⟧             | foreign-date | `2018-09-11` or `2018-11-09` |
clause     | in force from ⟦31/12/2018⟧             | foreign-date | 2018-12-31     | in force from 2018-12-31
clause     | in force from ⟦11 September 2018⟧      | foreign-date | 2018-09-11     | in force from 2018-09-11
clause     | in force from ⟦September 11, 2018⟧     | foreign-date | 2018-09-11     | in force from 2018-09-11
clause     | in force from ⟦20180911⟧               | foreign-date | 2018-09-11     | in force from 2018-09-11
clause     | in force from ⟦2018–09–11⟧             | foreign-date | 2018-09-11     | in force from 2018-09-11
expression | declared >= ⟦11.09.2018⟧               | foreign-date | 2018-09-11     | declared >= 2018-09-11
expression | declared >= ⟦31/12/2018⟧               | foreign-date | 2018-12-31     | declared >= 2018-12-31
expression | declared >= ⟦2018-9-1⟧                 | foreign-date | 2018-09-01     | declared >= 2018-09-01
line       | declared ⟦"2018-09-11"⟧                | foreign-date | 2018-09-11     | declared 2018-09-11
line       | paid ⟦1.2.2018⟧ by A under b EUR 1     | foreign-date | 2018-02-01     | paid 2018-02-01 by A under b EUR 1
"""

PHRASES = """
clause     | shared ⟦pro-rata to⟧ x               | foreign-word | pro rata to            | shared pro rata to x
clause     | shared ⟦pro-rata⟧ x                  | foreign-word | pro rata to            | shared pro rata to x
clause     | shared ⟦prorata to⟧ x                | foreign-word | pro rata to            | shared pro rata to x
clause     | shared ⟦pro rata by⟧ x               | foreign-word | pro rata to            | shared pro rata to x
clause     | shared pro rata ⟦x⟧                  | missing-word | `to` is missing        | shared pro rata to x
clause     | shared ⟦proportionally to⟧ x         | foreign-word | pro rata to            | shared pro rata to x
clause     | shared ⟦evenly⟧                      | foreign-word | equally                | shared equally
clause     | ⟦allocated⟧ equally                  | foreign-word | shared                 | shared equally
clause | shared equally without ⟦re-allocation⟧ | misspelt-word | reallocation | shared equally without reallocation
clause | shared equally ⟦no reallocation⟧ | foreign-word | without reallocation | shared equally without reallocation
clause     | paid by ⟦non-defaulting members⟧     | foreign-word | survivors              | paid by survivors
clause     | paid by ⟦surviving members⟧          | foreign-word | survivors              | paid by survivors
clause     | paid by ⟦defaulting members⟧         | foreign-word | defaulters             | paid by defaulters
clause     | paid by ⟦the defaulter⟧              | foreign-word | defaulters             | paid by defaulters
clause     | paid by ⟦survivor⟧                   | misspelt-word | survivors             | paid by survivors
clause     | paid by ⟦defaulter⟧                  | misspelt-word | defaulters            | paid by defaulters
clause     | ⟦paid by all members⟧                | foreign-word | survivors              |
clause     | paid by ⟦the clearing house⟧         | foreign-word | ccp                    | paid by ccp
clause     | paid by ⟦CCP⟧                        | misspelt-word | small letters         | paid by ccp
clause     | ⟦pays by⟧ ccp                        | foreign-word | paid by                | paid by ccp
clause     | ⟦paid from⟧ ccp                      | foreign-word | paid by                | paid by ccp
clause     | ⟦borne by⟧ ccp                       | foreign-word | paid by                | paid by ccp
clause     | paid by ccp ⟦out of⟧ x               | foreign-word | from                   | paid by ccp from x
clause | paid by survivors ⟦with⟧ x > 5 | foreign-word | where | paid by survivors where x > 5
clause     | ⟦upto⟧ x each                        | foreign-word | up to                  | up to x each
clause     | ⟦capped at⟧ x each                   | foreign-word | up to                  | up to x each
clause     | ⟦max⟧ x each                         | foreign-word | up to                  | up to x each
clause     | up to x ⟦per member⟧                 | foreign-word | each                   | up to x each
clause     | up to x ⟦in aggregate⟧               | foreign-word | in total               | up to x in total
clause     | up to x each in any 30 ⟦calendar days⟧ | foreign-word | days                 | up to x each in any 30 days
clause | up to x each in any 30 ⟦working days⟧ | foreign-word | business days | up to x each in any 30 business days
clause     | up to x each ⟦within⟧ 30 days        | foreign-word | in any                 | up to x each in any 30 days
clause     | up to x each ⟦in every segment⟧      | foreign-word | in each segment        | up to x each in each segment
clause     | ⟦in ascending order of x⟧            | foreign-word | lowest first           | in order of x, lowest first
clause     | ⟦in descending order of x⟧           | foreign-word | highest first          | in order of x, highest first
clause     | in order of x⟦, lowest⟧              | foreign-word | lowest first           | in order of x, lowest first
clause     | in order of x ⟦lowest⟧ first         | missing-word | `,` is missing         | in order of x, lowest first
clause     | ⟦ordered by⟧ x, lowest first         | foreign-word | in order of            | in order of x, lowest first
clause     | ⟦at discretion of⟧ "B"               | foreign-word | at the discretion of   | at the discretion of "B"
clause     | ⟦in force since⟧ 2018-01-01          | foreign-word | in force from          | in force from 2018-01-01
clause | in force from 2018-01-01 ⟦until⟧ 2019-01-01 | foreign-word | to | in force from 2018-01-01 to 2019-01-01
clause     | for losses ⟦outside⟧                 | missing-part | a name is missing      |
clause     | paid ⟦ccp⟧                           | missing-word | `by` is missing        | paid by ccp
clause     | up ⟦x⟧ each                          | missing-word | `to` is missing        | up to x each
expression | ⟦mean⟧ of x over survivors           | foreign-word | `average`              | average of x over survivors
expression | ⟦number of⟧ survivors                | foreign-word | count of               | count of survivors
expression | sum of x ⟦across⟧ survivors          | foreign-word | over                   | sum of x over survivors
expression | if a then b ⟦elif⟧ c then d else e | foreign-word | else if | if a then b else if c then d else e
expression | a ⟦plus⟧ b                           | foreign-word | `+`                    | a + b
expression | a ⟦is at least⟧ b                    | foreign-word | `>=`                   | a >= b
expression | a ⟦is⟧ b                             | foreign-word | `=`                    | a = b
expression | a ⟦is not⟧ b                         | foreign-word | `!=`                   | a != b
expression | ⟦true⟧                               | foreign-word | yes                    | yes
expression | a = ⟦False⟧                          | foreign-word | no                     | a = no
field      | x : ⟦boolean⟧                        | foreign-word | yes/no                 | x : yes/no
field      | x : ⟦string⟧                         | foreign-word | text                   | x : text
field      | x : ⟦decimal⟧                        | foreign-word | number                 | x : number
field      | x : ⟦enum⟧ a, b                      | foreign-word | one of                 | x : one of a, b
field      | x ⟦money⟧                            | missing-word | `:` is missing         | x: money
step       | ⟦tear up⟧ a paid by ccp              | foreign-word | tear-up                | tear-up a paid by ccp
step       | ⟦layer⟧ a paid by ccp                | foreign-word | tranche                | tranche a paid by ccp
section    | ⟦let⟧ a as 1                         | foreign-word | define                 | define a as 1
section    | ⟦require⟧ "x": a > 1                 | foreign-word | ensure                 | ensure "x": a > 1
line       | ⟦default⟧ A loss EUR 1               | foreign-word | default of             | default of A loss EUR 1
line       | default of A ⟦EUR⟧ 1                 | missing-word | `loss` is missing      | default of A loss EUR 1
line | paid 2018-01-01 ⟦A⟧ under b EUR 1 | missing-word | `by` is missing | paid 2018-01-01 by A under b EUR 1
line | paid 2018-01-01 by A ⟦b⟧ EUR 1 | missing-word | `under` is missing | paid 2018-01-01 by A under b EUR 1
line       | decide a ⟦invoke⟧                    | missing-word | `:` is missing         | decide a: invoke
line       | decide a: ⟦approved⟧                 | foreign-word | invoke                 | decide a: invoke
value      | x ⟦EUR⟧ 1                            | missing-word | `=` is missing         | x = EUR 1
test       | expect a ⟦should pay⟧ EUR 1          | foreign-word | pays                   | expect a pays EUR 1
"""

WORDS = """
rules      | ⟦rulebok⟧ "R" currency EUR           | misspelt-word | `rulebook`            | rulebook "R" currency EUR
step       | ⟦trnache⟧ a paid by ccp              | misspelt-word | `tranche`             | tranche a paid by ccp
step       | ⟦Tranche⟧ a paid by ccp              | misspelt-word | small letters         | tranche a paid by ccp
step       | ⟦TRANCHE⟧ a paid by ccp              | misspelt-word | small letters         | tranche a paid by ccp
step       | ⟦assesment⟧ a paid by ccp            | misspelt-word | `assessment`          | assessment a paid by ccp
step       | ⟦tearup⟧ a paid by ccp               | misspelt-word | `tear-up`             | tear-up a paid by ccp
step       | ⟦tear_up⟧ a paid by ccp              | misspelt-word | `tear-up`             | tear-up a paid by ccp
section    | ⟦waterfal⟧ "W"                       | misspelt-word | `waterfall`           | waterfall "W"
section    | ⟦defin⟧ a as 1                       | misspelt-word | `define`              | define a as 1
field      | x : ⟦mony⟧                           | misspelt-word | `money`               | x : money
rules | rulebook "R" members have⏎⟦gven⟧ y : text | misspelt-word | given | rulebook "R" members have given y : text
clause     | ⟦paied⟧ by ccp                       | misspelt-word | `paid`                | paid by ccp
clause     | paid by ccp ⟦form⟧ x                 | misspelt-word | `from`                | paid by ccp from x
clause     | shared ⟦equaly⟧                      | misspelt-word | `equally`             | shared equally
clause     | in ⟦ordre⟧ of x, lowest first        | misspelt-word | `order`               | in order of x, lowest first
clause     | for ⟦loss⟧ in a                      | misspelt-word | `losses`              | for losses in a
line       | ⟦defualt⟧ of A loss EUR 1            | misspelt-word | `default`             | default of A loss EUR 1
line       | decide a: ⟦invoked⟧                  | misspelt-word | `invoke`              | decide a: invoke
test       | expect a ⟦pay⟧ EUR 1                 | misspelt-word | `pays`                | expect a pays EUR 1
section    | define ⟦paid⟧ as 3                   | reserved-word | cannot be a name      |
section    | given ⟦loss⟧ : money                 | reserved-word | cannot be a name      |
section    | party ⟦members⟧                      | reserved-word | cannot be a name      |
section    | segments a, ⟦event⟧                  | reserved-word | cannot be a name      |
field      | ⟦limit⟧ : money                      | reserved-word | cannot be a name      |
field      | x : one of a, ⟦uncovered⟧            | reserved-word | cannot be a name      |
field      | ⟦test⟧ : money                       | reserved-word | cannot be a name      |
step       | tranche ⟦rate⟧ paid by ccp           | reserved-word | cannot be a name      |
step       | tranche a formerly ⟦given⟧ paid by ccp | reserved-word | cannot be a name    |
line       | given ⟦share⟧ = 1                    | reserved-word | cannot be a name      |
value      | ⟦rate⟧ = 1                           | reserved-word | cannot be a name      |
line       | decide ⟦haircut⟧: invoke             | reserved-word | cannot be a name      |
"""

NAMES = """
section    | define ⟦Fund⟧ as 1                   | malformed-name | capital              | define fund as 1
section    | define ⟦own-fund⟧ as 1               | malformed-name | hyphen               | define own_fund as 1
section    | define ⟦own fund⟧ as 1               | malformed-name | two words            | define own_fund as 1
section    | define ⟦ownFund⟧ as 1                | malformed-name | capitals in it       | define own_fund as 1
section    | define ⟦1st_loss⟧ as 1               | malformed-name | digit                | define st_loss as 1
section    | define ⟦prämie⟧ as 1                 | malformed-name | letters other        | define pramie as 1
section    | define ⟦"fund"⟧ as 1                 | malformed-name | quotes               | define fund as 1
step       | tranche ⟦Own-Fund⟧ paid by ccp       | malformed-name | hyphen               | tranche own_fund paid by ccp
step | tranche ⟦"Own fund"⟧ paid by ccp | missing-part | before the title | tranche own_fund "Own fund" paid by ccp
step       | ⟦tranche⟧ paid by ccp                | missing-part   | a name is missing    |
step       | ⟦tranche⟧ cite "CR" paid by ccp      | missing-part   | a name is missing    |
field      | ⟦own-fund⟧ : money                   | malformed-name | hyphen               | own_fund : money
clause     | up to ⟦Fund⟧ each                    | malformed-name | capital              | up to fund each
clause     | paid by ccp from ⟦own-fund⟧          | malformed-name | hyphen               | paid by ccp from own_fund
section    | currency ⟦usd⟧                       | malformed-name | capitals             | currency USD
line       | member ⟦aas⟧                         | malformed-name | capital              |
line       | default of ⟦aas⟧ loss EUR 1          | malformed-name | capital              |
"""

MARKS = """
expression | a ⟦==⟧ b                             | foreign-punctuation | `=`             | a = b
expression | a ⟦<>⟧ b                             | foreign-punctuation | `!=`            | a != b
expression | a ⟦=<⟧ b                             | foreign-punctuation | `<=`            | a <= b
expression | a ⟦=>⟧ b                             | foreign-punctuation | `>=`            | a >= b
expression | a ⟦&&⟧ b                             | foreign-punctuation | `and`           | a and b
expression | a⟦||⟧b                               | foreign-punctuation | `or`            | a or b
expression | ⟦!⟧a                                 | foreign-punctuation | `not`           |  not a
expression | a ⟦≥⟧ b                              | foreign-punctuation | U+2265          | a >= b
expression | a ⟦–⟧ b                              | foreign-punctuation | en dash         | a - b
expression | a ⟦−⟧ b                              | foreign-punctuation | minus sign      | a - b
expression | a ⟦×⟧ b                              | foreign-punctuation | `*`             | a * b
expression | ⟦{⟧a}                                | foreign-punctuation | round           |
expression | a ⟦?⟧ b : c                          | foreign-punctuation | `?`             |
section    | waterfall⟦:⟧                         | foreign-punctuation | no colon        | waterfall
section    | members have⟦:⟧                      | foreign-punctuation | no colon        | members have
step       | tranche a⟦:⟧ paid by ccp             | foreign-punctuation | no colon        | tranche a paid by ccp
clause     | paid by⟦:⟧ ccp                       | foreign-punctuation | no colon        | paid by ccp
clause     | paid by ccp⟦;⟧                       | foreign-punctuation | no semicolon    | paid by ccp
clause     | paid by ccp⟦.⟧                       | foreign-punctuation | no full stop    | paid by ccp
clause     | up to 5⟦.⟧                           | foreign-punctuation | no full stop    | up to 5
clause     | up to x⟦,⟧ each                      | foreign-punctuation | no comma        | up to x each
field      | x : one of a, b⟦,⟧                   | foreign-punctuation | comma           | x : one of a, b
field      | x ⟦=⟧ money                          | foreign-punctuation | `:` is due      | x : money
field      | x ⟦：⟧ money                         | foreign-punctuation | colon           | x : money
section    | define x ⟦=⟧ 3                       | foreign-punctuation | `as` is due     | define x  as  3
section    | define x ⟦:⟧ 3                       | foreign-punctuation | `as` is due     | define x  as  3
line       | given x ⟦:⟧ 5                        | foreign-punctuation | `=` is due      | given x = 5
line       | decide a ⟦=⟧ invoke                  | foreign-punctuation | `:` is due      | decide a : invoke
line       | declared⟦:⟧ 2018-01-01               | foreign-punctuation | no colon        | declared 2018-01-01
value      | x⟦:⟧ EUR 5                           | foreign-punctuation | `=` is due      | x= EUR 5
clause     | at the discretion of ⟦“Board”⟧       | foreign-quotes | straight             | at the discretion of "Board"
clause     | at the discretion of ⟦„Board“⟧       | foreign-quotes | straight             | at the discretion of "Board"
clause     | at the discretion of ⟦'Board'⟧       | foreign-quotes | straight             | at the discretion of "Board"
clause     | at the discretion of ⟦"Board”⟧       | foreign-quotes | straight             | at the discretion of "Board"
clause     | at the discretion of ⟦"Board⟧        | unclosed-string | no closing quote    | at the discretion of "Board"
clause     | at the discretion of ⟦Board⟧         | missing-quotes | quotes               | at the discretion of "Board"
line       | members from ⟦members.csv⟧           | missing-quotes | quotes               | members from "members.csv"
step       | tranche a "the ⟦"⟧big" one"          | unclosed-string | holds a quote       | tranche a "the 'big' one"
clause     | paid by ccp ⟦//⟧ always              | foreign-comment | `//`                | paid by ccp # always
clause     | ⟦//⟧ always                          | foreign-comment | `//`                | # always
clause     | ⟦--⟧ always                          | foreign-comment | `--`                | # always
clause     | ⟦/*⟧ always */                       | foreign-comment | `/*`                | # always
"""

PARTS = """
clause     | up to x ⟦in any 30 days each⟧        | misplaced-part | another order        | up to x each in any 30 days
clause | up to x ⟦in each segment in total⟧ | misplaced-part | another order | up to x in total in each segment
clause     | up to x ⟦in total each⟧              | misplaced-part | not both             |
clause     | up to x each ⟦each⟧                  | misplaced-part | twice                | up to x each
line | given x = EUR 5 million ⟦million⟧ | misplaced-part | twice | given x = EUR 5 million
line | default of A ⟦A⟧ loss EUR 5 | misplaced-part | twice | default of A loss EUR 5
clause     | paid by ⟦by⟧ ccp                     | misplaced-part | twice                | paid by ccp
clause     | up to x ⟦cite "C"⟧ each              | misplaced-part | end of its clause    | up to x each cite "C"
clause     | paid by ccp cite "C" ⟦from⟧ x        | misplaced-part | put it before `cite` |
step       | tranche a cite "C" ⟦"T"⟧ paid by ccp | misplaced-part | the title            |
rules      | rulebook "R" cite "C" ⟦version⟧ "1"  | misplaced-part | `version`            |
step       | ⟦end⟧                                | misplaced-part | closes nothing       |
step | ⟦together⟧ tranche a paid by ccp | missing-part | no `end` | together tranche a paid by ccp end
section    | ⟦test⟧ "t" event "e"                 | missing-part   | no `expect`          |
section    | ⟦test⟧ "t" expect uncovered EUR 0    | missing-part   | no event             |
section    | ⟦tranche⟧ a paid by ccp              | misplaced-part | outside of the waterfall |
section    | ⟦paid by⟧ ccp                        | misplaced-part | outside of a step    |
section    | ⟦default⟧ of A loss EUR 1            | misplaced-part | belongs in an event  |
line       | ⟦tranche⟧ a                          | misplaced-part | belongs in a rulebook |
line       | ⟦recovered⟧ from A EUR 5             | misplaced-part | belongs in a history |
line       | paid ⟦in⟧ by A to fund EUR 5         | misplaced-part | belongs in a history |
line       | paid ⟦out⟧ to A from fund EUR 5      | misplaced-part | belongs in a history |
line       | ⟦on⟧ 2024-02-01                      | misplaced-part | belongs in a history |
line       | ⟦dues⟧ paid when payable             | misplaced-part | belongs in a history |
day        | ⟦dues⟧ paid when payable             | misplaced-part | below the opening    |
line       | decide a: decline ⟦up⟧ to EUR 5      | misplaced-part | it is declined       |
section    | define x ⟦as⟧                        | missing-part   | an expression is missing |
clause     | up ⟦to⟧                              | missing-part   | an expression is missing |
rules      | ⟦rulebook⟧⏎currency EUR              | missing-part   | a text in quotes     |
rules      | ⟦currency⟧ EUR                       | missing-part   | its title            |
expression | 1 + ⟦sum of x over members where⟧ y | missing-brackets | parentheses | 1 + (sum of x over members where y)
expression | 1 + ⟦if⟧ a then b else c             | missing-brackets | parentheses        | 1 + (if a then b else c)
expression | a = ⟦not⟧ b                          | missing-brackets | parentheses        | a = (not b)
expression | ⟦max of⟧ a                           | missing-brackets | `max(a, b)`        |
expression | ⟦if⟧ a then b                        | missing-part   | no `else`            |
expression | ⟦(⟧a + b                             | unbalanced-bracket | not closed       | (a + b)
expression | min(a, ⟦(⟧b + c                      | unbalanced-bracket | not closed       | min(a, (b + c))
expression | a + b⟦)⟧                             | unbalanced-bracket | closes nothing   | a + b
expression | a < b ⟦<⟧ c                          | chained-comparison | b < …            | a < b and b < c
expression | a = b ⟦=⟧ c                          | chained-comparison | two comparisons  | a = b and b = c
clause     | up to x ⟦foo⟧ bar                    | unexpected-text | an operator         |
event      | ⟦rulebook⟧ "R"                       | wrong-kind-of-file | this file is a rulebook |
rules      | ⟦event⟧ "E"                          | wrong-kind-of-file | this file is an event |
rules      | ⟦{⟧"event": 1}                       | wrong-kind-of-file | JSON             |
rules      | ⟦⟧                                   | empty-file     | empty                |
event      | ⟦⟧# nothing                          | empty-file     | comments             |
"""


SPOKEN = """
clause | up to ⟦the lower of⟧ x and y each | foreign-word | `lower of x and y` | up to lower of x and y each
clause | up to ⟦the lesser of⟧ 25% of x and EUR 5 | foreign-word | lower of | up to lower of 25% of x and EUR 5
clause | up to ⟦lesser of⟧ (x, y) each | foreign-word | lower of | up to lower of x and y each
clause | up to ⟦greater of⟧ x and EUR 10 each | foreign-word | higher of | up to higher of x and EUR 10 each
clause | up to ⟦maximum of⟧ x and y each | foreign-word | higher of | up to higher of x and y each
clause | up to ⟦the smallest of⟧ x, y and z each | foreign-word | `min(x, y, z)` | up to min(x, y, z) each
clause | up to ⟦the higher of⟧ (a) x and (b) y each | foreign-word | higher of | up to higher of x and y each
expression | EUR 1 + ⟦lower of⟧ x and y | foreign-word | lower of | EUR 1 + (lower of x and y)
expression | 2 * ⟦the lower of⟧ x and y | foreign-word | lower of | 2 * (lower of x and y)
expression | ⟦lower of⟧ x + 1 and y | foreign-word | lower of | lower of (x + 1) and y
expression | ⟦lower of⟧ x and y + 1 | foreign-word | `lower of x and (y + 1)`, or `(lower of x and y) + 1` |
expression | ⟦lower of⟧ x and 2 * (y + 1) - z | foreign-word | , or `(lower of x and 2 * (y + 1)) - z` |
expression | 2 * ⟦lower of⟧ x and (y + 1) | foreign-word | lower of | 2 * (lower of x and (y + 1))
expression | ⟦the highest of⟧ x, y and z - 1 | foreign-word | `max(x, y, z - 1)`, or `(max(x, y, z)) - 1` |
expression | 10% of ⟦the sum of x and y⟧ | foreign-word | `(x + y)` | 10% of (x + y)
expression | 10% of ⟦the excess of x over y⟧ | foreign-word | `(x - y)` |
expression | x - ⟦the sum of x, y and z⟧ | foreign-word | `(x + y + z)` | x - (x + y + z)
expression | x / ⟦the product of y and z⟧ | foreign-word | `(y * z)` | x / (y * z)
expression | x - ⟦the average of y and z⟧ | foreign-word | written with `+` | x - (y + z) / 2
expression | ⟦the sum of x and y⟧ rounded up to EUR 5 | foreign-word | `(x + y)` | (x + y) rounded up to EUR 5
clause | up to 10% of x⟦,⟧ rounded up to EUR 5 | foreign-punctuation | x) rounded | up to (10% of x) rounded up to EUR 5
clause | up to x + y⟦ (rounded to EUR 5)⟧ each | foreign-punctuation | y) rounded | up to (x + y) rounded to EUR 5 each
clause | up to x⟦ (rounded to EUR 5)⟧ each | foreign-punctuation | out the parenth | up to x rounded to EUR 5 each
clause | up to x⟦,⟧ rounded to EUR 5 million | foreign-punctuation | 5 million` | up to x rounded to EUR 5 million
clause | up to x - y⟦,⟧ rounded to y | foreign-punctuation | write `(x - y) rounded …` | up to (x - y) rounded to y
clause | up to x⟦,⟧ rounded down to EUR 5 | foreign-punctuation | comma: write `x rou | up to x rounded down to EUR 5
expression | sum of ⟦x + y⟧ over survivors | unexpected-text | product | sum of (x + y) over survivors
clause | up to ⟦x⟧ if y > EUR 1 else EUR 5 each | foreign-word | before its | up to if y > EUR 1 then x else EUR 5 each
expression | ⟦lower of⟧ x or y | foreign-word | lower of | lower of x and y
expression | ⟦min of⟧ x and y | foreign-word | lower of | lower of x and y
clause | up to ⟦twice⟧ x each | foreign-number | `2 * …` | up to 2 * x each
clause | up to ⟦three times⟧ x each | foreign-number | `3 * …` | up to 3 * x each
clause | up to ⟦half of⟧ x each | foreign-number | `50% of …` | up to 50% of x each
clause | up to ⟦half the⟧ x each | foreign-number | `50% of …` | up to 50% of x each
clause | up to ⟦one third of⟧ x each | foreign-number | `1 / 3 * …` | up to 1 / 3 * x each
clause | up to ⟦one-third of the⟧ x each | foreign-number | `1 / 3 * …` | up to 1 / 3 * x each
clause | up to ⟦two thirds of⟧ x each | foreign-number | `2 / 3 * …` | up to 2 / 3 * x each
clause | up to ⟦a quarter of⟧ x each | foreign-number | `25% of …` | up to 25% of x each
clause | up to ⟦one eighth of⟧ x each | foreign-number | `12.5% of …` | up to 12.5% of x each
clause | up to ⟦three quarters of⟧ x each | foreign-number | `75% of …` | up to 75% of x each
expression | x / ⟦half of⟧ y | foreign-number | 50% of |
clause | up to ⟦25 per cent.⟧ of x each | foreign-number | 25% | up to 25% of x each
clause | up to ⟦25 basis points⟧ of x each | foreign-number | 0.25% | up to 0.25% of x each
clause | up to EUR 5 ⟦lakhs⟧ | misspelt-word | `lakh` | up to EUR 5 lakh
clause | up to EUR 5 ⟦crores⟧ | misspelt-word | `crore` | up to EUR 5 crore
clause | up to ⟦EUR 5 cr⟧ | foreign-amount | crore | up to EUR 5 crore
clause | up to ⟦EUR 5 mn⟧ | foreign-amount | million | up to EUR 5 million
clause | up to ⟦EUR 5 mil⟧ | foreign-amount | `EUR 5 thousand` or `EUR 5 million` |
clause | up to ⟦EUR 5t⟧ | foreign-amount | `EUR 5 thousand` or `EUR 5 trillion` |
clause | ⟦not exceeding⟧ x each | foreign-word | up to | up to x each
clause | paid by ccp ⟦not exceeding⟧ x | foreign-word | up to | paid by ccp up to x
clause | ⟦up to but not exceeding⟧ x each | foreign-word | up to | up to x each
clause | ⟦no more than⟧ x each | foreign-word | up to | up to x each
clause | when x ⟦no more than⟧ EUR 5 | foreign-word | `<=` | when x <= EUR 5
clause | when x ⟦not exceeding⟧ EUR 5 | foreign-word | `<=` | when x <= EUR 5
clause | when x ⟦not less than⟧ EUR 5 | foreign-word | `>=` | when x >= EUR 5
clause | when x ⟦less than⟧ EUR 5 | foreign-word | `<` | when x < EUR 5
clause | when x ⟦exceeds⟧ EUR 5 | foreign-word | `>` | when x > EUR 5
clause | paid by survivors where x ⟦at most⟧ EUR 5 | foreign-word | `<=` | paid by survivors where x <= EUR 5
clause | shared ⟦pari passu⟧ | foreign-word | `pro rata to …` |
clause | shared ⟦rateably⟧ | foreign-word | `pro rata to …` |
clause | paid by a from x⏎shared ⟦pari passu⟧ | foreign-word | to x | paid by a from x shared pro rata to x
clause | shared ⟦pari passu⟧⏎paid by a from x | foreign-word | to x | shared pro rata to x paid by a from x
clause | shared ⟦in proportion to⟧ x | foreign-word | pro rata to | shared pro rata to x
clause | up to ⟦x or EUR 5, whichever is lower⟧ | foreign-word | lower of | up to lower of x and EUR 5
clause | up to ⟦x or y whichever is the greater,⟧ each | foreign-word | higher of | up to higher of x and y each
clause | shared pro rata to x ⟦with reallocation⟧ | foreign-word | take it away | shared pro rata to x
clause | ⟦for default losses⟧ when x | foreign-word | take it away | when x
clause | ⟦for losses except⟧ swaps | foreign-word | outside | for losses outside swaps
clause | ⟦in up to⟧ 3 rounds | foreign-word | in at most | in at most 3 rounds
clause | paid by survivors ⟦pro⟧ rata to x | missing-word | `shared` | paid by survivors shared pro rata to x
clause | up to x as of ⟦start of p⟧ each | foreign-word | start(p) | up to x as of start(p) each
expression | ⟦5 days after declared⟧ | foreign-word | declared + 5 days | declared + 5 days
expression | ⟦max(x over survivors)⟧ | foreign-word | largest of | largest of x over survivors
expression | x *⟦*⟧ 2 | foreign-punctuation | powers |
expression | x ⟦^⟧ 2 | foreign-punctuation | powers |
expression | ⟦unsed⟧(a) | misspelt-word | `unused` | unused(a)
expression | EUR 5 ⟦per member⟧ | foreign-word | count of members |
clause | up to ⟦USD$5m⟧ each | foreign-amount | USD 5 million | up to USD 5 million each
clause | up to ⟦HK$5m⟧ each | foreign-amount | HKD 5 million | up to HKD 5 million each
clause | up to ⟦EUR 5,000,000.-⟧ each | foreign-amount | EUR 5_000_000 | up to EUR 5_000_000 each
clause | up to ⟦25 per centum⟧ of x each | foreign-number | 25% | up to 25% of x each
clause | ⟦up to an amount equal to⟧ x each | foreign-word | up to | up to x each
clause | paid by a from x⏎shared ⟦on a pro rata basis⟧ | foreign-word | to x | paid by a from x shared pro rata to x
clause | shared ⟦according to⟧ x | foreign-word | pro rata to | shared pro rata to x
clause | up to ⟦INR 5 lakh crore⟧ | foreign-amount | INR 5 trillion | up to INR 5 trillion
clause | up to x ⟦per default⟧ | foreign-word | for each default in turn |
clause | ⟦paid by members⟧ | foreign-word | paid by defaulters |
clause | up to x each in any 30 ⟦trading days⟧ | foreign-word | `holidays` |
clause | up to x each ⟦every⟧ 30 days | foreign-word | `during` |
clause | up to x each ⟦per year⟧ | foreign-word | `in any 12 months` |
clause | up to x each in any ⟦6 weeks⟧ | foreign-word | 42 days | up to x each in any 42 days
clause | up to x each in any ⟦2 years⟧ | foreign-word | 24 months | up to x each in any 24 months
clause | ⟦once in 30 days⟧ | foreign-word | `period` |
expression | x ⟦rounded up to the nearest⟧ EUR 5 | foreign-word | rounded up to | x rounded up to EUR 5
expression | ⟦round up (x + y) to⟧ EUR 5 | foreign-word | rounded up to | (x + y) rounded up to EUR 5
expression | ⟦round(x, EUR 5)⟧ | foreign-word | rounded to | (x) rounded to EUR 5
line | member ⟦529900HNOAA1KXQJUQ27⟧ x = EUR 9 | malformed-name | in quotes | member "529900HNOAA1KXQJUQ27" x = EUR 9
line | default of ⟦08756⟧ loss EUR 1 | malformed-name | in quotes | default of "08756" loss EUR 1
line | default of ⟦Smith-Jones⟧ loss EUR 1 | malformed-name | in quotes | default of "Smith-Jones" loss EUR 1
line | member ⟦A.B⟧ x = EUR 9 | malformed-name | in quotes | member "A.B" x = EUR 9
line | default of ⟦Smith & Co⟧ loss EUR 1 | malformed-name | in quotes | default of "Smith & Co" loss EUR 1
line | paid 2018-01-01 by ⟦08756⟧ under b EUR 1 | malformed-name | in quotes | paid 2018-01-01 by "08756" under b EUR 1
line | default of A loss EUR 5 ⟦in⟧ swaps | misplaced-part | before `loss` |
line | default of A ⟦and⟧ B loss EUR 5 | misplaced-part | for each of them |
line | paid 2018-01-01 by A⟦,⟧ B under c EUR 5 | misplaced-part | for each of them |
line | paid 2018-01-01 by A ⟦from⟧ c EUR 5 | foreign-word | under | paid 2018-01-01 by A under c EUR 5
line | ⟦defaulted A on 2018-01-01⟧ | foreign-word | defaulted 2018-01-01 A | defaulted 2018-01-01 A
value | x = ⟦AA⟧ | malformed-name | `"AA"` if it is a text |
value | x = ⟦A+⟧ | malformed-name | `"A+"` if it is a text |
line | withdraw ⟦08756⟧ after round 1 under b | malformed-name | in quotes | withdraw "08756" after round 1 under b
test | expect ⟦Smith-Jones⟧ pays EUR 1 | malformed-name | in quotes | expect "Smith-Jones" pays EUR 1
"""

FORMS = """
clause | in at most ⟦three⟧ rounds | foreign-number | `3` | in at most 3 rounds
clause | in at ⟦least⟧ 3 rounds | unexpected-text | `most` |
clause | ⟦once per⟧ cooling_off | foreign-word | once during | once during cooling_off
clause | for ⟦non default⟧ losses | foreign-word | non-default | for non-default losses
clause | for all ⟦loss⟧ | misspelt-word | losses | for all losses
clause | up to x each in any 30 days ⟦at each resizing⟧ | foreign-word | every | up to x each in any 30 days at every resizing
clause | up to x each ⟦in any calendar⟧ year | foreign-word | in the calendar | up to x each in the calendar year
clause | up to x each during ⟦the⟧ p | foreign-word | take it away | up to x each during p
clause | up to x ⟦during p each⟧ | misplaced-part | another order | up to x each during p
clause | up to x ⟦each during p in any 30 days⟧ | misplaced-part | not over two |
clause | paid by survivors from x ⟦in the other segments⟧ | foreign-word | other | paid by survivors from x in other segments
clause | up to x ⟦as at⟧ 2018-01-01 each | foreign-word | as of | up to x as of 2018-01-01 each
clause | up to x as of ⟦11.09.2018⟧ each | foreign-date | 2018-09-11 | up to x as of 2018-09-11 each
clause | up to x ⟦at the rate⟧ fix | foreign-word | `at` | up to x at fix
section | ⟦limt⟧ a as x each | misspelt-word | `limit` | limit a as x each
section | limit a ⟦x⟧ each | missing-word | `as` is missing | limit a as x each
section | limit a as x ⟦during⟧ p | unexpected-text | `each` |
section | ⟦limit⟧ as x each | missing-part | a name is missing |
section | ⟦perod⟧ p opens at a default lasts 5 days | misspelt-word | `period` | period p opens at a default lasts 5 days
section | period p ⟦opens on a default⟧ lasts 5 days | foreign-word | at a default | period p opens at a default lasts 5 days
section | period p opens at ⟦a payment of⟧ c lasts 5 days | foreign-word | under | period p opens at a payment under c lasts 5 days
section | period p opens at a default ⟦for⟧ 5 days | foreign-word | lasts | period p opens at a default lasts 5 days
section | period p opens at a default lasts ⟦five⟧ days | foreign-number | `5` | period p opens at a default lasts 5 days
section | period p opens at a ⟦default⟧ | unexpected-text | `lasts` |
section | period p opens at a ⟦loss⟧ lasts 5 days | unexpected-text | `default` or `payment` |
section | holidays ⟦25.12.2018⟧ | foreign-date | 2018-12-25 | holidays 2018-12-25
section | holidays 2018-12-25 ⟦2018⟧-12-26 | missing-word | `,` is missing | holidays 2018-12-25, 2018-12-26
section | currency EUR⟦,⟧ USD | foreign-word | also | currency EUR also USD
section | currency BTC ⟦8⟧ decimals | missing-word | `with` is missing | currency BTC with 8 decimals
section | waterfall ⟦for every default in turn⟧ | foreign-word | each | waterfall for each default in turn
field | x : ⟦USD⟧ | foreign-word | `money USD` | x : money USD
field | x : ⟦EUR/SEK⟧ | foreign-word | `EUR per SEK` if |
field | x : money ⟦by defaulter⟧ | foreign-word | per defaulter | x : money per defaulter
line | ⟦non default⟧ loss EUR 5 | foreign-word | non-default | non-default loss EUR 5
line | further loss ⟦AAS⟧ EUR 5 | missing-word | `of` is missing | further loss of AAS EUR 5
line | withdraw A ⟦after 1 round⟧ under c | foreign-word | after round 1 | withdraw A after round 1 under c
line | withdraw A ⟦from⟧ round 1 under c | unexpected-text | `after` |
line | notice by A ⟦on⟧ 2018-01-01 | foreign-word | dated | notice by A dated 2018-01-01
line | ⟦defaulted A 2018-01-01⟧ | foreign-word | defaulted 2018-01-01 A | defaulted 2018-01-01 A
line | period p ⟦from⟧ 2018-01-01 to 2018-02-01 | missing-word | `open` | period p open from 2018-01-01 to 2018-02-01
line | former ⟦A⟧ "x" | missing-word | `member` | former member A "x"
line | former member ⟦a⟧ | malformed-name | capital |
line | ⟦payments⟧ from "x.csv" | foreign-word | paid | paid from "x.csv"
line | member A ⟦from⟧ 2018-09-11 | foreign-word | since | member A since 2018-09-11
line | decide a: invoke ⟦EUR⟧ 5 | missing-word | `up to` | decide a: invoke up to EUR 5
line | decide a: invoke by "x" ⟦up⟧ to EUR 5 | misplaced-part | right behind `invoke` |
line | paid 2018-01-01 by A under b EUR 1 ⟦for⟧ Z | misplaced-part | before the amount |
value | x ⟦as at⟧ 2018-01-01 = EUR 1 | foreign-word | as of | x as of 2018-01-01 = EUR 1
value | x ⟦for⟧ AAS = EUR 1 | foreign-word | with | x with AAS = EUR 1
test | expect "x" ⟦fails⟧ | foreign-word | broken | expect "x" broken
test | expect uncovered EUR 1 ⟦for⟧ swaps | foreign-word | `in` | expect uncovered EUR 1 in swaps
expression | largest 2 of x over members ⟦per⟧ g | foreign-word | `by` | largest 2 of x over members by g
expression | largest ⟦two⟧ of x over members by g | foreign-number | `2` | largest 2 of x over members by g
expression | ⟦open p⟧ | missing-brackets | `open(p)` | open(p)
expression | a >= b ⟦>=⟧ c | chained-comparison | two comparisons | a >= b and b >= c
"""  # noqa: E501 - a row is one line


SAID = """
clause | up to ⟦whichever is less of⟧ x and y each | foreign-word | lower of | up to lower of x and y each
clause | up to ⟦the sum of x and y⟧ each | foreign-word | `x + y` | up to x + y each
clause | up to ⟦the product of x and 2⟧ each | foreign-word | `x * 2` | up to x * 2 each
clause | shared pro rata to ⟦the ratio of x to y + z⟧ | foreign-word | `x / (y + z)` | shared pro rata to x / (y + z)
clause | up to ⟦the excess of x over y⟧ each | foreign-word | `max` of that and zero |
clause | up to ⟦the difference between x and y⟧ each | foreign-word | `x - y` |
clause | up to ⟦the amount by which x exceeds y⟧ each | foreign-word | `x - y` |
clause | up to x ⟦net of⟧ y each | foreign-word | `-` | up to x - y each
clause | up to ⟦sum of x⟧ each | missing-part | over members |
clause | up to EUR 5 each⟦, subject to a maximum of⟧ EUR 10 in total | foreign-word | up to | up to EUR 5 each up to EUR 10 in total
clause | up to EUR 5 each ⟦subject to⟧ EUR 10 in total | foreign-word | up to | up to EUR 5 each up to EUR 10 in total
clause | up to EUR 5 each⟦,⟧ EUR 10 in total | foreign-word | up to | up to EUR 5 each up to EUR 10 in total
clause | up to EUR 5 each ⟦and⟧ EUR 10 in total | foreign-word | up to | up to EUR 5 each up to EUR 10 in total
clause | up to x each⟦, provided that⟧ y | foreign-word | `when` |
clause | up to x each ⟦unless⟧ y | foreign-word | `when not (…)` |
clause | up to x each ⟦only if⟧ y | foreign-word | `when` |
clause | up to x each ⟦in the cooling-off period⟧ | foreign-word | declare a `period` |
clause | up to x each ⟦only once in 30 days⟧ | foreign-word | `period` |
clause | up to x each ⟦per calendar year⟧ | foreign-word | in the calendar year |
clause | up to ⟦EUR 5 bio⟧ each | foreign-amount | EUR 5 trillion |
clause | up to x ⟦of each survivor⟧ | foreign-word | `each` | up to x each
clause | up to ⟦its⟧ x each | foreign-word | take it away | up to x each
clause | up to x ⟦on the day before the default⟧ each | foreign-word | declared - 1 business days |
clause | up to x ⟦immediately prior to the default⟧ each | foreign-word | declared - 1 days |
clause | up to ⟦ceil(x)⟧ each | foreign-word | x rounded up to EUR 1 |
clause | up to ⟦round x up to⟧ EUR 5 each | foreign-word | x rounded up to | up to x rounded up to EUR 5 each
clause | up to x ⟦rounded to the nearest thousand⟧ each | foreign-word | rounded to EUR 1_000 |
clause | up to ⟦sqrt⟧(x) each | foreign-word | `clamp` |
expression | x > y ⟦?⟧ x : y | foreign-punctuation | `if … then … else …` |
clause | shared ⟦by⟧ x | foreign-word | pro rata to | shared pro rata to x
clause | shared ⟦weighted by⟧ x | foreign-word | pro rata to | shared pro rata to x
clause | shared ⟦in the ratio of⟧ x | foreign-word | pro rata to | shared pro rata to x
clause | shared ⟦among the survivors⟧ pro rata to x | foreign-word | take it away | shared pro rata to x
clause | shared pro rata to x ⟦in rounds⟧ | foreign-word | in at most 3 rounds |
clause | shared pro rata to x ⟦until exhausted⟧ | foreign-word | passes to the others anyway |
line | ⟦A defaults with a loss of⟧ EUR 5 | foreign-word | default of A | default of A loss EUR 5
line | ⟦A defaulted loss⟧ EUR 5 | foreign-word | default of A | default of A loss EUR 5
line | ⟦A defaulted on 2018-01-01⟧ | foreign-word | defaulted 2018-01-01 A | defaulted 2018-01-01 A
line | ⟦loss of A⟧ EUR 5 | foreign-word | `further loss of A …` |
line | ⟦loss⟧ EUR 5 | foreign-word | `non-default loss …` |
line | default of A ⟦for⟧ EUR 5 | foreign-word | loss | default of A loss EUR 5
line | default of A⟦:⟧ EUR 5 | foreign-word | loss | default of A loss EUR 5
line | ⟦operational loss⟧ EUR 5 | foreign-word | non-default | non-default loss EUR 5
line | non-default loss EUR 5 ⟦caused by⟧ "fraud" | foreign-word | take it away | non-default loss EUR 5 "fraud"
line | ⟦additional loss of⟧ A EUR 5 | foreign-word | further loss of | further loss of A EUR 5
line | ⟦A withdraws⟧ after round 1 under c | foreign-word | withdraw A | withdraw A after round 1 under c
line | ⟦withdrawal of A⟧ after round 1 under c | foreign-word | withdraw A | withdraw A after round 1 under c
line | member B ⟦joined⟧ 2018-01-01 | foreign-word | since | member B since 2018-01-01
line | ⟦ex-member⟧ A | foreign-word | former member | former member A
line | ⟦cooling open⟧ from 2018-01-01 to 2018-02-01 | foreign-word | period | period cooling open from 2018-01-01 to 2018-02-01
line | given x = EUR 1 decide a ⟦=⟧ invoke | foreign-punctuation | `:` | given x = EUR 1 decide a : invoke
line | given a = EUR 5 ⟦as of 2018-01-01⟧ | misplaced-part | before `=` |
line | default of A loss EUR 5 ⟦on 2018-01-01⟧ | misplaced-part | `declared` |
line | paid 2018-01-01 by A ⟦EUR 5 under c⟧ | foreign-word | under c EUR 5 | paid 2018-01-01 by A under c EUR 5
line | paid 2018-01-01 by "a b" ⟦EUR 5 million under c in s for Z⟧ | foreign-word | under c in s for Z EUR 5 million | paid 2018-01-01 by "a b" under c in s for Z EUR 5 million
line | paid 2018-01-01 ⟦EUR 5 by A under c⟧ | foreign-word | by A under c EUR 5 | paid 2018-01-01 by A under c EUR 5
day | ⟦A defaults with a loss of⟧ EUR 5 | foreign-word | default of A | default of A loss EUR 5
day | ⟦A withdraws⟧ after round 1 under c | foreign-word | withdraw A | withdraw A after round 1 under c
day | paid in by A ⟦EUR 5 to x⟧ | foreign-word | to x EUR 5 | paid in by A to x EUR 5
day | paid in ⟦EUR 5 by A to x⟧ | foreign-word | by A to x EUR 5 | paid in by A to x EUR 5
day | paid out to A ⟦EUR 5 from x⟧ | foreign-word | from x EUR 5 | paid out to A from x EUR 5
day | paid out ⟦EUR 5 to A from x in s⟧ | foreign-word | to A from x in s EUR 5 | paid out to A from x in s EUR 5
day | recovered ⟦EUR 5 from A⟧ | foreign-word | from A EUR 5 | recovered from A EUR 5
day | recovered ⟦EUR 5 from the estate of A⟧ | foreign-word | from A EUR 5 | recovered from A EUR 5
day | recovered ⟦from the estate of A⟧ EUR 5 | foreign-word | from A | recovered from A EUR 5
day | ⟦A has left⟧ | foreign-word | departure of A | departure of A
clause | shared pro rata to x ⟦in⟧ 3 rounds | foreign-word | in at most | shared pro rata to x in at most 3 rounds
clause | shared ⟦sequentially⟧ | foreign-word | in order of |
clause | shared ⟦by rank⟧ | foreign-word | `pro rata to rank` |
clause | shared ⟦pari passu with⟧ a | foreign-word | `together` |
clause | shared equally ⟦severally and not jointly⟧ | foreign-word | `without reallocation` |
clause | shared equally ⟦on a joint and several basis⟧ | foreign-word | passes to the others |
clause | up to ⟦one and a half times⟧ x each | foreign-number | `1.5 * …` | up to 1.5 * x each
clause | up to ⟦two hundred and seventy-five per cent of⟧ x each | foreign-number | `275% of …` | up to 275% of x each
clause | up to ⟦one tenth⟧ x each | foreign-number | `10% of …` | up to 10% of x each
clause | up to ⟦200 percent⟧ x each | foreign-number | 200% of | up to 200% of x each
clause | up to ⟦five million euros⟧ each | foreign-amount | EUR 5 million | up to EUR 5 million each
clause | up to EUR ⟦twenty-five⟧ million each | foreign-number | `25` | up to EUR 25 million each
clause | up to x ⟦with a minimum of⟧ y each | foreign-word | higher of |
clause | up to x⟦, but not less than⟧ y each | foreign-word | higher of |
clause | up to x each⏎when y ⟦at least⟧ EUR 5 | foreign-word | `>=` | up to x each when y >= EUR 5
clause | up to (if y ⟦not less than⟧ EUR 5 then x else z) each | foreign-word | `>=` | up to (if y >= EUR 5 then x else z) each
clause | up to x each ⟦with a cap of⟧ y in total | foreign-word | up to | up to x each up to y in total
clause | up to x ⟦if⟧ y each | foreign-word | `if … then … else …` |
clause | up to ⟦the full amount of⟧ x each | foreign-word | take it away | up to x each
clause | up to ⟦all of⟧ x each | foreign-word | take them away | up to x each
clause | up to x ⟦per Event of Default⟧ | foreign-word | for each default in turn |
clause | up to x each ⟦in the last⟧ 30 days | foreign-word | in any | up to x each in any 30 days
clause | up to x each ⟦within a period of⟧ 30 days | foreign-word | `period` |
clause | up to x each ⟦once per year⟧ | foreign-word | `period` |
clause | up to x each in any 30 ⟦consecutive days⟧ | foreign-word | `days` | up to x each in any 30 days
clause | up to x each ⟦in two rounds⟧ | foreign-word | in at most 2 rounds | up to x each in at most 2 rounds
clause | up to x ⟦rounded off to⟧ EUR 5 each | foreign-word | rounded to | up to x rounded to EUR 5 each
clause | up to x ⟦rounded to the nearest whole⟧ EUR 5 each | foreign-word | rounded to | up to x rounded to EUR 5 each
clause | ⟦paid by members other than the defaulter⟧ | foreign-word | survivors | paid by survivors
clause | ⟦paid by members in default⟧ | foreign-word | defaulters | paid by defaulters
clause | ⟦paid by the other members⟧ | foreign-word | paid by survivors |
clause | ⟦for losses excluding⟧ swaps | foreign-word | outside | for losses outside swaps
clause | ⟦for any losses⟧ | foreign-word | for all losses | for all losses
clause | when x ⟦is not below⟧ EUR 5 | foreign-word | `>=` | when x >= EUR 5
clause | when x ⟦isn't more than⟧ EUR 5 | foreign-word | `<=` | when x <= EUR 5
clause | when x ⟦is not at least⟧ EUR 5 | foreign-word | `<` | when x < EUR 5
clause | when x ⟦is not⟧ EUR 5 | foreign-word | `!=` | when x != EUR 5
line | decide a: ⟦not invoked⟧ | foreign-word | decline | decide a: decline
line | decide a: ⟦withheld⟧ | foreign-word | decline | decide a: decline
line | ⟦resignation of A⟧ dated 2018-01-01 | foreign-word | notice by A | notice by A dated 2018-01-01
line | period p ⟦opened⟧ 2018-01-01 to 2018-02-01 | foreign-word | open from | period p open from 2018-01-01 to 2018-02-01
value | ⟦x.swaps⟧ = EUR 1 | foreign-word | `x in swaps` | x in swaps = EUR 1
value | ⟦x.AAS⟧ = EUR 1 | foreign-word | `x with AAS` | x with AAS = EUR 1
value | ⟦x@2018-01-01⟧ = EUR 1 | foreign-word | `x as of 2018-01-01` | x as of 2018-01-01 = EUR 1
line | given x = ⟦EUR 0.0973 per SEK⟧ | foreign-number | plain number |
line | given x = ⟦n/a⟧ | unexpected-text | `if missing …` |
"""  # noqa: E501 - a row is one line


RULES = """
clause | up to ⟦three (3)⟧ * x each | foreign-number | `3` | up to 3 * x each
clause | up to ⟦two hundred per cent (200%)⟧ of x each | foreign-number | `200%` | up to 200% of x each
clause | up to ⟦200% (three hundred per cent)⟧ of x each | foreign-number | `200%` |
clause | up to ⟦EUR 5 million (five million euros)⟧ each | foreign-amount | `EUR 5 million` | up to EUR 5 million each
clause | up to x each in any ⟦thirty (30)⟧ days | foreign-number | `30` | up to x each in any 30 days
clause | up to ⟦1/3rd of ⟧x each | foreign-number | `1 / 3 *` | up to 1 / 3 * x each
clause | up to ⟦33 1/3% of ⟧x each | foreign-number | `1 / 3 *` | up to 1 / 3 * x each
clause | up to ⟦5 per mille⟧ of x each | foreign-number | `%` | up to 0.5% of x each
clause | up to ⟦x increased by 10%⟧ each | foreign-number | `110% of x` | up to 110% of x each
clause | up to ⟦10% more than x⟧ each | foreign-number | `110% of x` | up to 110% of x each
clause | up to ⟦2⟧(x) each | foreign-number | `2 *` | up to 2 * (x) each
clause | up to x⟦ x⟧ 2 each | foreign-number | `*` | up to x * 2 each
clause | up to ⟦the sum of x, y and z⟧ each | foreign-word | `x + y + z` | up to x + y + z each
clause | up to ⟦the average of x and y⟧ each | foreign-word | `(x + y) / 2` | up to (x + y) / 2 each
clause | up to ⟦the excess, if any, of x over y⟧ each | foreign-word | `max(x - y, EUR 0)` | up to max(x - y, EUR 0) each
clause | up to ⟦x or, if higher, y⟧ each | foreign-word | `higher of x and y` | up to higher of x and y each
clause | up to ⟦the greater of⟧ x and y, plus z each | foreign-word | `(higher of x and y) +` | up to (higher of x and y) + z each
clause | ⟦limited to a maximum of⟧ EUR 5_000 each | foreign-word | `up to` | up to EUR 5_000 each
clause | ⟦up to no more than⟧ x each | foreign-word | `up to` | up to x each
clause | up to x⟦, but in no event more than⟧ y each | foreign-word | `up to` | up to x up to y each
clause | ⟦up to but not including⟧ x each | foreign-word | `up to` | up to x each
clause | up to x ⟦in excess of⟧ y each | foreign-word | `-` | up to x - y each
expression | x ⟦in excess of⟧ y | foreign-word | `-` |
clause | up to x ⟦each, net of y⟧ | foreign-word | `- y each` | up to x - y each
clause | up to x ⟦each plus y⟧ | foreign-word | `+ y each` | up to x + y each
clause | up to x ⟦each, but not less than EUR 5⟧ | foreign-word | `higher of X and Y each` |
clause | up to x ⟦gross of y⟧ each | foreign-word | `x - y` | up to x each
clause | up to x ⟦per affiliate group⟧ | foreign-word | members together |
clause | up to x ⟦each in aggregate⟧ | foreign-word | `each` |
clause | ⟦without limit⟧ | foreign-word | `up to` |
clause | up to x each ⟦in any calendar quarter⟧ | foreign-word | `in the calendar year` | up to x each in any 3 months
clause | up to x each ⟦p.a.⟧ | foreign-word | `in the calendar year` |
clause | up to ⟦its pro rata share⟧ each | foreign-word | `shared pro rata to …` |
clause | up to ⟦the Clearing Member's⟧ x each | foreign-word | does not stand here | up to x each
clause | up to x ⟦for each Clearing Member⟧ | foreign-word | `each` | up to x each
clause | up to x each in any 30 ⟦Business Days⟧ | foreign-word | `business days` | up to x each in any 30 business days
clause | up to x each ⟦notwithstanding the foregoing⟧ | foreign-word | says nothing that is computed | up to x each
clause | up to ⟦Default Fund Contribution⟧ each | malformed-name | `default_fund_contribution` | up to default_fund_contribution each
clause | paid by ⟦Non-Defaulting Clearing Members⟧ | foreign-word | `survivors` | paid by survivors
clause | paid by survivors ⟦excluding members with⟧ y | foreign-word | `where not` | paid by survivors where not y
clause | paid by survivors ⟦other than those where⟧ y | foreign-word | `where not` | paid by survivors where not y
clause | ⟦paid by active survivors⟧ | foreign-word | `paid by survivors where active` | paid by survivors where active
clause | paid by ⟦affiliates of the defaulter⟧ | foreign-word | `where parent != "…"` |
clause | paid by survivors ⟦and⟧ ccp | foreign-word | `together` |
clause | paid by ccp from x ⟦and⟧ y | foreign-word | `together` |
clause | paid by ccp ⟦from 25% of x⟧ | foreign-word | `from x up to 25% of x` | paid by ccp from x up to 25% of x
clause | paid by ⟦LCH⟧ | malformed-name | `ccp` |
clause | ⟦is paid by⟧ ccp | foreign-word | `paid by` | paid by ccp
clause | ⟦paid firstly by⟧ ccp | foreign-word | `paid by` | paid by ccp
clause | paid by survivors where ⟦y in ("A", "B")⟧ | foreign-word | `(y = "A" or y = "B")` | paid by survivors where (y = "A" or y = "B")
clause | paid by survivors where ⟦y is not one of a, b⟧ | foreign-word | `(y != a and y != b)` | paid by survivors where (y != a and y != b)
clause | paid by survivors where ⟦y between EUR 1 and EUR 5⟧ | foreign-word | `y >= EUR 1 and y <= EUR 5` | paid by survivors where y >= EUR 1 and y <= EUR 5
clause | ⟦shared pro rata to the aggregate y⟧ | foreign-word | `shared pro rata to y` | shared pro rata to y
clause | shared ⟦on a pro rata basis according to⟧ x | foreign-word | `pro rata to` | shared pro rata to x
clause | shared ⟦in the proportion that x bears to y⟧ | foreign-word | `pro rata to x` | shared pro rata to x
clause | ⟦split among the survivors⟧ pro rata to x | foreign-word | `shared` | shared pro rata to x
clause | ⟦in equal shares⟧ | foreign-word | `shared equally` | shared equally
clause | in order of x⟦⟧ | missing-part | `, lowest first` |
clause | ⟦in reverse order of x⟧ | foreign-word | `in order of x, highest first` |
clause | in order of x ⟦from lowest to highest⟧ | foreign-word | `, lowest first` | in order of x, lowest first
clause | ⟦lowest x first⟧ | foreign-word | `in order of x, lowest first` | in order of x, lowest first
clause | ⟦following exhaustion of b⟧ | foreign-word | `when unused(b) = EUR 0` | when unused(b) = EUR 0
clause | ⟦when b is exhausted⟧ | foreign-word | `when unused(b) = EUR 0` | when unused(b) = EUR 0
clause | ⟦when b has been used up⟧ | foreign-word | `when unused(b) = EUR 0` | when unused(b) = EUR 0
clause | ⟦only when⟧ y | foreign-word | `when` | when y
clause | ⟦subject to Rule 8.4⟧ | foreign-word | `cite "…"` |
clause | ⟦subject to the approval of the Board⟧ | foreign-word | `at the discretion of "Board"` | at the discretion of "Board"
clause | ⟦at the Exchange's sole discretion⟧ | foreign-word | `at the discretion of "Exchange"` | at the discretion of "Exchange"
clause | ⟦at the option of the Board⟧ | foreign-word | `at the discretion of "Board"` | at the discretion of "Board"
clause | ⟦in its sole discretion⟧ | foreign-word | `at the discretion of "…"` |
clause | ⟦no more than once⟧ during p | foreign-word | `once` | once during p
clause | ⟦twice during p⟧ | foreign-word | `once during p` |
clause | ⟦in three (3) rounds⟧ | foreign-word | `in at most 3 rounds` | in at most 3 rounds
clause | ⟦for non-default losses only⟧ | foreign-word | `for non-default losses` | for non-default losses
clause | ⟦for custody losses⟧ | foreign-word | `for non-default losses` | for non-default losses
clause | ⟦from⟧ 2018-01-01 | foreign-word | in force from | in force from 2018-01-01
clause | ⟦until⟧ 2018-01-01 | foreign-word | from which day on |
clause | up to x each in any ⟦twelve-month period⟧ | foreign-number | `12 months` | up to x each in any 12 months
clause | up to x each in any ⟦90 day window⟧ | foreign-word | `90 days` | up to x each in any 90 days
clause | ⟦up to an aggregate of EUR 5⟧ | foreign-word | in total | up to EUR 5 in total
clause | ⟦borne⟧ pro rata to x | foreign-word | shared | shared pro rata to x
clause | ⟦subject to b being exhausted⟧ | foreign-word | `when unused(b) = EUR 0` | when unused(b) = EUR 0
clause | ⟦for both default and non-default losses⟧ | foreign-word | for all losses | for all losses
clause | ⟦in an amount not exceeding⟧ x each | foreign-word | up to | up to x each
clause | up to ⟦EUR 25,000,000.–⟧ each | foreign-amount | EUR 25_000_000 | up to EUR 25_000_000 each
clause | ⟦in force until⟧ 2019-01-01 | foreign-word | `in force from 2000-01-01 to 2018-12-31` |
clause | ⟦from⟧ 2018-01-01 to 2019-01-01 | foreign-word | `in force from` | in force from 2018-01-01 to 2019-01-01
clause | when ⟦y is not open⟧ | foreign-word | `(not open(y))` | when (not open(y))
expression | ⟦the remainder thereof⟧ | foreign-word | `remaining` | remaining
expression | ⟦if(a, b, c)⟧ | foreign-word | `(if a then b else c)` | (if a then b else c)
expression | ⟦a if b, otherwise c⟧ | foreign-word | `if b then a else c` | if b then a else c
expression | ⟦maximum⟧(a, b) | foreign-word | `max` | max(a, b)
expression | x ⟦is positive⟧ | foreign-word | `> EUR 0` |
expression | ⟦sum(x)⟧ | missing-part | `sum of x over survivors` |
expression | ⟦median of x⟧ over members | foreign-word | `sum` |
expression | EUR 5 ⟦rounded to two decimal places⟧ | foreign-word | `rounded to EUR 0.01` | EUR 5 rounded to EUR 0.01
expression | x ⟦as of the date of default⟧ | foreign-word | `as of declared` | x as of declared
section | period p ⟦begins⟧ at a default lasts 5 days | foreign-word | `opens` | period p opens at a default lasts 5 days
section | period p opens at a default ⟦lasts for⟧ 5 days | foreign-word | `lasts` | period p opens at a default lasts 5 days
section | period p opens at a default lasts 5 days extended ⟦by any subsequent default⟧ | foreign-word | `by each further default` | period p opens at a default lasts 5 days extended by each further default
section | ⟦limit a as not more than⟧ x each | foreign-word | `limit a as` | limit a as x each
section | limit a ⟦of⟧ x each | foreign-word | `as` | limit a as x each
section | given p ⟦= EUR 5 million⟧ | foreign-word | `: money if missing EUR 5 million` | given p : money if missing EUR 5 million
section | given p ⟦: EUR 5 million⟧ | foreign-word | `: money if missing EUR 5 million` | given p : money if missing EUR 5 million
section | given p : money ⟦or missing⟧ | foreign-word | `if missing EUR 0` |
section | given p : ⟦yes or no⟧ | foreign-word | `yes/no` | given p : yes/no
section | segments a⟦ and⟧ b | foreign-word | `,` | segments a, b
field | x : ⟦one of "AAA", "AA"⟧ | foreign-word | `one of aaa, aa` | x : text
step | ⟦gains haircut⟧ a paid by ccp | foreign-word | `haircut` | haircut a paid by ccp
step | ⟦(a)⟧ tranche a paid by ccp | foreign-word | does not stand here | tranche a paid by ccp
step | tranche a ⟦is paid by⟧ ccp | foreign-word | `paid by` | tranche a paid by ccp
step | tranche a paid by ccp ⟦(Rule 5)⟧ | foreign-word | `cite "Rule 5"` | tranche a paid by ccp cite "Rule 5"
step | together ⟦pari passu⟧ tranche a paid by ccp end | foreign-word | `together` | together tranche a paid by ccp end
step | together ⟦75:25⟧ tranche a paid by ccp end | foreign-word | `in ratio 75 : 25` | together in ratio 75 : 25 tranche a paid by ccp end
line | ⟦A defaults, loss⟧ EUR 5 | foreign-word | `default of A loss` | default of A loss EUR 5
line | ⟦fraud loss⟧ EUR 5 | foreign-word | `non-default loss` | non-default loss EUR 5
line | ⟦member C left 2018-01-01⟧ | foreign-word | `former member` |
line | member C x ⟦"y"⟧ | missing-word | `=` | member C x = "y"
line | given x = ⟦(EUR 5)⟧ | foreign-amount | `-EUR 5` |
line | given x = ⟦EUR 5-⟧ | foreign-amount | `-EUR 5` | given x = -EUR 5
line | given x = ⟦1.1 USD per EUR⟧ | foreign-number | `per` |
line | given x = 50% ⟦of⟧ EUR 5 | unexpected-text | values, not formulas |
line | declared ⟦13.4.24⟧ | foreign-date | `2018-09-11` |
line | declared ⟦2018-01-01T17:00:00Z⟧ | foreign-date | `2018-01-01` | declared 2018-01-01
line | ⟦paid EUR 5 by A under c on 2018-01-01⟧ | foreign-word | `paid 2018-01-01 by A under c EUR 5` | paid 2018-01-01 by A under c EUR 5
line | ⟦A paid EUR 5 under c on 2018-01-01⟧ | foreign-word | `paid 2018-01-01 by A under c EUR 5` | paid 2018-01-01 by A under c EUR 5
line | decide a: ⟦up to⟧ EUR 5 | foreign-word | `invoke up to` | decide a: invoke up to EUR 5
line | ⟦decide not to invoke a⟧ | foreign-word | `decide a: decline` | decide a: decline
line | ⟦A gives notice on⟧ 2018-01-01 | foreign-word | `notice by A dated` | notice by A dated 2018-01-01
day | ⟦A paid EUR 5 into x⟧ | foreign-word | `paid in by A to x EUR 5` | paid in by A to x EUR 5
day | ⟦returned to⟧ A from x EUR 5 | foreign-word | `paid out to` | paid out to A from x EUR 5
day | ⟦topped up by⟧ A to x EUR 5 | foreign-word | `paid in by` | paid in by A to x EUR 5
day | ⟦recovery of EUR 5 from A⟧ | foreign-word | `recovered from A EUR 5` | recovered from A EUR 5
day | ⟦x of A =⟧ EUR 5 | foreign-word | `member A x =` | member A x = EUR 5
day | ⟦exit of A⟧ | foreign-word | `departure of A` | departure of A
"""  # noqa: E501 - a row is one line


def rows(*tables: str) -> list[tuple[str, ...]]:
    """The rows of such tables: frame, text with its marked place, code, what is said, and what it is mended to."""
    lines = (line.replace("⏎", "\n") for table in tables for line in table.strip().splitlines())
    return [tuple(part.strip() for part in re.split(r"(?<!\|) \|(?!\|)", f"{line} ")) for line in lines]


ROWS = rows(AMOUNTS, NUMBERS, DATES, PHRASES, WORDS, NAMES, MARKS, PARTS, SPOKEN, FORMS, SAID, RULES)


def read(text: str, frame: str) -> list[Diagnostic]:
    source = SourceText.from_text(text, "t")
    try:
        reader = parse_event if frame in {"event", "line", "value"} else parse_rulebook
        (parse_history if frame == "day" else reader)(source)
    except ReadError as error:
        return list(error.diagnostics)
    return []


def told_and_mended(row):
    """A slip is told at its place, and its fix mends it; one that has several readings, or none, has no single fix."""
    frame, marked, code, phrase, fixed = row
    head, tail = FRAMES[frame].split("{}")
    start, end = len(head) + marked.index("⟦"), len(head) + marked.index("⟧") - 1
    text = head + re.sub("[⟦⟧]", "", marked) + tail
    found = read(text, frame)
    assert [d.code for d in found] == [code], [(d.code, d.message) for d in found]
    (only,) = found
    assert only.place.span == (start, end), only.place.source.slice(only.place.span)
    assert phrase in " ".join((only.message, *only.helps)), (only.message, only.helps)
    well_fixed(only)
    if not fixed:
        assert all(fix.certainty is Certainty.GUESS for fix in only.fixes)
        assert all(read(applied(text, [fix]), frame) == [] for fix in only.fixes)
    else:
        (fix,) = only.fixes
        mended = text[: fix.place.span.start] + fix.replacement + text[fix.place.span.end :]
        assert mended.split() == (head + fixed + tail).split()
        assert read(mended, frame) == []


test_a_slip_is_told_and_its_fix_mends_it = every(ROWS, lambda row: row[1], parts=10)(told_and_mended)


ADVICE = """
clause | up to 25‰ of x each | sure: up to 2.5% of x each
value | x = 25‰ | sure: x = 2.5%
expression | √(x) |
expression | ∆ x |
expression | x + $y | guess: x + y
expression | 2y | guess: 2 * y
expression | 3/4y | guess: 3/4 * y | guess: 3/(4 * y)
expression | 3x-x | guess: 3 * x-x
expression | ½x | guess: 0.5 * x
expression | ½ x | guess: 0.5 * x
expression | y / ½x |
expression | ½ of x | guess: 0.5 * x
expression | 1½ * x | sure: 1.5 * x
clause | up to 2½% of x each | sure: up to 2.5% of x each
clause | up to EUR 1½ million each | sure: up to EUR 1.5 million each
expression | Δx |
expression | βx + 1 |
expression | цx |
clause | at the discretion of the board up to x | guess: at the discretion of "the board" up to x
clause | at the discretion of Board | sure: at the discretion of "Board"
expression | round(y, 2) | guess: y rounded to 0.01
expression | roundup(y, 1) | guess: y rounded up to 0.1
expression | roundup(y, -3) | guess: y rounded up to 1000
expression | round(y, 0) | guess: y rounded to 1
expression | floor(y + 1, 2) | guess: (y + 1) rounded down to 0.01
expression | round(y) | guess: y rounded to EUR 1
expression | y + y) * 2 | guess: y + y * 2
expression | (y + y * 2 | guess: (y + y * 2)
clause | up to x // 2 | guess: up to x / 2 | guess: up to x # 2
clause | up to x // as agreed | guess: up to x # as agreed
clause | up to x /* as agreed */ | sure: up to x # as agreed
clause | up to EUR 2.5.000 |
clause | up to EUR 1.5.0 each |
clause | up to EUR 7,000,000 each | sure: up to EUR 7_000_000 each
clause | up to EUR 7m each | guess: up to EUR 7 million each
clause | up to EUR 7mn each | sure: up to EUR 7 million each
expression | $5 + x | guess: USD 5 + x
expression | ¥5 + x | guess: JPY 5 + x
expression | €5 + x | sure: EUR 5 + x
expression | Rs. 5 + x |
expression | d < 13.2.18 |
expression | y % 5 |
expression | x = = x |
expression | y.5 |
expression | d + 3 m | guess: d + EUR 3 million
expression | a == b | sure: a = b
expression | a => b | guess: a >= b
expression | a ≥ b | sure: a >= b
clause | up to 25% x each | sure: up to 25% of x each
clause | paid by non-defaulting members | sure: paid by survivors
clause | max x each | guess: up to x each
clause | upto x each | sure: up to x each
clause | payable to ccp |
clause | shared by x | guess: shared pro rata to x
line | given x : 5 | sure: given x = 5
line | declared 13/4/2018 | sure: declared 2018-04-13
step | Tranche a paid by ccp | sure: tranche a paid by ccp
step | trnache a paid by ccp | guess: tranche a paid by ccp
clause | up to two hundred per cent (200%) of x each | guess: up to 200% of x each
clause | up to two hundred per cent (300%) of x | guess: up to 300% of x | guess: up to 200% of x
clause | up to x above y each | guess: up to x - y each
expression | x is y | guess: x = y
expression | x is "y" | sure: x = "y"
expression | x is yes | sure: x = yes
clause | when b is exhausted | guess: when unused(b) = EUR 0
clause | subject to Rule 8.4 | guess:
step | tranche a b paid by ccp | guess: tranche a_b paid by ccp
step | tranche a pays ccp from x |
line | member C left 2018-01-01 |
line | member C x "y" | guess: member C x = "y"
clause | paid by LCH | guess: paid by ccp | guess: paid by lch
line | member such B | guess: member "such B"
clause | up to 275% no each | guess: up to 275% of no each
clause | up to 275% x each | sure: up to 275% of x each
line | given x = EUR 200 200 | guess: given x = EUR 200_200 | guess: given x = EUR 200
expression | 110% 110% of x | guess: 110% of 110% of x
line | default of any A loss EUR 5 | guess: default of A loss EUR 5
"""


@pytest.mark.parametrize("row", ADVICE.strip().splitlines())
def test_only_what_reads_the_same_is_sure(row):
    frame, written, *expected = (part.strip() for part in re.split(r"\|(?!\|)", row))
    head, tail = FRAMES[frame].split("{}")
    text = head + written + tail
    fixes = [fix for found in read(text, frame) for fix in found.fixes]
    ends = len(head), len(tail)
    said = [f"{fix.certainty.value}: {applied(text, [fix])[ends[0] :][: -ends[1] or None]}" for fix in fixes]
    assert [" ".join(each.split()) for each in said] == list(filter(None, expected))


@pytest.mark.slow  # a slip that is read as a name is among the quick ones
def test_many_phrases_that_are_read_as_names_cost_no_more_than_a_few():
    text = RULEBOOK + "".join(f"define d{number} as greater of x and y\n" for number in range(1000))
    assert len(read(text, "section")) == 20


OPPOSITES = """
clause|when x > EUR 5 xor y > EUR 5
clause|when x nor y
section|limit a as no more than x each
clause|shared unequally
clause|shared sequentially
clause|paid by non-survivors
clause|paid by unsurvivors
line|unpaid 2018-01-01 by A under b EUR 1
line|repaid 2018-01-01 by A under b EUR 1
line|prepaid 2018-01-01 by A under b EUR 1
line|decide a: uninvoke
line|decide a: not_invoke
test|expect "x" unbroken
test|expect outcome noncovered
"""


@pytest.mark.parametrize("row", OPPOSITES.strip().splitlines())
def test_a_word_is_never_led_to_its_opposite(row):
    frame, written = row.split("|")
    head, tail = FRAMES[frame].split("{}")
    own = {"or", ">", "equally", "survivors", "paid", "invoke", "broken", "covered"}
    for found in read(head + written + tail, frame):
        assert not own & {fix.replacement for fix in found.fixes}, found
        assert not any(f"did you mean `{word}`" in advice for advice in found.helps for word in own), found


def test_with_is_where_if_what_follows_compares():
    head, tail = FRAMES["clause"].split("{}")
    found = read(f"{head}paid by survivors with x above 2{tail}", "clause")
    assert [fix.replacement for each in found for fix in each.fixes] == ["where", ">"]


@pytest.mark.parametrize(
    "line", ["former member A since 2018-01-01", "member A since January 2018", "member A until x"]
)
def test_a_day_is_neither_a_title_nor_a_value(line):
    head, tail = FRAMES["line"].split("{}")
    assert [fix.replacement for found in read(f"{head}{line}{tail}", "line") for fix in found.fixes] == []


def test_a_date_is_no_part_of_an_id():
    head, tail = FRAMES["line"].split("{}")
    (found,) = read(f"{head}notice by A 2018-01-01{tail}", "line")
    assert found.code == "missing-word"
    assert "`dated`" in found.helps[0]


MISSPELT = """
clause|up to x each durng p
clause|up to x each in the calender year
clause|up to x each in any 5 busines days
clause|up to x each in any 5 buisness days
clause|up to x each in any 5 monts
clause|up to x roundd up to EUR 5
clause|up to x rounded upp to EUR 5
clause|in at most 3 ronds
clause|onse during p
clause|once durin p
clause|for non-defalt losses
clause|for al losses
clause|up to x as off 2018-01-01 each
section|period p opns at a default lasts 5 days
section|period p opens at a defalt lasts 5 days
section|period p opens at a paymnt under c lasts 5 days
section|period p opens at exhuastion of c lasts 5 days
section|period p opens at a default lsts 5 days
section|period p opens at a default lasts 5 days extnded by each further default
section|period p opens at a default lasts 5 days extended by each furhter default
section|currency EUR alos USD
section|currency BTC wiht 8 decimals
section|waterfall for each default in trun
section|holydays 2018-12-25
line|furthr loss of A EUR 5
line|non-defualt loss EUR 5
line|notise by A dated 2018-01-01
line|notice by A datd 2018-01-01
line|withdrw A after round 1 under c
line|withdraw A aftr round 1 under c
line|defalted 2018-01-01 A
line|period p opn from 2018-01-01 to 2018-01-02
line|formr member A
line|givns from "x"
line|defalts from "x"
line|member A sinse 2018-01-01
value|x wth A = 1
test|expect "x" hols
test|expect "x" brokn
expression|opne(p)
expression|strat(p)
"""


@pytest.mark.parametrize("row", MISSPELT.strip().splitlines())
def test_a_misspelt_word_of_a_phrase_is_mended(row):
    frame, written = row.split("|")
    head, tail = FRAMES[frame].split("{}")
    text = head + written + tail
    (found,) = read(text, frame)
    (fix,) = found.fixes
    assert found.code == "misspelt-word"
    assert read(text[: fix.place.span.start] + fix.replacement + text[fix.place.span.end :], frame) == []


def test_what_is_no_unit_stands_in_no_advice():
    """Of a comma before `rounded`: how it is rounded is told only where the language has that."""
    comma, decimals = read(FRAMES["clause"].replace("{}", "up to x, rounded to 2 decimals"), "clause")
    assert comma.helps == ("leave out the comma: write `x rounded …`",)
    assert decimals.code == "foreign-word"


def test_a_sum_of_sums_is_not_taken_for_one_over_members():
    """`(x + sum of y) over members` would add something else up than `x + (sum of y over members)`."""
    for what in ("sum of x + sum of y over members", "sum of x + largest of y over members"):
        found = read(FRAMES["expression"].replace("{}", what), "expression")
        assert [one.fixes for one in found] == [()]
        assert "takes a product" not in found[0].message


def _patterns() -> dict[str, "re.Pattern[str]"]:
    """What recognises slips, by module and name."""
    names = [f"{recovery.__name__}.{module.name}" for module in pkgutil.iter_modules(recovery.__path__)]
    found = {
        f"{name}.{word}": value
        for name in names
        for word, value in vars(importlib.import_module(name)).items()
        if isinstance(value, re.Pattern)
    }
    wordings = {f"wording {place}": each.pattern for place, each in enumerate(combinations._WORDINGS)}
    return {**found, **wordings}


PATTERNS = _patterns()
OPENINGS = "up to x|as x|the sum of|the excess of x|lower of x"
FOLLOWING = "if y|else|of|over|and|or|,|rounded"


@every([*PATTERNS], str)
def test_many_blanks_cost_little(name):
    """Blanks may be part of a value or stand between values: a pattern that tries all ways takes seconds."""
    begun = time.process_time()
    for one, other in itertools.product(OPENINGS.split("|"), FOLLOWING.split("|")):
        line = f"{one}{' ' * NEAR}{other}{' ' * NEAR}"
        list(PATTERNS[name].finditer(line))
    assert time.process_time() - begun < 2
