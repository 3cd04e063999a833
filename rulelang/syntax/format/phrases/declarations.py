"""What a rulebook declares: data and their types, currencies, segments, parties and definitions."""

from rulelang.syntax import nodes
from rulelang.syntax.format.layout import Break, Doc, Nest, flat, hanging, listed
from rulelang.syntax.format.phrases.expressions import expression
from rulelang.syntax.format.phrases.words import cite, formerly, name, names, quoted, starts, titled


def data_type(node: nodes.DataType) -> Doc:
    """``signed money SEK``, ``EUR per SEK``, ``date`` or ``one of a, b``."""
    match node:
        case nodes.MeasureType():
            code = "" if node.currency is None else f" {name(node.currency)}"
            return f"signed {node.kind}{code}" if node.signed else node.kind + code
        case nodes.RateType():
            return f"{name(node.price)} per {name(node.unit)}"
        case nodes.PlainType():
            return node.kind
    return ("one of ", names(node.values))


def type_and_shape(node: nodes.Datum) -> Doc:
    """``money per segment formerly deposit``: what stands behind the colon, before the note."""
    per = " per segment" if node.per_segment else " per defaulter" if node.per_defaulter else ""
    return (data_type(node.type), per, formerly(node.formerly))


def datum(node: nodes.Datum, name_width: int = 0, note_blanks: int = 2) -> Doc:
    """``name : type per segment formerly x   "note"  if missing E``, the name filled up to its column."""
    note = "" if node.note is None else hanging(quoted(node.note), " " * note_blanks)
    missing: Doc = ""
    if node.if_missing is not None:
        missing = hanging(("if missing ", expression(node.if_missing)), "  ")
    return (node.name.text.ljust(name_width), " : ", type_and_shape(node), note, missing)


def type_width(node: nodes.Datum) -> int:
    """How wide the type is on one line."""
    return len(flat(type_and_shape(node)))


def currency(node: nodes.CurrencySection) -> Doc:
    """``currency EUR also SEK, USDC with 6 decimals``."""
    first, *others = node.units
    return (
        f"currency {currency_unit(first)}",
        hanging(("also ", listed([currency_unit(unit) for unit in others], starts(others)))) if others else "",
    )


def currency_unit(node: nodes.CurrencyUnit) -> str:
    """``EUR`` or ``USDC with 6 decimals``."""
    return name(node.code) if node.decimals is None else f"{name(node.code)} with {node.decimals.digits} decimals"


def holidays(node: nodes.HolidaysSection) -> Doc:
    """``holidays 2018-12-25, 2018-12-26``."""
    return ("holidays ", listed([day.text for day in node.days], starts(node.days)))


def segments(node: nodes.SegmentsSection) -> Doc:
    """``segments energy, financials``."""
    return ("segments ", names(node.names))


def party(node: nodes.PartySection) -> str:
    """``party insurer "Default insurance"``."""
    return titled(f"party {name(node.name)}", node.title)


def define(node: nodes.DefineSection) -> Doc:
    """``define fund as E``, the note and the citation on lines of their own."""
    value = expression(node.value, opens_line=True)
    extras = [] if node.note is None else [quoted(node.note)]
    extras += [] if node.cite is None else [cite(node.cite)]
    return (f"define {name(node.name)} as", hanging(value), Nest(tuple((Break(), extra) for extra in extras)))
