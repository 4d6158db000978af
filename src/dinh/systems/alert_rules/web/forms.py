"""The form of a rule, by kind, and of a window of maintenance."""

from __future__ import annotations

import math
import re
import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from dinh.kernel.clock import VIETNAM
from dinh.kernel.errors import DinhError
from dinh.kernel.manifests import RuleSpec, Severity, Text, registry
from dinh.kernel.specs import RuleKind
from dinh.kernel.vietnamese_text import fold, format_number
from dinh.spine.observations import api as observations
from dinh.spine.places import api as places
from dinh.web.templatetags.dinh import severity_name

MINUTE: Final = timedelta(minutes=1)
CONDITIONS: Final = 4
DAYS: Final = [
    (0, _("Monday")), (1, _("Tuesday")), (2, _("Wednesday")), (3, _("Thursday")), (4, _("Friday")), (5, _("Saturday")),
    (6, _("Sunday")),
]  # fmt: skip


def _language() -> str:
    return get_language() or "vi"


class Number(forms.CharField):
    """A number as people write it: «1,8», “1.8”, «1.234,5»."""

    def to_python(self, value: Any) -> Any:
        text = str(super().to_python(value) or "").replace(" ", "").replace(" ", "").replace("−", "-")
        if not text:
            return None
        if "," in text:
            text = (
                text.replace(".", "").replace(",", ".") if text.rfind(",") > text.rfind(".") else text.replace(",", "")
            )
        try:
            found = float(text)
        except ValueError:
            found = math.nan
        if not math.isfinite(found):
            raise forms.ValidationError(_("Write a number, like 1,8 or 250."))
        return found

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, float):
            text = format_number(value, 6, _language())
            mark = "," if _language().startswith("vi") else "."
            return text.rstrip("0").rstrip(mark) if mark in text else text
        return value

    def validate(self, value: Any) -> None:
        if value is None and self.required:
            raise forms.ValidationError(self.error_messages["required"], code="required")

    def run_validators(self, value: Any) -> None:
        return


def _minutes(label: Any, *, required: bool, help_text: Any = "", least: int = 0) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, required=required, min_value=least, max_value=44_640, help_text=help_text,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip


def indicator_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    groups: dict[str, list[tuple[str, str]]] = {}
    for spec in observations.indicators():
        groups.setdefault(spec.domain.in_(_language()), []).append((spec.code, spec.name.in_(_language())))
    return sorted(groups.items())


def place_choices() -> list[tuple[str, Any]]:
    try:
        rows = sorted(places.area(str(settings.AREA)), key=lambda row: fold(row.name_vi))
    except DinhError:
        rows = []
    area = places.places([str(settings.AREA)]).get(str(settings.AREA))
    whole = [(area.urn, area.name(_language()))] if area else []
    return whole + [(row.urn, row.full_name_vi or row.name_vi) for row in rows]


