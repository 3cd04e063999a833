"""The formatter: what it prints reads back the same, it keeps every comment, and it changes nothing twice."""

import inspect
import itertools
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulelang.base.diagnostic import ReadError
from rulelang.base.source import SourceText
from rulelang.syntax import nodes, parser
from rulelang.syntax.format import comments, printer
from rulelang.syntax.format.layout import Row
from rulelang.syntax.format.printer import FormatterError, Style, format_text, print_expression, print_node
from rulelang.syntax.lexer import Token
from rulelang.syntax.read import parse_event, parse_history, parse_rulebook
from tests import strategies
from tests.examples import examples, mostly_slow

CASES = sorted(Path(__file__).with_name("formatter").glob("*.*"))
NARROW = Style(line=1, wide=1, short=1)
ABSTRACT = {nodes.Node, nodes.Expression, nodes.Clause, nodes.Expected}
CONCRETE = sorted(
    (
        kind
        for _, kind in inspect.getmembers(nodes, inspect.isclass)
        if issubclass(kind, nodes.Node) and kind not in ABSTRACT
    ),
    key=lambda kind: kind.__name__,
)
files = strategies.rulebooks() | strategies.events | strategies.histories


def kind_of(text: str) -> str:
    """The start rule of a text, by its first word."""
    found = re.match(r"(?:\s|#[^\n]*\n)*(event|history)\b", text)
    return found[1] if found else "rulebook"


def parse(text: str) -> nodes.Rulebook | nodes.EventSyntax | nodes.HistorySyntax:
    """The tree of a text, whichever of the three kinds it is."""
    parsing = {"rulebook": parse_rulebook, "event": parse_event, "history": parse_history}
    return parsing[kind_of(text)](SourceText.from_text(text))


def formatted(text: str) -> str:
    """The text as the formatter lays it out."""
    return format_text(SourceText.from_text(text))


def read_expression(text: str) -> nodes.Expression:
    """The tree of an expression."""
    section = parse_rulebook(SourceText.from_text(f'rulebook "" define x as {text}')).sections[0]
    assert isinstance(section, nodes.DefineSection)
    return section.value


def tokens(text: str) -> list[Token]:
    """The tokens of a text as the grammar tells them apart."""
    return parser.parse(text, kind_of(text)).tokens


def comments_of(text: str) -> list[str]:
    """The comments of a text, found without the formatter's help."""
    return re.findall(r"#\S*(?: \S+)*", re.sub(r'"[^"\n]*"', '""', text))


# ------------------------------------------------------------------------------------------------- generated trees


@pytest.mark.parametrize("kind", CONCRETE, ids=lambda kind: kind.__name__)
def test_every_node_class_can_be_generated_and_printed(kind: type[nodes.Node]) -> None:
    """The strategies know each class of the abstract syntax, and so does the printer."""

    @examples(20, least=2)
    @given(strategies.BY_CLASS[kind])
    def check(node: nodes.Node) -> None:
        assert isinstance(node, kind)
        assert print_node(node)

    check()


@given(files)
def test_printed_trees_read_back_the_same(tree: printer.File) -> None:
    """Whatever can be written is written so that it reads back as the same tree."""
    assert parse(print_node(tree)) == tree


@given(files)
def test_trees_printed_as_narrowly_as_can_be_read_back_the_same(tree: printer.File) -> None:
    """A line may be broken wherever the layout breaks one."""
    assert parse(print_node(tree, NARROW)) == tree


@given(strategies.expressions)
def test_expressions_print_on_one_line(node: nodes.Expression) -> None:
    """An expression alone reads back the same."""
    text = print_expression(node)
    assert "\n" not in text
    assert read_expression(text) == node


@given(files)
def test_printed_files_are_formatted(tree: printer.File) -> None:
    """A text that was printed is laid out already, and clean."""
    text = f"{print_node(tree)}\n"
    assert formatted(text) == text
    assert not text.endswith("\n\n")
    assert "\n\n\n" not in text
    assert not re.search(r"[ \t]$", text, re.MULTILINE)


# --------------------------------------------------------------------------------------------------------- comments


