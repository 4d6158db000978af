"""Which fields are asked now and which of them are needed, by what is filled in already.

`x-show-if` names fields and the values that they must have, all of them together: `{"kind": ["new", "again"]}`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from jsonschema import Draft202012Validator

from dinh.web.schema_forms.words import is_group

type Schema = Mapping[str, Any]

SHOW: Final = "x-show-if"
EMPTY: Final[tuple[Any, ...]] = ("", None, [], {})


def condition_holds(condition: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
    for name, wanted in condition.items():
        wanted = wanted if isinstance(wanted, list) else [wanted]
        held = values.get(name)
        if not any(one in wanted for one in (held if isinstance(held, list) else [held])):
            return False
    return True


def shown(schema: Schema, values: Mapping[str, Any]) -> frozenset[str]:
    """The fields that are asked; what hangs on a field that is not asked is not asked either."""
    found: set[str] = set()
    for name, part in schema.get("properties", {}).items():
        condition = part.get(SHOW) or {}
        if all(other in found for other in condition) and condition_holds(condition, values):
            found.add(name)
    return frozenset(found)


def pruned(schema: Schema, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values that count: of fields that are asked, without empty ones, in groups too."""
    asked = shown(schema, values)
    kept: dict[str, Any] = {}
    for name, part in schema.get("properties", {}).items():
        value = values.get(name)
        if name not in asked:
            continue
        if is_group(part) and isinstance(value, list):
            rows = [pruned(part["items"], row) for row in value if isinstance(row, Mapping)]
            value = [row for row in rows if row]
        if value not in EMPTY:
            kept[name] = value
    return kept


def needed(schema: Schema, values: Mapping[str, Any]) -> frozenset[str]:
    """The names that the schema requires with these values."""
    found = set(schema.get("required", ()))
    for name, others in schema.get("dependentRequired", {}).items():
        if name in values:
            found.update(others)
    for part in schema.get("allOf", ()):
        found |= needed(part, values)
    if "if" in schema:
        branch = "then" if Draft202012Validator(schema["if"]).is_valid(dict(values)) else "else"
        if branch in schema:
            found |= needed(schema[branch], values)
    return frozenset(found)
