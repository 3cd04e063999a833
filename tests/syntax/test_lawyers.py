"""How rulebooks say it: what is told, and that no advice leads to another rule or to another error."""

import re

import pytest

from rulelang.syntax.recovery import names
from rulelang.syntax.recovery.automaton import spellings
from rulelang.syntax.words import RESERVED
from tests.every import every
from tests.fixing import applied
from tests.syntax.test_slips import FRAMES, RULEBOOK, read, rows, told_and_mended

LAWYERS = """
clause | ⟦when all previous steps are exhausted⟧ | foreign-word | leave it out |
clause | ⟦to the extent that pool is insufficient⟧ | foreign-word | leave it out |
clause | ⟦if and to the extent necessary⟧ | foreign-word | leave it out |
expression | ⟦the sum of (i) 25% of x and (ii) EUR 5⟧ | foreign-word | `25% of x + EUR 5` | 25% of x + EUR 5
expression | ⟦the excess of (a) x over (b) y⟧ | foreign-word | `x - y` | x - y
recoveries | repay a ⟦and finally⟧ b rest to ccp | foreign-word | `then repay` | repay a then repay b rest to ccp
recoveries | repay a then repay b ⟦rest is retained by⟧ ccp | foreign-word | `rest to` | repay a then repay b rest to ccp
recoveries | repay a⟦, then⟧ b rest to ccp | foreign-word | `then repay` | repay a then repay b rest to ccp
recoveries | repay a ⟦then⟧ b rest to ccp | foreign-word | `then repay` | repay a then repay b rest to ccp
recoveries | repay a ⟦first⟧ rest to ccp | foreign-word | steps are repaid in the | repay a rest to ccp
recoveries | ⟦first repay⟧ a rest to ccp | foreign-word | `repay` | repay a rest to ccp
recoveries | repay a ⟦pro rata with⟧ b rest to ccp | foreign-word | `,` | repay a , b rest to ccp
recoveries | repay a, b ⟦pro rata⟧ rest to ccp | foreign-word | who paid is repaid in | repay a, b rest to ccp
recoveries | repay ⟦in reverse order⟧ rest to ccp | foreign-word | name the steps, those to |
recoveries | repay ⟦survivors⟧ rest to ccp | foreign-word | name the steps, those to |
recoveries | repay a ⟦remainder to⟧ ccp | foreign-word | `rest to` | repay a rest to ccp
recoveries | repay a⏎    ⟦any surplus to⟧ ccp | foreign-word | `rest to` | repay a rest to ccp
recoveries | repay a then repay ⟦b⟧ | missing-part | `rest to defaulters` |
replenish | to x each within 5 days ⟦of demand⟧ | foreign-word | the days are counted from | to x each within 5 days
replenish | to x each within 5 business days ⟦after the default⟧ | foreign-word | the days are counted from | to x each within 5 business days
replenish | to x each ⟦by the next business day⟧ | foreign-word | `within 1 business day` | to x each within 1 business day
replenish | to x each ⟦no later than⟧ 5 days | foreign-word | `within` | to x each within 5 days
replenish | to x each ⟦immediately⟧ | foreign-word | `within 1 day` |
replenish | to x each ⟦within 24 hours⟧ | foreign-word | `within 1 day` |
replenish | ⟦in full⟧ within 5 days | foreign-word | say what the pot is |
replenish | ⟦up to⟧ x each within 5 days | foreign-word | `to` | to x each within 5 days
replenish | to x ⟦in total⟧ within 5 days | foreign-word | `to` | to x within 5 days
replenish | to x each ⟦after cooling⟧ within 5 days | foreign-word | what is due is due |
claim | ⟦a implies b⟧ | foreign-word | `not (a) or (b)` | not (a) or (b)
claim | ⟦a only if b⟧ | foreign-word | `not (a) or (b)` | not (a) or (b)
claim | a <= b ⟦unless⟧ c | foreign-word | `or` | a <= b or c
claim | ⟦if⟧ a then b | missing-part | `else yes` | if a then b else yes
claim | a > 1 ⟦for all members⟧ | foreign-word | `for members: …` |
claim | a > 1 ⟦when⟧ b | foreign-word | `if … then … else yes` |
section | ensure ⟦a⟧ <= b | missing-part | `ensure "…": …` |
section | ensure ⟦that⟧ a <= b | missing-part | `ensure "…": …` |
section | assume ⟦a⟧ > 1 | missing-part | `assume "…": …` |
expression | a ⟦is not negative⟧ | foreign-word | `>= EUR 0` |
expression | a ⟦is not zero⟧ | foreign-word | `!= EUR 0` |
expression | ⟦there are at least two defaulters⟧ | foreign-word | `(count of defaulters) >= 2` | (count of defaulters) >= 2
expression | ⟦more than one member has defaulted⟧ | foreign-word | `(count of defaulters) > 1` | (count of defaulters) > 1
expression | ⟦no member defaults⟧ | foreign-word | `(count of defaulters) = 0` | (count of defaulters) = 0
expression | ⟦exactly 3 survivors⟧ | foreign-word | `(count of survivors) = 3` | (count of survivors) = 3
expression | ⟦the total x of all survivors⟧ | foreign-word | `sum of x over survivors` | sum of x over survivors
expression | ⟦sum of the two largest x⟧ over members | foreign-word | `largest 2 of x` | largest 2 of x over members
expression | x ⟦with a floor of⟧ EUR 5 | foreign-word | `higher of X and Y` |
expression | x ⟦but no more than⟧ EUR 5 | foreign-word | `lower of X and Y` |
expression | x⟦, capped at⟧ EUR 5 | foreign-word | `lower of X and Y` |
expression | ⟦at least⟧ EUR 5 | foreign-word | a definition is one value; |
expression | EUR 5 ⟦where⟧ a | foreign-word | `if … then … else …` |
section | ⟦let a be⟧ EUR 5 | foreign-word | `define a as` | define a as EUR 5
section | ⟦a means⟧ EUR 5 | foreign-word | `define a as` | define a as EUR 5
section | ⟦default waterfall⟧ | foreign-word | `waterfall` | waterfall
section | waterfall tranche a paid by ccp finally ⟦service closure⟧ | malformed-name | names are of small letters, | waterfall tranche a paid by ccp finally service_closure
section | waterfall together tranche a paid by ccp end ⟦together⟧ | misplaced-part | take it away | waterfall together tranche a paid by ccp end
field | x : ⟦rate⟧ | foreign-word | `ratio` | x : ratio
field | x : ⟦good or bad⟧ | foreign-word | `one of good, bad` | x : one of good, bad
field | x : ⟦positive money⟧ | foreign-word | `money` | x : money
field | x : ⟦money (EUR)⟧ | foreign-word | `money EUR` | x : money EUR
field | ⟦x is⟧ money | foreign-word | `x :` | x : money
field | x : money ⟦if not provided⟧ EUR 0 | foreign-word | `if missing` | x : money if missing EUR 0
field | x : money ⟦where not available⟧ EUR 0 | foreign-word | `if missing` | x : money if missing EUR 0
clause | ⟦paid from x by survivors⟧ | foreign-word | `paid by survivors from x` | paid by survivors from x
clause | ⟦from x paid by survivors⟧ | foreign-word | `paid by survivors from x` | paid by survivors from x
clause | paid by ccp ⟦EUR⟧ 5 million | missing-word | `up to` | paid by ccp up to EUR 5 million
clause | paid by ccp ⟦in the amount of⟧ EUR 5 | foreign-word | `up to` | paid by ccp up to EUR 5
clause | ⟦up to max⟧ EUR 5 each | foreign-word | `up to` | up to EUR 5 each
clause | up to x ⟦per member in aggregate⟧ | foreign-word | `each` |
clause | up to x each ⟦within 20 business days of the default⟧ | foreign-word | `period p opens at a default lasts 20 business days` |
clause | up to x each⟦, provided that no member pays more than EUR 5⟧ | foreign-word | `up to EUR 5 each` | up to x each up to EUR 5 each
clause | up to x ⟦each less 10% of y⟧ | foreign-word | `- 10% of y each` | up to x - 10% of y each
clause | up to x ⟦each plus EUR 5⟧ | foreign-word | `+ EUR 5 each` | up to x + EUR 5 each
clause | up to x ⟦each less amounts already paid⟧ | foreign-word | `in any …` | up to x - total_paid each
clause | up to x ⟦each as at the default date⟧ | foreign-word | what belongs to the amount |
clause | up to x ⟦each rounded up to EUR 5⟧ | foreign-word | what belongs to the amount |
clause | up to x⟦ (rounded up to the nearest EUR 1,000)⟧ each | foreign-punctuation | `x rounded up to EUR 1_000` | up to x rounded up to EUR 1_000 each
clause | up to x ⟦as of the business day before the default⟧ each | foreign-word | `as of declared - 1 days` |
clause | up to x ⟦as of the last day of the preceding month⟧ each | foreign-word | `as of declared - 1 business days` |
clause | ⟦up to 3 times per year⟧ | foreign-word | `in at most 3 rounds` |
clause | ⟦once a year⟧ | foreign-word | `period` |
clause | ⟦payable within 2 business days⟧ | foreign-word | `replenish` |
clause | ⟦within 2 business days of demand⟧ | foreign-word | `replenish` |
clause | ⟦on demand⟧ | foreign-word | `replenish` |
clause | ⟦immediately⟧ | foreign-word | `replenish` |
clause | ⟦in proportion to⟧ x | foreign-word | `shared pro rata to` | shared pro rata to x
clause | shared ⟦proportionally⟧ | foreign-word | `pro rata to …` |
clause | shared pro rata to x ⟦among survivors⟧ | foreign-word | take it away | shared pro rata to x
clause | shared pro rata to ⟦the x of each member⟧ | foreign-word | `x` | shared pro rata to x
clause | shared pro rata to ⟦what they can pay⟧ | foreign-word | `limits` | shared pro rata to limits
clause | shared pro rata to ⟦amounts paid⟧ | foreign-word | `total_paid` | shared pro rata to total_paid
clause | shared ⟦70% pro rata to x and 30% pro rata to y⟧ | foreign-word | steps that share by a |
clause | in order of x: a ⟦and⟧ b then c | foreign-word | `or` | in order of x: a or b then c
clause | in order of x: a ⟦before⟧ b | foreign-word | `then` | in order of x: a then b
clause | in order of x: a ⟦>⟧ b | foreign-punctuation | `then` | in order of x: a then b
clause | in order of x:⟦ (a or b)⟧ then c | foreign-word | `a or b` | in order of x: a or b then c
clause | in order of x: a then ⟦all others⟧ | foreign-word | `or` |
clause | ⟦for losses in a only⟧ | foreign-word | `for losses in a` | for losses in a
clause | ⟦only for losses in⟧ a | foreign-word | `for losses in` | for losses in a
clause | ⟦for losses not exceeding EUR 5⟧ | foreign-word | a step meets what those |
clause | ⟦for losses in excess of EUR 5⟧ | foreign-word | a step meets what those |
clause | ⟦for losses arising from the default⟧ | foreign-word | take it away |
clause | ⟦for default losses and non-default losses⟧ | foreign-word | `for all losses` | for all losses
clause | ⟦for all losses including non-default losses⟧ | foreign-word | `for all losses` | for all losses
clause | when ⟦x is at least EUR 5 and not more than EUR 10⟧ | foreign-word | `x >= EUR 5 and x <= EUR 10` | when x >= EUR 5 and x <= EUR 10
clause | ⟦only if a has been exhausted⟧ | foreign-word | a step pays when those | when unused(a) = EUR 0
clause | ⟦when the Board so decides⟧ | foreign-word | `at the discretion of "Board"` | at the discretion of "Board"
clause | ⟦upon approval by the Board⟧ | foreign-word | `at the discretion of "Board"` | at the discretion of "Board"
clause | ⟦subject to regulatory approval⟧ | foreign-word | `at the discretion of "…"` |
clause | ⟦in force as from⟧ 2018-01-01 | foreign-word | `in force from` | in force from 2018-01-01
clause | in force from 2018-01-01 ⟦for 90 days⟧ | foreign-word | write from which day to |
section | period p ⟦opens when a is exhausted⟧ lasts 5 days | foreign-word | `opens at exhaustion of a` | period p opens at exhaustion of a lasts 5 days
section | period p ⟦opens at a call⟧ lasts 5 days | foreign-word | `opens at a payment under` |
line | ⟦exercise:⟧ "x" | foreign-word | `exercise` | exercise "x"
line | ⟦member A (Bank A)⟧ x = EUR 5 | foreign-word | `member A "Bank A"` | member A "Bank A" x = EUR 5
line | ⟦member A with⟧ x = EUR 5 | foreign-word | `member A` | member A x = EUR 5
line | ⟦defaults of⟧ A loss EUR 5 | foreign-word | `default of` | default of A loss EUR 5
line | further ⟦losses⟧ of A EUR 5 | misspelt-word | `loss` | further loss of A EUR 5
line | ⟦under the rulebook⟧ "r.rules" | foreign-word | `under` | under "r.rules"
line | ⟦cooling is open⟧ | foreign-word | `period cooling open from … to …` |
line | ⟦period p open since 2018-01-01⟧ | foreign-word | `period p open from … to …` |
day | ⟦member B joins⟧ | foreign-word | `member B` | member B
day | ⟦new rulebook⟧ "b.rules" | foreign-word | `under` | under "b.rules"
section | ⟦waterfall per default⟧ | foreign-word | `waterfall for each default in turn` | waterfall for each default in turn
clause | up to ⟦the lesser of:⟧⏎x and y each | foreign-word | `lower of X and Y` |
clause | up to ⟦the lesser of⟧⏎x and y each | foreign-word | `lower of X and Y` |
clause | up to ⟦the lower of⟧⏎x and y each | foreign-word | `lower of` | up to lower of x and y each
clause | up to x each ⟦in the 30 days after declaration⟧ | foreign-word | `period p opens at a default lasts 30 days` |
section | period p ⟦lasts 5 days⟧ | foreign-word | `opens at a default lasts 5 days` | period p opens at a default lasts 5 days
section | period p ⟦of 5 days⟧ | foreign-word | `opens at a default lasts 5 days` | period p opens at a default lasts 5 days
section | period p ⟦begins on a default⟧ | foreign-word | `opens at a default lasts 30 days` |
section | period p opens at a default lasts 5 days ⟦from declared⟧ | foreign-word | it counts from the day | period p opens at a default lasts 5 days
section | period p opens at a default lasts 5 days extended ⟦by 5 days⟧ | foreign-word | `extended by each further default` |
section | period p opens at a default lasts 3 months ⟦but no longer than 90 days⟧ | foreign-word | it lasts so long; one |
clause | in order of x: a⟦,⟧ b | foreign-word | `then` |
"""  # noqa: E501 - a row is one line