def _fillings(number: int) -> list[str]:
    """What may stand between two tokens; comments are told apart by their number."""
    return [
        " ",
        " ",
        " ",
        "\n",
        "\n\n\n   ",
        f" # {number}\n",
        f"\n# {number}\n",
        f"\n\n        # {number}\n\n",
        f"    # {number}\n    # {number} again\n",
        f" # allow some-code: {number}\n",
        f"\n    # allow some-code: {number}\n",
    ]


@st.composite
def littered(draw: st.DrawFn) -> str:
    """The text of a tree with line ends and comments between any of its tokens."""
    text = print_node(draw(files))
    parts = [draw(st.sampled_from(["", "# first\n", "\n\n  # first\n\n"]))]
    for number, token in enumerate(tokens(text)):
        parts += [token.text, draw(st.sampled_from(_fillings(number)))]
    return "".join(parts)


@given(littered())
def test_comments_anywhere_are_kept(text: str) -> None:
    """No comment is lost or doubled, the tree is the same, and a second pass changes nothing."""
    result = formatted(text)
    assert sorted(comments_of(result)) == sorted(comments_of(text))
    assert parse(result) == parse(text)
    assert formatted(result) == result


@pytest.mark.parametrize("comment", mostly_slow(["\n# one", "# one", "\n\n# one\n"]))
@pytest.mark.parametrize(
    "statement",
    [
        "in order of bid: absent then poor or fair then good",
        "for losses in energy, metals, rates",
        "shared pro rata to max(a, b, c) without reallocation",
    ],
)
def test_a_comment_and_an_allowance_anywhere_stay_in_a_second_pass(statement: str, comment: str) -> None:
    """Each between any two tokens of a statement that has lists, in either order."""
    words = re.findall(r"\w+|\S", statement)
    for at, allowed in itertools.product(range(len(words)), repeat=2):
        parts = list(words)
        parts[at] += f" {comment}\n"
        parts[allowed] += " # allow some-code: two\n"
        result = formatted(f'rulebook "" waterfall tranche x\n{" ".join(parts)}')
        assert formatted(result) == result, result


def test_strings_are_not_searched_for_comments() -> None:
    """A hash inside a string is text."""
    text = 'rulebook "a # b"\ncurrency EUR  # c\n'
    assert formatted(text) == text


@st.composite
def commented(draw: st.DrawFn) -> str:
    """A formatted text with comments at the ends of its lines and between them."""
    lines = []
    for number, line in enumerate(print_node(draw(files)).splitlines()):
        indent = " " * draw(st.integers(0, 12))
        lines += draw(st.sampled_from([[], [], [f"{indent}# {number}"], [f"{indent}# allow some-code: {number}"]]))
        lines += [line + draw(st.sampled_from(["", "", f"  # {number} behind"])) if line else line]
    return "\n".join(lines) + "\n"


def _neighbours(text: str) -> dict[str, int]:
    """How many tokens stand before each comment."""
    starts = [token.start for token in tokens(text)]
    found = {atom.text: atom.start for atom in comments.atoms(text) if atom.is_comment}
    return {comment: sum(start < at for start in starts) for comment, at in found.items()}


@given(commented())
def test_comments_between_lines_stay_between_the_same_tokens(text: str) -> None:
    """Where no lines are joined or broken, no comment moves past any code."""
    result = formatted(text)
    assert _neighbours(result) == _neighbours(text)
    assert formatted(result) == result


LISTS = {
    "segments": "segments {}",
    "choice": "members have kind : one of {}",
    "holidays": "holidays {}",
    "opener": "period p opens at a payment under {} lasts 1 day",
    "further currencies": "currency EUR also {}",
    "losses": "waterfall tranche a paid by ccp for losses in {}",
    "arguments": "define x as max({})",
}
beside = st.lists(st.tuples(strategies.names, st.sampled_from(["", "above", "behind"])), min_size=2, max_size=12)