class RuleForm(forms.Form):
    """The fields of one kind. `spec` gives what they hold at first; the code stays with the rule."""

    name_vi = forms.CharField(label=_("Name in Vietnamese"), max_length=200)
    name_en = forms.CharField(label=_("Name in English"), max_length=200)
    indicator = forms.ChoiceField(label=_("Indicator"))
    severity = forms.ChoiceField(label=_("Severity"))

    def __init__(self, kind: RuleKind, *args: Any, spec: RuleSpec | None = None, **more: Any) -> None:
        if spec is not None:
            more.setdefault("initial", _initial(spec))
        super().__init__(*args, **more)
        self.kind, self.spec = kind, spec
        choices = [("", "–"), *indicator_choices()]
        fields = self.fields
        _choose(fields["indicator"], choices)
        _choose(fields["severity"], [(one.value, severity_name(one.value)) for one in Severity])
        self._add_measure(choices)
        if kind is not RuleKind.MISSING:
            fields["lasting"] = _minutes(_("For at least, minutes"), required=False, help_text=_("0 fires at once."))
        fields["within"] = forms.ChoiceField(
            label=_("Only in"), required=False, choices=[("", _("everywhere")), *place_choices()]
        )
        kinds = [(one.code, one.name.in_(_language())) for one in registry.case_types()]
        fields["case_type"] = forms.ChoiceField(
            label=_("Opens a case of the kind"), required=False, choices=[("", _("no case by itself")), *kinds]
        )
        time = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
        fields["from_time"] = forms.TimeField(label=_("Fires only from"), required=False, widget=time)
        fields["until_time"] = forms.TimeField(label=_("until"), required=False, widget=time)
        fields["weekdays"] = forms.TypedMultipleChoiceField(
            label=_("Only on"), required=False, coerce=int, choices=DAYS, widget=forms.CheckboxSelectMultiple
        )

    def _add_measure(self, choices: list[Any]) -> None:
        fields, kind = self.fields, self.kind
        if kind in {RuleKind.THRESHOLD, RuleKind.RATE}:
            fields["side"] = forms.ChoiceField(
                label=_("Fires when the value is") if kind is RuleKind.THRESHOLD else _("Fires when the change is"),
                choices=[("above", _("above")), ("below", _("below"))],
            )
            fields["limit"] = Number(label=_("Limit"))
            fields["clear_at"] = Number(
                label=_("Ends at"),
                required=False,
                help_text=_("Farther back than the limit, so that it does not flicker."),
            )
        if kind is RuleKind.RATE:
            fields["per"] = _minutes(_("Change in, minutes"), required=True, least=1)
            fields["window"] = _minutes(_("Taken over, minutes"), required=True, least=1)
        if kind is RuleKind.MISSING:
            fields["silent"] = _minutes(_("Silent for, minutes"), required=True, least=1)
        if kind is RuleKind.UNUSUAL:
            fields["limit"] = Number(label=_("Times the usual spread"))
            fields["clear_at"] = Number(label=_("Ends at"), required=False)
            fields["unusual_side"] = forms.ChoiceField(
                label=_("Counts"),
                choices=[("both", _("higher and lower")), ("high", _("only higher")), ("low", _("only lower"))],
            )
            fields["weeks"] = forms.IntegerField(label=_("Learnt from the last weeks"), min_value=1, max_value=26)
            fields["least_days"] = forms.IntegerField(
                label=_("Days needed at least"), min_value=2, max_value=182,
                help_text=_("With fewer days nothing is called unusual."),
            )  # fmt: skip
            fields["weekly"] = forms.BooleanField(label=_("Each day of the week has its own usual day"), required=False)
        if kind is RuleKind.COMBINATION:
            fields["join"] = forms.ChoiceField(
                label=_("Fires when"), choices=[("all", _("all of these hold")), ("any", _("one of these holds"))]
            )
            for number in range(CONDITIONS):
                fields[f"c{number}_indicator"] = forms.ChoiceField(
                    label=_("Condition"), required=number == 0, choices=choices
                )
                fields[f"c{number}_side"] = forms.ChoiceField(
                    label=_("is"), required=False,
                    choices=[("above", _("above")), ("below", _("below")), ("not_above", _("not above")),
                             ("not_below", _("not below"))],
                )  # fmt: skip
                fields[f"c{number}_limit"] = Number(label=_("Limit"), required=number == 0)
            fields["window"] = _minutes(_("Within, minutes"), required=True, least=1)
            fields["at"] = forms.ChoiceField(
                label=_("Measured on"), choices=[("subject", _("the same thing")), ("commune", _("the same commune"))]
            )

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if (found.get("from_time") is None) != (found.get("until_time") is None):
            self.add_error("until_time", _("Give both times or neither."))
        if self.kind is RuleKind.COMBINATION:
            for number in range(1, CONDITIONS):
                if found.get(f"c{number}_indicator") and found.get(f"c{number}_limit") is None:
                    self.add_error(f"c{number}_limit", _("Write a number, like 1,8 or 250."))
        return found

    def draft(self) -> RuleSpec:
        """The rule as written; of a valid form."""
        data = self.cleaned_data
        options: dict[str, Any] = {}
        if self.kind in {RuleKind.THRESHOLD, RuleKind.RATE}:
            options |= {data["side"]: data["limit"], "clear_at": data["clear_at"]}
        if self.kind is RuleKind.RATE:
            options |= {"per": data["per"] * MINUTE, "window": data["window"] * MINUTE}
        if self.kind is RuleKind.MISSING:
            options["silent_for"] = data["silent"] * MINUTE
        if self.kind is RuleKind.UNUSUAL:
            options |= {"above": data["limit"], "clear_at": data["clear_at"], "side": data["unusual_side"]}
            options |= {name: data[name] for name in ("weeks", "least_days", "weekly")}
        if self.kind is RuleKind.COMBINATION:
            options |= {"conditions": self._conditions(), "window": data["window"] * MINUTE, "at": data["at"]}
        hours = None
        if data.get("from_time") is not None and data.get("until_time") is not None:
            hours = (_of_day(data["from_time"]), _of_day(data["until_time"]))
        draft = RuleSpec(
            code=self.spec.code if self.spec else _code(data["name_en"]),
            indicator=data["indicator"],
            name=Text(data["name_vi"], data["name_en"]),
            severity=Severity(data["severity"]),
            kind=self.kind,
            lasting=(data.get("lasting") or 0) * MINUTE,
            case_type=data["case_type"] or None,
            within=data["within"] or None,
            hours=hours,
            weekdays=tuple(data["weekdays"]),
            **options,
        )
        return replace(draft, subjects=self.spec.subjects) if self.spec else draft

    def _conditions(self) -> dict[str, Any]:
        data = self.cleaned_data
        leaves: list[dict[str, Any]] = []
        for number in range(CONDITIONS):
            code = data[f"c{number}_indicator"]
            if code:
                side = data[f"c{number}_side"] or "above"
                leaf = {"indicator": code, side.removeprefix("not_"): data[f"c{number}_limit"]}
                leaves.append({"not": leaf} if side.startswith("not_") else leaf)
        return {data["join"]: leaves}