test_what_a_lawyer_writes_is_told_and_mended = every(rows(LAWYERS), lambda row: row[1], parts=2)(told_and_mended)


WORDS = sorted(
    RESERVED | {word for written in spellings().values() for word in written if word.isalpha() and word.islower()}
)


def is_form(word: str, other: str) -> bool:
    return word.startswith(other) or other.startswith(word)


@pytest.mark.parametrize("begun", ["field|x : ", "claim|a > 1 ", "clause|up to x ", "section|", "test|"])
@pytest.mark.parametrize("part", [0, *(pytest.param(part, marks=pytest.mark.slow) for part in range(1, 8))])
def test_a_word_of_the_language_is_no_slip_for_another(begun: str, part: int) -> None:
    """`for` is not `or`, `rate` is not `date`: one word is led to another only where that is a form of it."""
    frame, before = begun.split("|")
    for word in {"for", "rate"} | set(WORDS[part::8]):
        for found in read(FRAMES[frame].format(before + word), frame):
            if found.code == "misspelt-word":
                written = found.place.source.slice(found.place.span)
                told = {fix.replacement.strip() for fix in found.fixes}
                assert written not in WORDS or all(is_form(written, own) for own in told), (word, told)


NAMED = (
    "members have\n    clearing fund contribution : money\n    initial margin : money\n",
    "define replenishment cap amount as EUR 5\n",
    "given skin in the game : money\n",
    "waterfall\n    tranche skin in the game\n        paid by ccp\n    finally closure\n",
    'waterfall\n    tranche skin in the game cite "Rule 7.1"\n        shall be paid by ccp\n    finally closure\n',
    "members have\n    default fund share : money\nlimit a as 2 * default fund share each\n",
)


