"""Where reading finds its feet again behind an error: the line that opens next, read in the innermost place it fits."""

import pytest

from rulelang.base.diagnostic import ReadError
from rulelang.base.source import SourceText
from rulelang.syntax.read import parse_event, parse_rulebook

HEAD = 'rulebook "R" currency EUR members have x : money\n'
END = " default of A loss EUR 1 expect uncovered EUR 0\n"


def told(text: str, *, event: bool = False) -> list[tuple[str, str]]:
    """The code of each error and the words that it points at."""
    with pytest.raises(ReadError) as caught:
        (parse_event if event else parse_rulebook)(SourceText.from_text(text))
    places = [found.place for found in caught.value.diagnostics]
    return [(d.code, text[slice(*p.span)]) for d, p in zip(caught.value.diagnostics, places, strict=True)]


@pytest.mark.parametrize(
    ("text", "second"),
    [
        # a section and a line of a test, told apart by the sign behind the name
        ('test "t"\n declared 2018-09-11\n member A %%\n given cash : EUR 1\n' + END, ("foreign-word", "EUR")),
        ('test "t"\n declared 2018-09-11\n member A %%\n given cash = EUR ?\n' + END, ("foreign-punctuation", "?")),
        # a reserved word for a name: no sign is reached, and the `given` is found all the same
        ("define a as in in in\n given limit : money\n define b as 1\n", ("reserved-word", "limit")),
    ],
)
def test_a_given_behind_an_error_is_read_as_what_it_is(text, second):
    assert told(HEAD + text)[-1] == second


def test_a_given_of_a_test_is_found_though_its_name_is_none():
    found = told(HEAD + 'test "t"\n member A\n default of default of of of\n given limit = EUR 1\n' + END)
    assert found == [("unexpected-text", "default"), ("unexpected-text", "of"), ("reserved-word", "limit")]


@pytest.mark.parametrize(
    "line",
    [
        "declared 2018-09-1x",
        "member A x = ]",
        "paid 2018-09-11 by A under ]",
        "decide ]: invoke",
        "decide a: invoke up to ]",
        "given x as of ] = 5",
        "givens from ]",
        "paid from ]",
        "defaults from ]",
        "defaulted 2018-09-11 ]",
        "former member ]",
        "further loss of ]",
        "non-default loss ]",
        "notice by ]",
        "period p open from ]",
        "withdraw A after ]",
        "member A x with B = ]",
    ],
)
def test_each_line_of_an_event_is_a_place_to_go_on(line):
    found = told(f'event "E"\nunder ] ] ]\n{line}\nmember B x = [\n', event=True)
    assert len(found) == 3
    assert found[-1][1].startswith("[")


@pytest.mark.parametrize(
    "section",
    [
        "limit a as ] each",
        "period p opens at ] lasts 5 days",
        "period p opens at a default lasts ] days",
        "period p opens at a default lasts 5 days extended by ]",
        "holidays 2018-12-25, ]",
        "currency EUR also ]",
        "define a as x rounded up to ]",
        "define a as x as of ]",
        "waterfall for each ]",
    ],
)
@pytest.mark.parametrize(
    "next_", ["limit b as [ each", 'period q "Q" opens at [ lasts 5 days', "holidays 2018-12-26, ["]
)
def test_an_error_in_a_section_is_found_and_the_next_section_is_read(section, next_):
    assert [place[:1] for _, place in told(f"{HEAD}{section}\n{next_}\n")] == ["]", "["]


@pytest.mark.parametrize(
    "clause",
    [
        "up to x each during ]",
        "up to x each in the calendar ]",
        "up to x each in any 5 days at every resizing ]",
        "in at most ] rounds",
        "once during ]",
        "for all ]",
        "paid by survivors from x in other segments ]",
        "up to x at ]",
    ],
)
@pytest.mark.parametrize("next_", ["in at most [ rounds", "once during [", "for all losses [", "up to x each during ["])
def test_an_error_in_a_clause_is_found_and_the_next_clause_is_read(clause, next_):
    text = f"{HEAD}waterfall\n tranche a\n  {clause}\n  {next_}\n finally closure\n"
    assert [place[:1] for _, place in told(text)] == ["]", "["]


@pytest.mark.parametrize(
    "line",
    [
        "defaulted 2018-01-01 [",
        "withdraw [",
        "notice by [",
        "further loss of [",
        "non-default loss in [",
        "givens from [",
    ],
)
def test_an_error_in_a_line_of_a_test_is_found_and_the_next_line_is_read(line):
    text = f'{HEAD}test "t"\n declared 2018-09-11\n member A x = ]\n {line}\n{END}'
    assert [place[:1] for _, place in told(text)] == ["]", "["]


@pytest.mark.parametrize("word", ["lower", "higher", "start", "open", "defaults", "largest_of"])
def test_a_name_that_begins_a_phrase_may_end_a_file(word):
    """The word behind it is looked at only if there is one."""
    book = parse_rulebook(SourceText.from_text(f'rulebook "" define x as fee at {word}'))
    assert book.sections[0].value.rate.name == word
