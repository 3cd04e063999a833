"""The static checks of a rulebook."""

from collections.abc import Iterator
from typing import Any, NoReturn

from tests.oracle.check_over_time import check_recoveries, check_replenish
from tests.oracle.parts import Basis, Group, Limit, Rulebook, Step
from tests.oracle.read import Parser
from tests.oracle.shapes import Ctx, Shapes, decl_type, show, unify
from tests.oracle.words import static

ANYTHING = ("any money", "num", "date", "text", "bool", "choice")


class Checker(Shapes):
    """Checks that stand on top of types and shapes."""

    def check(self) -> None:
        """Check the whole rulebook."""
        rb = self.rb
        self.currencies()
        if not rb.segments and any(d.per_segment for d in list(rb.fields.values()) + list(rb.givens.values())):
            static("`per segment` without segments")
        for d in list(rb.fields.values()) + list(rb.givens.values()):
            if d.missing is not None:
                c = Ctx("missing", f"`if missing` of {d.name}", missing=d, seg=d.per_segment)
                t, _ = self.want(d.missing, c, ANYTHING, d.is_field, d.per_segment)
                due = "num" if str(d.type).startswith("rate ") else decl_type(d.type)
                if unify(t, due) is None:
                    static(f"`if missing` of {d.name}: {show(t)} where {show(decl_type(d.type))} is due")
                if isinstance(t, tuple) and not t[1] <= frozenset(d.type[1]):
                    static(f"`if missing` of {d.name}: not one of its values")
        self.missing_cycles()
        for n, e in rb.defines.items():
            self.infer(e, Ctx("define", f"definition {n}", expanding=(n,)))
        self.periods()
        for name, limit in rb.limits.items():
            self.named_limit(name, limit)
        for item in rb.waterfall:
            if isinstance(item, Group):
                self.group(item)
            else:
                self.step(item)
        for clause in rb.replenish.values():
            check_replenish(self, clause)
        if rb.recoveries is not None:
            check_recoveries(rb, rb.recoveries)
        stated = [("ensure", *each) for each in rb.ensures] + [("assume", *each) for each in rb.assumes]
        for word, text, who, where, cond in stated:
            c = Ctx(word, f"{word} {text!r}")
            if where is not None:
                self.want(where, c, ("bool",), True, False)
            self.want(cond, c, ("bool",), who is not None, False)

    def currencies(self) -> None:
        """Every type names currencies that are declared."""
        for d in [*self.rb.fields.values(), *self.rb.givens.values()]:
            if isinstance(d.type, str):
                codes = d.type.split()[1:]
                if not set(codes) <= set(self.rb.currencies) or len(set(codes)) < len(codes):
                    static(f"{d.name}: the currencies {' and '.join(codes)}")

    def periods(self) -> None:
        """Every period is opened by steps that there are."""
        for p in self.rb.periods.values():
            for name in p.steps:
                if name not in self.rb.steps:
                    static(f"the period {p.name}: there is no step {name}")

    def basis(self, basis: Basis | None, where: str) -> None:
        """The period of a limit exists."""
        if basis is not None and basis.kind == "during" and basis.period not in self.rb.periods:
            static(f"{where}: there is no period {basis.period}")

    def named_limit(self, name: str, limit: Limit) -> None:
        """Check a limit with a name by itself; each step that takes it says for whom."""
        c = Ctx("limit", f"the limit {name}")
        self.want(limit.expr, c, ("money",), limit.mode == "each", False)
        self.basis(limit.basis, c.what)

    def missing_cycles(self) -> None:
        """Refuse values for what is missing that go in a circle."""
        rb = self.rb
        decls = {**rb.fields, **rb.givens}

        def names(e: Any) -> Iterator[str]:
            if isinstance(e, tuple):
                if e and e[0] == "name":
                    yield e[1]
                else:
                    if e and e[0] == "asof":
                        yield e[1]
                    if e and e[0] == "at":
                        yield e[2]
                    if e and e[0] == "agg" and e[5] is not None:
                        yield e[5]
                    for x in e:
                        yield from names(x)
            elif isinstance(e, list):
                for x in e:
                    yield from names(x)

        def visit(n: str, path: tuple[str, ...]) -> None:
            if n in path:
                static(f"`if missing` of {n} runs in a circle")
            source = decls[n].missing if n in decls else rb.defines[n]
            if source is not None:
                for m in names(source):
                    if m in decls or m in rb.defines:
                        visit(m, (*path, n))

        for n in decls:
            visit(n, ())

    def group(self, g: Group) -> None:
        """Check a group and its steps."""
        rb = self.rb
        if not g.steps:
            static("a group without steps")
        if g.per_segment and not rb.segments:
            static("`per segment` without segments")
        if g.ratio is not None and g.pool:
            static("`as one pool` takes no ratio")
        if g.ratio is not None and len(g.ratio) != len(g.steps):
            static("a ratio has one part for each step")
        pots = set()
        named = [x.name for s in g.steps for x in s.limits if x.name is not None]
        if len(set(named)) < len(named):
            static("a limit is named twice in one group")
        key_types = set()
        for s in g.steps:
            if s.payer == "defaulters":
                static(f"{s.name}: `paid by defaulters` inside a group")
            if s.per_segment or s.losses is not None or "for … losses" in s.clauses or s.rounds is not None:
                static(f"{s.name}: `per segment`, `for losses` and rounds do not stand inside a group")
            if s.pot is not None:
                if s.pot in pots:
                    static(f"{s.name}: the pot {s.pot} is named twice in one group")
                pots.add(s.pot)
            self.step(s)
            if not g.pool and g.ratio is None and s.may_be_unlimited:
                static(f"{s.name}: an unlimited step in a group")
            if g.pool:
                if s.sharing is None:
                    static(f"{s.name}: a step of one pool has a sharing clause")
                if s.order is not None or s.no_realloc:
                    static(f"{s.name}: one pool takes no `in order of` and no `without reallocation`")
                if any(x.mode == "total" for x in s.limits):
                    static(f"{s.name}: one pool takes only limits per payer")
                if s.sharing[0] == "limits":
                    key_types.add("money")
                elif s.sharing[0] == "equally":
                    key_types.add("num")
                else:
                    c = Ctx("step", s.name, s, s.by_segment)
                    key_types.add(self.infer(s.sharing[1], c)[0])
        if len(key_types) > 1:
            static("the keys of one pool are all money or all plain numbers")

    def limits(self, s: Step, c: Ctx, seg: bool) -> None:
        """Check what stands behind each `up to`."""
        for lim in s.limits:
            per_member = lim.mode == "each" and not s.single
            if lim.name is not None:
                named = Ctx("limit", f"{c.what}, the limit {lim.name}")
                self.want(lim.expr, named, ("money",), per_member, False)
                continue
            if lim.mode == "plain" and not s.single:
                static(f"{c.what}: every `up to` says `each` or `in total`")
            self.basis(lim.basis, c.what)
            _, shape = self.want(lim.expr, c, ("money",), per_member, seg)
            if lim.resizing:
                if lim.mode != "each" or lim.basis is None or lim.basis.kind not in ("days", "business", "months"):
                    static(f"{c.what}: `at every resizing` without `each in any … days`")
                self.want(lim.expr, Ctx("resizing", c.what, c.step, seg), ("money",), per_member, seg)
            if lim.in_each_segment and not seg:
                static(f"{c.what}: `in each segment` outside `per segment`")
            if seg and "S" not in shape and not lim.in_each_segment:
                static(f"{c.what}: this limit is not per segment; say `in each segment`")

    def step(self, s: Step) -> Any:
        """Check one step."""
        rb = self.rb
        seg = s.by_segment
        many = not s.single

        def bad(msg: str) -> NoReturn:
            static(f"{s.name}: {msg}")

        def ctx(what: str) -> Ctx:
            return Ctx("step", f"{s.name}, {what}", s, seg)

        if s.single and s.payer != "ccp" and s.payer not in rb.parties:
            bad(f"there is no party {s.payer}")
        if s.per_segment and not rb.segments:
            bad("`per segment` without segments")
        if s.losses is not None:
            for n in s.losses[1]:
                if n not in rb.segments:
                    bad(f"there is no segment {n}")
        if s.where is not None:
            self.want(s.where, ctx("where"), ("bool",), many, seg)
        if s.when is not None:
            self.want(s.when, ctx("when"), ("bool",), False, seg)
        if s.pot is not None:
            table = rb.givens if s.single else rb.fields
            if s.pot not in table:
                bad(f"{s.pot} is no pot of {s.payer}")
            d = table[s.pot]
            if d.type != "money" or d.signed or d.per_defaulter:
                bad(f"the pot {s.pot} is not unsigned money")
            if s.split is not None:
                if not seg:
                    bad("`split by` outside `per segment`")
                if d.per_segment:
                    bad(f"the pot {s.pot} has its own part in each segment already")
                self.want(s.split, ctx("split by"), ("any money", "num"), many, True, need="S")
            elif s.other_segments and not (seg and d.per_segment):
                bad("`in other segments` outside `per segment`, or of a pot that is not per segment")
            elif seg and not d.per_segment:
                bad(f"the pot {s.pot} is not per segment; `split by` is missing")
            elif not seg and d.per_segment:
                bad(f"the pot {s.pot} is per segment")
        self.limits(s, ctx("up to"), seg)
        if s.rounds is not None:
            if s.payer != "survivors" or seg:
                bad("rounds are for several payers, not `per segment`")
            if s.rounds > 100:
                bad("more than 100 rounds")
        if "for … losses" in s.clauses and s.payer == "defaulters":
            bad("`paid by defaulters` meets the losses of defaults")
        if s.once is not None and s.once not in rb.periods:
            bad(f"there is no period {s.once}")
        if s.payer == "survivors" and s.sharing is None:
            bad("a sharing clause is missing")
        if s.payer == "defaulters" and (s.sharing is not None or s.order is not None):
            bad("`paid by defaulters` takes no sharing clause and no order")
        if s.sharing is not None:
            if s.sharing[0] == "key":
                self.want(s.sharing[1], ctx("key"), ("any money", "num"), many, seg, need="M" if many else "")
            if s.sharing[0] == "limits" and not s.payers_limited:
                bad("`shared pro rata to limits` without a limit per payer")
        if s.order is not None:
            if s.no_realloc:
                bad("`in order of` and `without reallocation` exclude each other")
            if s.order[0] == "choice":
                t, _ = self.want(s.order[1], ctx("in order of"), ("choice",), many, seg, need="M" if many else "")
                flat = [v for rank in s.order[2] for v in rank]
                if len(set(flat)) != len(flat):
                    bad("a choice value is named twice in the order")
                if set(flat) != set(t[1]):
                    bad("every choice value must be named in the order, and no other")
            else:
                self.want(
                    s.order[1], ctx("in order of"), ("any money", "num", "date"), many, seg, need="M" if many else ""
                )


def parse_rulebook(text: str) -> Rulebook:
    """Read and check a rulebook."""
    rb = Parser(text).rulebook()
    Checker(rb).check()
    return rb