@pytest.mark.parametrize("text", NAMED)
def test_a_name_of_several_words_is_joined_wherever_it_stands(text: str) -> None:
    """Where it is declared, and where it is used."""
    written = RULEBOOK + text
    found = read(written, "rules")
    assert {each.code for each in found} <= {"malformed-name", "foreign-word"}
    assert any(each.code == "malformed-name" for each in found)
    assert read(applied(written, [fix for each in found for fix in each.fixes]), "rules") == []


LINES = """
member B joins
member B left
default of B
A defaults
A withdraws
A paid EUR 5
paid in by A
recovered EUR 5
notice by A
period p open
given x
given x = EUR 5
decide a
"""


@pytest.mark.parametrize("line", LINES.strip().splitlines())
@pytest.mark.parametrize("frame", ["line", "day"])
def test_what_a_line_of_an_event_says_ends_with_the_line(line: str, frame: str) -> None:
    """No phrase is read over the end of a line, and the day that begins on the next one stays one."""
    text = FRAMES[frame].format(line) + ("on 2024-03-01\n    departure of NORD\n" if frame == "day" else "")
    for found in read(text, frame):
        assert "\n" not in found.place.source.slice(found.place.span).strip(), found.message
        for fix in found.fixes:
            assert "\n" not in fix.place.source.slice(fix.place.span).strip(), (found.message, fix.replacement)
            assert not re.match(r"on\b", fix.place.source.slice(fix.place.span)), (found.message, fix.replacement)


