"""What is wrong with values, each fault at its field and in the words of the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError

from dinh.kernel import clock
from dinh.kernel.vietnamese_text import format_date
from dinh.web.schema_forms.words import in_vietnamese, is_group, title_of

type Schema = Mapping[str, Any]

TODAY: Final = "today"


def faults_of(schema: Schema, values: Mapping[str, Any]) -> dict[str, str]:
    """By field, as the form calls it (`children-0-name` in a group). Empty: the schema accepts the values."""
    found: dict[str, str] = {}
    validator = Draft202012Validator(dict(schema), format_checker=FormatChecker())
    for error in sorted(validator.iter_errors(dict(values)), key=_order):
        for name in _names(error):
            found.setdefault(name, _in_words(error))
    for name, said in _by_day(schema, values, ""):
        found.setdefault(name, said)
    return found


def _order(error: ValidationError) -> tuple[int, str]:
    return (0 if error.validator == "required" else 1, str(error.json_path))


def _names(error: ValidationError) -> list[str]:
    path = [str(step) for step in error.absolute_path]
    schema = error.schema if isinstance(error.schema, dict) else {}
    if error.validator == "required" and isinstance(error.instance, dict):
        missing = [name for name in schema.get("required", ()) if name not in error.instance]
        return ["-".join([*path, name]) for name in missing if f"'{name}'" in error.message]
    if error.validator == "dependentRequired" and isinstance(error.instance, dict):
        wanted = [
            other for name, others in schema["dependentRequired"].items() if name in error.instance for other in others
        ]
        return ["-".join([*path, name]) for name in wanted if name not in error.instance]
    if error.validator in ("additionalProperties", "unevaluatedProperties") and isinstance(error.instance, dict):
        return ["-".join([*path, name]) for name in error.instance if f"'{name}'" in error.message] or ["*"]
    return ["-".join(path)] if path else ["*"]


def _in_words(error: ValidationError) -> str:
    part = error.schema if isinstance(error.schema, dict) else {}
    bound: Any = error.validator_value
    match error.validator:
        case "required" | "dependentRequired":
            return _("Fill this in.")
        case "pattern":
            own = part.get("x-pattern-text" if in_vietnamese() else "x-pattern-text-en")
            return str(own) if own else _("This is not written as it should be.")
        case "minLength":
            return ngettext("Write at least %(n)d letter.", "Write at least %(n)d letters.", bound) % {"n": bound}
        case "maxLength":
            return ngettext("Write at most %(n)d letter.", "Write at most %(n)d letters.", bound) % {"n": bound}
        case "minimum" | "exclusiveMinimum":
            return _("The least is %(n)s.") % {"n": bound}
        case "maximum" | "exclusiveMaximum":
            return _("The most is %(n)s.") % {"n": bound}
        case "enum":
            return _("Choose one of the answers.")
        case "const":
            return _("This has to be agreed to.") if bound is True else _("Choose one of the answers.")
        case "minItems":
            return ngettext("At least %(n)d is needed.", "At least %(n)d are needed.", bound) % {"n": bound}
        case "maxItems":
            return ngettext("At most %(n)d fits here.", "At most %(n)d fit here.", bound) % {"n": bound}
        case "format" if bound == "date":
            return _("This is no day; write it like 27/11/2026.")
        case "format" if bound == "email":
            return _("This is no e-mail address.")
        case "type" if bound == "integer":
            return _("Write a whole number.")
        case "type" if bound == "number":
            return _("Write a number.")
        case "additionalProperties" | "unevaluatedProperties":
            return _("The form does not ask for this.")
    return _("This is not written as it should be.")


def _by_day(schema: Schema, values: Mapping[str, Any], before: str) -> Iterator[tuple[str, str]]:
    """Days that lie on the wrong side of today or of another field: nothing that JSON Schema can say."""
    properties = schema.get("properties", {})
    for name, part in properties.items():
        value = values.get(name)
        if is_group(part) and isinstance(value, list):
            for number, row in enumerate(value):
                if isinstance(row, Mapping):
                    yield from _by_day(part["items"], row, f"{before}{name}-{number}-")
            continue
        day = _day(value)
        if day is None:
            continue
        for key, late in (("x-not-after", True), ("x-not-before", False)):
            other = part.get(key)
            edge = clock.today() if other == TODAY else _day(values.get(other)) if other else None
            if edge is None or (day <= edge if late else day >= edge):
                continue
            told = format_date(edge, "vi" if in_vietnamese() else "en")
            known = {"day": told, "field": "" if other == TODAY else title_of(str(other), properties.get(other, {}))}
            if other == TODAY:
                yield (
                    before + name,
                    (_("It cannot lie after today, %(day)s.") if late else _("It cannot lie before today, %(day)s."))
                    % known,
                )
            else:
                yield (
                    before + name,
                    (
                        _("It cannot lie after “%(field)s”, %(day)s.")
                        if late
                        else _("It cannot lie before “%(field)s”, %(day)s.")
                    )
                    % known,
                )


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
