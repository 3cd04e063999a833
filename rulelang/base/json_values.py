"""What JSON holds, as it is read from a file or written to one."""

from typing import Any

# Who reads or writes JSON knows by the key what stands there; a type of all that may stand would have to be narrowed
# at each step, and a type for each form would say its schema a second time.
JsonValue = Any
JsonObject = dict[str, Any]
