"""The form of a page: its fields with what is filled in, faults at their fields, groups that repeat.

A form is read and drawn apart: `given` takes what a browser sent, faults come from the schema alone, and the page is drawn
from the values, so that what cannot be right yet is kept and shown as it was typed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict
from django.http import QueryDict

from dinh.kernel.vietnamese_text import nfc
from dinh.web.schema_forms import logic
from dinh.web.schema_forms.fields import begun, field_for, plain
from dinh.web.schema_forms.words import help_of, is_group, title_of

type Schema = Mapping[str, Any]

MOST_ROWS: Final = 50
SHOWN: Final = "_shown"
"""A hidden field: what the form asked when it was sent, so that questions that an answer brings up are asked too."""


@dataclass(frozen=True, slots=True)
class Group:
    """A repeated group: a form a row."""

    name: str
    title: str
    help: str
    rows: Sequence[SchemaForm]
    error: str
    may_add: bool
    may_drop: bool


@dataclass(frozen=True, slots=True)
class Part:
    """What a page draws in turn: a field or a group, and the condition that shows it."""

    name: str
    field: forms.BoundField | None
    group: Group | None
    condition: str
    """JSON for the page's script; '' where it is always asked."""
    hidden: bool


class SchemaForm(forms.Form):
    """`names` are those of the page; `values` all that is filled in, of other pages too."""

    use_required_attribute = False

    def __init__(
        self,
        schema: Schema,
        names: Sequence[str],
        values: Mapping[str, Any],
        *,
        faults: Mapping[str, str] | None = None,
        prefix: str | None = None,
        rows: Mapping[str, int] | None = None,
    ) -> None:
        """`rows` asks for so many rows of a group, empty ones too."""
        properties = schema.get("properties", {})
        self.names = [name for name in names if name in properties]
        initial = {name: begun(properties[name], values.get(name)) for name in self.names}
        super().__init__(initial=initial, prefix=prefix)
        self._schema, self._values, self._faults = schema, values, dict(faults or {})
        self._asked = logic.shown(schema, values)
        wanted = logic.needed(schema, logic.pruned(schema, values))
        self._groups: dict[str, Group] = {}
        for name in self.names:
            part = properties[name]
            if is_group(part):
                self._groups[name] = self._group(name, part, (rows or {}).get(name, 0))
            else:
                self.fields[name] = field_for(name, part, needed=name in wanted or self._always(name, part))

    def _always(self, name: str, part: Schema) -> bool:
        """A field that is hidden now and will be needed once it is shown is not called optional meanwhile."""
        condition = part.get(logic.SHOW)
        if not condition:
            return False
        as_if = {other: (value[0] if isinstance(value, list) else value) for other, value in condition.items()}
        return name in logic.needed(self._schema, {**logic.pruned(self._schema, self._values), **as_if})

    def _group(self, name: str, part: Schema, wanted: int) -> Group:
        held = self._values.get(name)
        filled = [row if isinstance(row, Mapping) else {} for row in held] if isinstance(held, list) else []
        most = min(int(part.get("maxItems", MOST_ROWS)), MOST_ROWS)
        count = min(most, max(len(filled), int(part.get("minItems", 0)), wanted, 1))
        inner = list(part["items"].get("properties", {}))
        forms_of_rows = []
        for number in range(count):
            before = f"{name}-{number}"
            faults = {
                path.removeprefix(f"{before}-"): said
                for path, said in self._faults.items()
                if path.startswith(f"{before}-")
            }
            row = filled[number] if number < len(filled) else {}
            forms_of_rows.append(SchemaForm(part["items"], inner, row, faults=faults, prefix=before))
        return Group(
            name,
            title_of(name, part),
            help_of(part),
            forms_of_rows,
            self._faults.get(name, ""),
            count < most,
            count > 1,
        )

    def full_clean(self) -> None:
        """Faults come from the schema; Django's own checks of a value would say the same a second time."""
        self._errors = ErrorDict(renderer=self.renderer)
        self.cleaned_data = {}
        for name, said in self._faults.items():
            if name in self.fields:
                self.add_error(name, said)

    @property
    def other_faults(self) -> Sequence[str]:
        """Those that no field of this page can show."""
        return [said for name, said in self._faults.items() if name == "*"]

    @property
    def parts(self) -> Iterator[Part]:
        properties = self._schema.get("properties", {})
        for name in self.names:
            condition = properties[name].get(logic.SHOW)
            near = {other: value for other, value in (condition or {}).items() if other in self.names}
            told = json.dumps(near, ensure_ascii=False) if near else ""
            hidden = name not in self._asked
            if hidden and len(near) < len(condition or {}) and not self._elsewhere_holds(condition, near):
                continue
            field = self[name] if name in self.fields else None
            yield Part(name, field, self._groups.get(name), told, hidden)

    def _elsewhere_holds(self, condition: Mapping[str, Any], near: Mapping[str, Any]) -> bool:
        """Whether what hangs on other pages is so already; if not, nothing on this page can show the field."""
        far = {other: value for other, value in condition.items() if other not in near}
        return all(other in self._asked for other in far) and logic.condition_holds(far, self._values)

    @property
    def shown_names(self) -> str:
        return " ".join(part.name for part in self.parts if not part.hidden)


def given(
    schema: Schema, names: Sequence[str], sent: QueryDict | Mapping[str, Any], *, prefix: str = ""
) -> dict[str, Any]:
    """What a browser sent for these fields, as JSON; what is no number or day stays as it was typed, None is nothing."""
    properties = schema.get("properties", {})
    found: dict[str, Any] = {}
    for name in names:
        part = properties.get(name)
        if part is None:
            continue
        key = f"{prefix}{name}"
        if is_group(part):
            inner = list(part["items"].get("properties", {}))
            rows = [
                given(part["items"], inner, sent, prefix=f"{key}-{number}-") for number in _numbers(sent, key, part)
            ]
            found[name] = [{sub: value for sub, value in row.items() if value not in logic.EMPTY} for row in rows]
            continue
        found[name] = _value(part, name, sent, key)
    return found


def _numbers(sent: Mapping[str, Any], key: str, part: Schema) -> list[int]:
    form = re.compile(re.escape(key) + r"-(\d{1,2})-")
    numbers = {int(found[1]) for name in sent if (found := form.match(name))}
    return sorted(numbers)[: min(int(part.get("maxItems", MOST_ROWS)), MOST_ROWS)]


def _value(part: Schema, name: str, sent: QueryDict | Mapping[str, Any], key: str) -> Any:
    field = field_for(name, part, needed=False)
    raw = field.widget.value_from_datadict(sent, {}, key)
    if isinstance(raw, list):
        raw = [one.replace("\x00", "") for one in raw]
    if isinstance(raw, str):
        raw = "\n".join(nfc(line) for line in raw.replace("\x00", "").splitlines()).strip()[:20_000]
    if raw in field.empty_values and raw is not False:
        return None
    try:
        value = plain(field.clean(raw))
    except ValidationError:
        return raw if isinstance(raw, str | list) else None
    if value is False and part.get("x-widget") == "checkbox":
        return None  # a box that is not ticked says nothing
    if "enum" in part:
        return next((one for one in part["enum"] if str(one) == value), value)
    return value
