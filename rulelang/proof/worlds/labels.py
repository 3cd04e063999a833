"""The names of the variables of an event: no two values of one event share one, whatever ids its members have."""


def label(name: str, segment: str | None, member: str | None) -> str:
    """The name of a variable of an event."""
    inside = ".".join(part for part in (member, segment) if part is not None)
    return f"{name}[{plain_id(inside)}]" if inside else name


def plain_id(name: str) -> str:
    """An id as it stands in the name of a variable: what SMT-LIB has no names with, and no other id looks so."""
    return name.replace("%", "%25").replace("|", "%7C").replace("\\", "%5C")


def dealt_label(name: str, member: str, defaulter: str) -> str:
    """The name of the variable for what a field says of a member with a defaulter; an id may hold any words."""
    one, other = (plain_id(each).replace(" ", "%20") for each in (member, defaulter))
    return f"{name}[{one} with {other}]"