def test_the_way_down_to_a_slip_names_the_section_behind_the_waterfall() -> None:
    """What is wrong in `replenish` or `recoveries` is not said to stand in the last step."""
    waterfall = "waterfall\n    tranche fund\n        paid by ccp\n    finally closure\n{}\n"
    for section, crumbs in (
        ("replenish fund\n    paid by survivors\n    to x each\n    within 2 hours", ("replenish", "fund")),
        ("recoveries\n    repay fund first\n    rest to ccp", ("recoveries",)),
    ):
        (found,) = read(FRAMES["section"].format(waterfall.format(section)), "section")
        assert found.breadcrumb == crumbs


def test_names_of_several_words_are_looked_for_once_in_a_text() -> None:
    """Not for each slip, nor for each repair that is tried: a hundred slips before nine hundred names took 20 s."""
    steps = "".join(f"    tranche t{at}\n        paid by survivors\n        qq zzz of each\n" for at in range(20))
    fields = "".join(f"    part of the fund {at:b} : money\n".replace("0", "a").replace("1", "b") for at in range(200))
    names._declared_in.cache_clear()
    found = read(f"{RULEBOOK}waterfall\n{steps}    finally closure\nmembers have\n{fields}", "rules")
    assert len(found) > 20
    assert names._declared_in.cache_info().misses == 1
