"""The schemas of the package, each read and held against the standard once."""

import json
from functools import cache
from pathlib import Path

import jsonschema

import rulelang

SCHEMAS = Path(rulelang.__file__).with_name("schemas")


@cache
def validator(name: str) -> jsonschema.Draft202012Validator:
    """What says whether a value is as the schema of this name has it."""
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)
