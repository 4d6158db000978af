"""Whether a schema can be drawn: what its author has to mend, each with its place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from dinh.web.schema_forms.logic import SHOW
from dinh.web.schema_forms.words import is_group

KINDS: Final = ("string", "integer", "number", "boolean", "array")


def unsound(schema: Mapping[str, Any]) -> list[str]:
    """Empty where nothing is wrong."""
    try:
        Draft202012Validator.check_schema(dict(schema))
    except SchemaError as error:
        return [f"{error.json_path}: {error.message[:200]}"]
    return [*_of_object(schema, ""), *_of_pages(schema)]


def _of_object(schema: Mapping[str, Any], before: str) -> Iterator[str]:
    if schema.get("type") != "object" or schema.get("additionalProperties") is not False:
        yield f"{before or '$'}: has to be an object with additionalProperties false"
    properties: Mapping[str, Any] = schema.get("properties", {})
    known: list[str] = []
    for name, part in properties.items():
        place = f"{before}{name}"
        if not name.replace("_", "").isalnum() or not name.isascii():
            yield f"{place}: a name has letters a to z, digits and _"
        for key in ("title", "title_en"):
            if not part.get(key):
                yield f"{place}: has no {key}"
        yield from _languages(place, part)
        condition = part.get(SHOW)
        if condition is not None:
            if not isinstance(condition, dict) or not condition:
                yield f"{place}: {SHOW} names fields and their values"
                condition = {}
            yield from (
                f"{place}: {SHOW} names '{other}', which does not stand before it"
                for other in condition
                if other not in known
            )
            if name in schema.get("required", ()):
                yield f"{place}: is hidden at times, so the schema cannot require it always; say it with if and then"
        for key in ("x-not-after", "x-not-before"):
            if key in part and part[key] != "today" and part[key] not in properties:
                yield f"{place}: {key} names '{part[key]}', which is no field"
        if is_group(part):
            if "maxItems" not in part:
                yield f"{place}: has no maxItems"
            yield from _of_object(part["items"], f"{place}.")
        known.append(name)


def _languages(place: str, part: Mapping[str, Any]) -> Iterator[str]:
    if part.get("description") and not part.get("description_en"):
        yield f"{place}: has no description_en"
    if "pattern" in part and not (part.get("x-pattern-text") and part.get("x-pattern-text-en")):
        yield f"{place}: says no x-pattern-text, x-pattern-text-en for its pattern"
    chosen = part.get("items", {}) if part.get("type") == "array" and not is_group(part) else part
    if "enum" in chosen:
        for key in ("x-names", "x-names-en"):
            lacking = [str(value) for value in chosen["enum"] if str(value) not in chosen.get(key, {})]
            if lacking:
                yield f"{place}: {key} lacks {', '.join(lacking)}"
    elif part.get("type") not in KINDS:
        yield f"{place}: its type is none of {', '.join(KINDS)}"
    if part.get("type") == "array" and not is_group(part) and "enum" not in chosen:
        yield f"{place}: a list has an enum or objects as items"
    if part.get("type") == "string" and "enum" not in part and "format" not in part and "maxLength" not in part:
        yield f"{place}: has no maxLength"


def _of_pages(schema: Mapping[str, Any]) -> Iterator[str]:
    declared = schema.get("x-pages")
    if declared is None:
        return
    for page in declared:
        for key in ("code", "title", "title_en", "fields"):
            if not page.get(key):
                yield f"x-pages: {page.get('code', '?')} has no {key}"
    counted = Counter(name for page in declared for name in page.get("fields", ()))
    names = set(schema.get("properties", {}))
    yield from (f"x-pages: '{name}' is no field" for name in counted if name not in names)
    yield from (f"x-pages: '{name}' stands on no page" for name in sorted(names - set(counted)))
    yield from (f"x-pages: '{name}' stands on {times} pages" for name, times in counted.items() if times > 1)
    order = [name for page in declared for name in page.get("fields", ())]
    if order != [name for name in schema.get("properties", {}) if name in counted]:
        yield "x-pages: the fields stand in another order than in properties"