def _choose(field: forms.Field, choices: list[Any]) -> None:
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


def _of_day(time: Any) -> int:
    return int(time.hour * 60 + time.minute)


def _code(name: str) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", fold(name)).strip("-")[:40] or "rule"
    return f"own.{slug}-{secrets.token_hex(3)}"


def _time(minute: int) -> str:
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}"


def _whole(value: timedelta | None, otherwise: int) -> int:
    return otherwise if value is None else round(value / MINUTE)


def editable(spec: RuleSpec) -> bool:
    """Whether the form can hold the whole rule."""
    if spec.kind is not RuleKind.COMBINATION:
        return True
    return _flat(spec.conditions or {}) is not None


def _flat(tree: Mapping[str, Any]) -> tuple[str, list[tuple[str, str, float]]] | None:
    if "indicator" in tree:
        tree = {"all": [tree]}
    join = "all" if "all" in tree else "any" if "any" in tree else None
    if join is None or len(tree[join]) > CONDITIONS:
        return None
    found = []
    for node in tree[join]:
        leaf = node.get("not", node)
        if "indicator" not in leaf:
            return None
        side = "above" if leaf.get("above") is not None else "below"
        found.append((leaf["indicator"], f"not_{side}" if "not" in node else side, float(leaf[side])))
    return join, found


def _initial(spec: RuleSpec) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name_vi": spec.name.vi,
        "name_en": spec.name.en,
        "indicator": spec.indicator,
        "severity": spec.severity.value,
        "side": "above" if spec.below is None else "below",
        "limit": spec.above if spec.below is None else spec.below,
        "clear_at": spec.clear_at,
        "lasting": _whole(spec.lasting, 0),
        "per": _whole(spec.per, 60),
        "window": _whole(spec.window, 30 if spec.kind is RuleKind.COMBINATION else 60),
        "silent": _whole(spec.silent_for, 60),
        "unusual_side": spec.side,
        "weeks": spec.weeks,
        "least_days": spec.least_days,
        "weekly": spec.weekly,
        "within": spec.within or "",
        "case_type": spec.case_type or "",
        "weekdays": [str(day) for day in spec.weekdays],
        "at": spec.at,
    }
    if spec.silent_for is None and spec.kind is RuleKind.MISSING:
        period = next((row.period for row in observations.indicators() if row.code == spec.indicator), None)
        found["silent"] = _whole((spec.periods or 3) * (period or timedelta(hours=1)), 60)
    if spec.hours is not None:
        found |= {"from_time": _time(spec.hours[0]), "until_time": _time(spec.hours[1])}
    flat = _flat(spec.conditions) if spec.conditions else None
    if flat is not None:
        found["join"] = flat[0]
        for number, (code, side, limit) in enumerate(flat[1]):
            found |= {f"c{number}_indicator": code, f"c{number}_side": side, f"c{number}_limit": limit}
    return found


FIRST: Final[Mapping[RuleKind, Mapping[str, Any]]] = {
    RuleKind.THRESHOLD: {},
    RuleKind.MISSING: {"silent": 60},
    RuleKind.RATE: {"per": 60, "window": 60},
    RuleKind.UNUSUAL: {"limit": 5.0, "clear_at": 3.0, "weeks": 4, "least_days": 7, "unusual_side": "both"},
    RuleKind.COMBINATION: {"window": 30, "join": "all", "at": "subject"},
}


class MaintenanceForm(forms.Form):
    place = forms.ChoiceField(label=_("In"), required=False)
    source = forms.ChoiceField(label=_("Source"), required=False)
    rule = forms.ChoiceField(label=_("Rule"), required=False)
    subject = forms.CharField(
        label=_("Station or thing (its name in Đình)"), required=False, max_length=160,
        widget=forms.TextInput(attrs={"placeholder": "urn:dinh:asset:…"}),
    )  # fmt: skip
    from_at = forms.CharField(label=_("From"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}))
    until_at = forms.CharField(label=_("Until"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}))
    weekly = forms.BooleanField(label=_("Again every week at these hours"), required=False)
    reason = forms.CharField(label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        _choose(self.fields["place"], [("", "–"), *place_choices()])
        rows = [(row.code, row.name(_language())) for row in observations.sources()]
        _choose(self.fields["source"], [("", "–"), *rows])
        rules = [(row.code, row.name.in_(_language())) for row in observations.rules()]
        _choose(self.fields["rule"], [("", "–"), *rules])

    def clean_from_at(self) -> datetime:
        return _moment(self.cleaned_data["from_at"])

    def clean_until_at(self) -> datetime:
        return _moment(self.cleaned_data["until_at"])


def _moment(text: str) -> datetime:
    """What a browser's field of date and time gives, in Vietnam."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise forms.ValidationError(_("Write date and time like 2026-11-26T08:00.")) from error
    return found if found.tzinfo is not None else found.replace(tzinfo=VIETNAM)
