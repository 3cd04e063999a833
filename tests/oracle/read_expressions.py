"""The reader of expressions, by recursive descent."""

import datetime
from collections.abc import Mapping
from typing import Any, NoReturn

from tests.oracle.parts import Duration, Expression
from tests.oracle.tokens import Tok, to_date, to_number, tokenize
from tests.oracle.words import DECIMALS, RESERVED, SCALES, OracleError, minor_units, static

DAY_WORDS = {"day": "days", "days": "days", "month": "months", "months": "months"}
TYPE_WORDS = ("signed", "money", "number", "ratio", "text", "date", "one", "yes")
OPERATORS = ("+", "-", "*", "/", "<", ">", "=", "!=", "<=", ">=", "of")
AGGREGATES = ("sum", "average", "largest", "smallest", "count")
PEOPLE = ("members", "survivors", "defaulters")


class ExpressionReader:
    """Holds the tokens of one text and where it stands in them."""

    def __init__(self, text: str, units: Mapping[str, int] = DECIMALS) -> None:
        """Read the tokens; ``units`` are the decimals of the currencies that may be written."""
        self.toks = tokenize(text)
        self.i = 0
        self.units = units

    # --- helpers
    @property
    def tok(self) -> Tok:
        """The next token."""
        return self.toks[self.i]

    def ahead(self, n: int = 1) -> Tok:
        """A token further on."""
        return self.toks[min(self.i + n, len(self.toks) - 1)]

    def fail(self, what: str) -> NoReturn:
        """Refuse the text here."""
        raise OracleError("syntax", f"{self.tok.where()}: expected {what}, found {self.tok.text!r}")

    def next(self) -> Tok:
        """Take a token."""
        t = self.tok
        self.i += 1
        return t

    def at(self, *words: str) -> bool:
        """Whether the next tokens are exactly these words or operators."""
        for n, w in enumerate(words):
            t = self.ahead(n)
            if t.text != w or t.kind not in ("WORD", "OP"):
                return False
        return True

    def accept(self, *words: str) -> bool:
        """Take these words if they come next."""
        if self.at(*words):
            self.i += len(words)
            return True
        return False

    def expect(self, *words: str) -> None:
        """Take these words, which must come next."""
        for w in words:
            if not self.accept(w):
                self.fail(repr(w))

    def string(self, what: str = "a quoted string") -> str:
        """A quoted string, without its quotes."""
        if self.tok.kind != "STR":
            self.fail(what)
        return self.next().text[1:-1]

    def opt_string(self) -> str | None:
        """Perhaps a quoted string."""
        return self.string() if self.tok.kind == "STR" else None

    def opt_cite(self) -> None:
        """Perhaps a citation."""
        if self.accept("cite"):
            self.string()

    def name(self, what: str = "a name") -> str:
        """A name."""
        if self.tok.kind != "WORD" or self.tok.text in RESERVED or "-" in self.tok.text:
            self.fail(what)
        return self.next().text

    def names(self, what: str = "a name") -> list[str]:
        """Names with commas between them."""
        out = [self.name(what)]
        while self.accept(","):
            out.append(self.name(what))
        return out

    def date(self) -> datetime.date:
        """A date."""
        if self.tok.kind != "DATE":
            self.fail("a date")
        return to_date(self.next().text)

    def whole_number(self) -> int:
        """A whole number above zero."""
        if self.tok.kind != "NUM" or "." in self.tok.text:
            self.fail("a whole number")
        n = int(to_number(self.tok.text))
        if n < 1:
            self.fail("a whole number above zero")
        self.next()
        return n

    def field_begins(self, n: int) -> bool:
        """Whether a field's declaration, or a member's value, begins at a token further on."""
        one, two, three = self.ahead(n + 1), self.ahead(n + 2), self.ahead(n + 3)
        if one.text == ":":
            rate = two.kind == "CAP" and three.text == "per"
            choice = two.text != "one" or three.text == "of"
            return rate or (two.text in TYPE_WORDS and choice and three.text not in OPERATORS) or two.text == "yes"
        return False

    def unit_at(self, n: int) -> bool:
        """Whether a word for days stands at a token further on."""
        t = self.ahead(n)
        if t.text == "business":
            n += 1
            t = self.ahead(n)
            return t.text in ("day", "days") and not self.field_begins(n)
        return t.text in DAY_WORDS and not self.field_begins(n)

    def unit(self) -> str:
        """``days``, ``business`` or ``months``."""
        if not self.unit_at(0):
            self.fail("days, business days or months")
        if self.accept("business"):
            self.next()
            return "business"
        return DAY_WORDS[self.next().text]

    def duration(self) -> Duration:
        """A number of days, business days or months."""
        n = self.whole_number()
        return n, self.unit()

    def scale(self) -> int | None:
        """Perhaps a word for thousands, millions …; not one that is the name of the next field."""
        t = self.tok
        if t.kind != "WORD" or t.text not in SCALES or self.field_begins(0) or self.value_begins():
            return None
        self.next()
        return SCALES[t.text]

    def value_begins(self) -> bool:
        """Whether a line of a member block begins here; only events have these."""
        return False

    def money_literal(self) -> Expression:
        """An amount."""
        code = self.next()
        if self.tok.kind != "NUM":
            self.fail("an amount after the currency")
        text = self.next().text
        scale = self.scale()
        if code.text not in self.units:
            raise OracleError("static", f"{code.where()}: {code.text} is not a currency")
        return ("money", code.text, minor_units(code.text, self.units[code.text], text, scale, code.where()))

    # --- expressions
    def expr(self) -> Expression:
        """A whole expression: `if` and an aggregate's `where` may stand here without parentheses."""
        if self.at("if"):
            return self.if_expr()
        if self.at("lower", "of") or self.at("higher", "of"):
            fn = "min" if self.next().text == "lower" else "max"
            self.expect("of")
            one = self.product()
            self.expect("and")
            return (fn, [one, self.product()])
        e = self.or_expr()
        bare = e[0] == "agg" and e[4] is None and e[3] != "segments" and self.toks[self.i - 1].text != ")"
        if bare and self.at("where"):
            self.next()
            e = (*e[:4], self.expr(), e[5])
        return e

    def if_expr(self) -> Expression:
        """`if` … `then` … `else` …."""
        self.expect("if")
        c = self.or_expr()
        self.expect("then")
        a = self.or_expr()
        self.expect("else")
        b = self.if_expr() if self.at("if") else self.or_expr()
        return ("if", c, a, b)

    def or_expr(self) -> Expression:
        """Conditions joined by `or`."""
        e = self.and_expr()
        while self.accept("or"):
            e = ("or", e, self.and_expr())
        return e

    def and_expr(self) -> Expression:
        """Conditions joined by `and`."""
        e = self.not_expr()
        while self.accept("and"):
            e = ("and", e, self.not_expr())
        return e

    def not_expr(self) -> Expression:
        """Perhaps `not`."""
        if self.accept("not"):
            return ("not", self.not_expr())
        return self.comparison()

    def comparison(self) -> Expression:
        """Perhaps a comparison."""
        e = self.sum_expr()
        if self.tok.kind == "OP" and self.tok.text in ("=", "!=", "<", "<=", ">", ">="):
            op = self.next().text
            e = ("cmp", op, e, self.sum_expr())
        return e

    def sum_expr(self) -> Expression:
        """Sums and differences."""
        e = self.product()
        while self.at("+") or self.at("-"):
            op = self.next().text
            if self.tok.kind == "NUM" and self.unit_at(1):
                n, unit = self.duration()
                e = ("days", e, n if op == "+" else -n, unit)
            else:
                e = ("add" if op == "+" else "sub", e, self.product())
        return e

    def product(self) -> Expression:
        """Products and quotients."""
        e = self.unary()
        while self.at("*") or self.at("/") or self.at("of"):
            op = self.next().text
            e = ("div" if op == "/" else "mul", e, self.unary())
        return e

    def unary(self) -> Expression:
        """Perhaps a minus."""
        if self.accept("-"):
            return ("neg", self.unary())
        return self.converted()

    def converted(self) -> Expression:
        """Perhaps `at` a rate and `rounded`."""
        e = self.primary()
        while True:
            if self.at("rounded") and self.ahead().text in ("up", "down", "to"):
                self.next()
                how = "up" if self.accept("up") else "down" if self.accept("down") else "near"
                self.expect("to")
                e = ("round", how, e, self.primary())
            elif self.at("at") and self.rate_follows():
                self.next()
                e = ("at", e, self.name("a rate"))
            else:
                return e

    def rate_follows(self) -> bool:
        """Whether this `at` stands before a rate, and is not that of a clause."""
        if self.at("at", "the", "discretion") or self.at("at", "every", "resizing"):
            return False
        return self.ahead().kind == "WORD"

    def primary(self) -> Expression:
        """A literal, a name, a call, an aggregate or parentheses."""
        t = self.tok
        if t.kind == "CAP":
            return self.money_literal()
        if t.kind == "NUM":
            self.next()
            return ("num", to_number(t.text))
        if t.kind == "PCT":
            self.next()
            return ("num", to_number(t.text[:-1]) / 100)
        if t.kind == "DATE":
            return ("date", self.date())
        if t.kind == "STR":
            return ("text", self.string())
        if self.accept("("):
            e = self.expr()
            self.expect(")")
            return e
        if t.kind != "WORD":
            self.fail("an expression")
        w = t.text
        if w in ("yes", "no"):
            self.next()
            return ("bool", w == "yes")
        if w in ("declared", "loss", "remaining", "total_paid", "leaving"):
            self.next()
            return (w,)
        if w in ("open", "start", "defaults") and self.ahead().text == "(":
            return self.period_value()
        if w in ("used", "unused", "paid"):
            self.next()
            self.expect("(")
            step = self.name("the name of a step")
            self.expect(")")
            return (w, step)
        if w in ("min", "max", "clamp"):
            self.next()
            self.expect("(")
            args = [self.expr()]
            while self.accept(","):
                args.append(self.expr())
            self.expect(")")
            if w == "clamp" and len(args) != 3:
                static("clamp takes three values")
            return (w, args)
        if w in AGGREGATES:
            return self.aggregate()
        name = self.name("an expression")
        if self.accept("as", "of"):
            return ("asof", name, self.day())
        return ("name", name)

    def period_value(self) -> Expression:
        """`open`, `start` or `defaults` of a period."""
        w = self.next().text
        self.expect("(")
        period = self.name("the name of a period")
        self.expect(")")
        return (w, period)

    def day(self) -> Expression:
        """The day behind `as of`."""
        e: Expression
        if self.tok.kind == "DATE":
            e = ("date", self.date())
        elif self.accept("declared"):
            e = ("declared",)
        elif self.at("start", "("):
            e = self.period_value()
        else:
            e = ("name", self.name("a day"))
        if (self.at("+") or self.at("-")) and self.ahead().kind == "NUM" and self.unit_at(2):
            op = self.next().text
            n, unit = self.duration()
            e = ("days", e, n if op == "+" else -n, unit)
        return e

    def aggregate(self) -> Expression:
        """`sum of` … `over` … and its like."""
        fn: Any = self.next().text
        n = None
        if fn == "largest" and self.tok.kind == "NUM":
            n = self.whole_number()
        self.expect("of")
        if fn == "count":
            who = self.people()
            return ("agg", fn, None, who, None, self.by())
        e = self.product()
        self.expect("over")
        by = None
        if self.at("segments"):
            if fn != "sum":
                self.fail("members, survivors or defaulters")
            self.next()
            who = "segments"
        else:
            who = self.people()
            by = self.by()
        if n is not None:
            fn = ("largest", n)
        return ("agg", fn, e, who, None, by)

    def by(self) -> str | None:
        """Perhaps `by` and the field of groups."""
        return self.name("a field") if self.accept("by") else None

    def people(self) -> str:
        """A population."""
        for w in PEOPLE:
            if self.accept(w):
                return w
        return self.fail("members, survivors or defaulters")