@given(st.sampled_from(sorted(LISTS)), beside)
def test_comments_of_list_items_stay_with_their_items(kind: str, items: list[tuple[str, str]]) -> None:
    """A comment behind an item, or above it, is there afterwards too, however many items a line takes."""
    days = kind == "holidays"
    named = [(f"20{10 + at}-01-01" if days else f"{name}_{at}", where) for at, (name, where) in enumerate(items)]
    if kind == "further currencies":
        named = [(f"ABC{at}", where) for at, (_, where) in enumerate(items)]
    lines = []
    for at, (item, where) in enumerate(named):
        comma = "," * (at < len(named) - 1)
        lines += [f"  # of {item}"] * (where == "above")
        lines.append(f"  {item}{comma}" + f" # of {item}" * (where == "behind"))
    if named[-1][1] == "behind":  # what follows the list may come on the same line
        lines[-1] = lines[-1].split(" #")[0]
    text = 'rulebook "" ' + LISTS[kind].format("\n" + "\n".join(lines) + "\n") + "\n"
    result = formatted(text)
    for item, where in named[:-1]:
        if where == "behind":
            assert re.search(rf"\b{item}, +# of {item}$", result, re.MULTILINE), result
    for item, where in named:
        if where == "above":
            assert re.search(rf"^ *# of {item}\n *{item}\b", result, re.MULTILINE), result
    assert formatted(result) == result
    assert parse(result) == parse(text)


# ------------------------------------------------------------------------------------------------------------ cases


def read_case(path: Path) -> tuple[str, str]:
    """The input of a case and the result it should have: itself if the file names no other."""
    text = path.read_text(encoding="utf-8")
    before, found, after = text.partition("\n# output\n")
    return (before + "\n", after) if found else (text, text)


def test_there_are_cases() -> None:
    """The folder of cases is found."""
    assert len(CASES) >= 15


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.name)
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
def test_case(path: Path, line_end: str) -> None:
    """Each case comes out as written in it, whatever its line ends."""
    text, expected = read_case(path)
    result = formatted(text.replace("\n", line_end))
    assert result == expected
    assert formatted(result) == result
    assert parse(result) == parse(text)
    assert sorted(comments_of(result)) == sorted(comments_of(text))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.name)
def test_case_in_the_narrowest_layout_reads_back_the_same(path: Path) -> None:
    """Each case can be broken everywhere."""
    tree = parse(read_case(path)[0])
    assert parse(print_node(tree, NARROW)) == tree


# -------------------------------------------------------------------------------------------------------- expressions


@pytest.mark.parametrize(
    "text",
    [
        "a + b - c",
        "a - (b - c)",
        "(a + b) * c",
        "a / (b / c)",
        "25% of a of b",
        "- -a",
        "-(a + b)",
        "not not a",
        "not (a and b)",
        "(not a) and b",
        "(a = b) = (c = d)",
        "a or b and c",
        "(a or b) and c",
        "if a then b else if c then d else e",
        "if a then (if b then c else d) else e",
        "(if a then b else c) + d",
        "if (if a then b else c) then d else e",
        "sum of a over members",
        "sum of (a + b) over survivors where a > EUR 1 and b = c",
        "(sum of a over members where b) + c",
        "largest 2 of a over members",
        "largest of (sum of a over segments) over members",
        "count of defaulters where a",
        "min(a, b, (if c then d else e))",
        "clamp(a, EUR 1_000.50, EUR 7.757 million)",
        "declared + 30 days < 2018-09-11",
        "declared - 1 day",
        "used(junior) + unused(pool) - paid(calls)",
        'place = "Oslo # north"',
        "yes = no",
    ],
)
def test_expressions_keep_their_brackets(text: str) -> None:
    """Brackets the author wrote are kept, needed or not; nothing is added."""
    assert print_expression(read_expression(text)).replace("--", "- -") == text
    bracketed = f"({text})"
    assert print_expression(read_expression(bracketed)).replace("--", "- -") == bracketed


def test_doubled_brackets_become_one_pair() -> None:
    """The tree knows of one pair only."""
    assert print_expression(read_expression("((a)) + (((b)))")) == "(a) + (b)"


A, B, C = (nodes.Reference(name) for name in "abc")
DAY, DECLARED = nodes.DaysLiteral("1", "days"), nodes.RunValue("declared")
AS_OF = nodes.AsOf(A, DECLARED)


@pytest.mark.parametrize(
    ("node", "text"),
    [
        (nodes.Arithmetic("*", nodes.Arithmetic("+", A, B), C), "(a + b) * c"),
        (nodes.Arithmetic("-", A, nodes.Arithmetic("-", B, C)), "a - (b - c)"),
        (nodes.Negative(nodes.Arithmetic("*", A, B)), "-(a * b)"),
        (nodes.Negated(nodes.Comparison("=", A, B)), "not a = b"),
        (nodes.Comparison("=", nodes.Negated(A), B), "(not a) = b"),
        (nodes.Aggregate("sum", nodes.Arithmetic("+", A, B), "members"), "sum of (a + b) over members"),
        (nodes.Arithmetic("+", nodes.Aggregate("count", None, "members", A), B), "(count of members where a) + b"),
        (
            nodes.Arithmetic("+", nodes.Arithmetic("+", AS_OF, AS_OF), DAY),
            "a as of declared + (a as of declared) + 1 day",
        ),
        (nodes.Arithmetic("-", nodes.Negative(AS_OF), DAY), "(-a as of declared) - 1 day"),
        (nodes.Arithmetic("-", AS_OF, nodes.Arithmetic("*", DAY, B)), "(a as of declared) - 1 day * b"),
        (nodes.Arithmetic("+", AS_OF, B), "a as of declared + b"),
        (
            nodes.Arithmetic("+", nodes.AsOf(A, nodes.Arithmetic("-", DECLARED, DAY)), DAY),
            "a as of declared - 1 day + 1 day",
        ),
        (nodes.Conditional(A, B, nodes.Conditional(B, C, A)), "if a then b else if b then c else a"),
        (nodes.Conditional(A, nodes.Conditional(B, C, A), B), "if a then (if b then c else a) else b"),
    ],
)
def test_trees_get_the_brackets_they_need(node: nodes.Expression, text: str) -> None:
    """A tree that no text had is printed with the fewest brackets."""
    assert print_expression(node) == text
    assert read_expression(text) == node


def test_long_chains_do_not_nest() -> None:
    """A sum of many parts is laid out without one level of recursion for each."""
    node: nodes.Expression = nodes.Reference("a")
    for _ in range(5000):
        node = nodes.Arithmetic("+", node, nodes.Reference("b"))
    assert print_expression(node).count("+") == 5000


def test_names_that_are_no_words_are_quoted() -> None:
    """A member id that was made by a program is quoted if it must be."""
    assert print_node(nodes.MemberItem(nodes.Identifier("Bank A"))) == 'member "Bank A"'
    assert print_node(nodes.MemberItem(nodes.Identifier("BANK"))) == "member BANK"


# -------------------------------------------------------------------------------------------------------- safe guards


def test_text_that_is_not_of_the_language_is_refused() -> None:
    """Only what can be read is laid out."""
    with pytest.raises(ReadError):
        formatted('rulebook "a" currency currency')


def _break(monkeypatch: pytest.MonkeyPatch, change: Callable[[str], str]) -> None:
    right = printer._file_rows

    def wrong(tree: printer.File, style: Style) -> list[Row]:
        return [Row(change(row.text), row.gap) for row in right(tree, style)]

    monkeypatch.setattr(printer, "_file_rows", wrong)


@pytest.mark.parametrize(
    ("before", "after"), [("EUR", "USD"), ("(b)", "((b))"), ("a + (b)", "(a + b)"), ("(b)", "b (")]
)
def test_a_result_that_means_something_else_is_refused(
    monkeypatch: pytest.MonkeyPatch, before: str, after: str
) -> None:
    """The formatter compares before it gives anything away."""
    _break(monkeypatch, lambda text: text.replace(before, after))
    with pytest.raises(FormatterError):
        formatted('rulebook "a" currency EUR define x as a + (b) * c')


def test_a_lost_comment_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The formatter counts the comments before it gives anything away."""
    monkeypatch.setattr(comments._Weaver, "_tie", lambda *_: None)
    with pytest.raises(FormatterError, match="comment"):
        formatted('rulebook "a"  # b\n')
