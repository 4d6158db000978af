"""Forms of what a department sets."""

from __future__ import annotations

import calendar as months
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from dinh.engines.working_time.calendar import Calendar
from dinh.kernel.manifests import CaseTypeSpec
from dinh.spine.cases.api import CalendarDayRow, EscalationRow, WeekRow
from dinh.spine.parties.api import PartyRow
from dinh.spine.places.api import PlaceRow

USES: Final = (
    ("comment", _("Comment")),
    ("ask", _("Question to the requester")),
    ("answer", _("Reply to the requester")),
    ("close", _("Reason for ending")),
)
WEEKDAYS: Final = (
    ("0", _("Monday")), ("1", _("Tuesday")), ("2", _("Wednesday")), ("3", _("Thursday")), ("4", _("Friday")),
    ("5", _("Saturday")), ("6", _("Sunday")),
)  # fmt: skip
STEP_NAMES: Final = {"duty": _("whoever is on duty"), "leaders": _("the leaders"), "above": _("the organisation above")}


def _choose(form: forms.Form, name: str, choices: Sequence[Any]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = list(choices)


class Routing(forms.Form):
    what = forms.ChoiceField(label=_("Cases"), required=False)
    place = forms.ChoiceField(label=_("Place"), required=False)
    organisation = forms.ChoiceField(label=_("Go to"))
    note = forms.CharField(label=_("Note"), required=False, max_length=300)

    def __init__(
        self,
        *arguments: Any,
        types: Sequence[CaseTypeSpec],
        communes: Sequence[PlaceRow],
        offices: Sequence[PartyRow],
        everywhere: bool,
        **options: Any,
    ) -> None:
        super().__init__(*arguments, **options)
        language = get_language() or "vi"
        what: list[tuple[str, Any]] = [("", _("All kinds"))]
        for spec in types:
            what.append((spec.code, spec.name.in_(language)))
            what += [
                (f"{spec.code}/{category.code}", f"{spec.name.in_(language)} · {category.name.in_(language)}")
                for category in spec.categories
            ]
        _choose(self, "what", what)
        first = [("", _("All places"))] if everywhere else [("", _("Choose a place"))]
        _choose(self, "place", [*first, *((row.urn, row.name(language)) for row in communes)])
        _choose(
            self,
            "organisation",
            [("", _("Choose an organisation")), *((row.urn, row.name(language)) for row in offices)],
        )


class Shift(forms.Form):
    person = forms.ChoiceField(label=_("Who"))
    starts_at = forms.DateTimeField(label=_("From"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}))
    ends_at = forms.DateTimeField(label=_("Until"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}))

    def __init__(self, *arguments: Any, people: Sequence[PartyRow], **options: Any) -> None:
        super().__init__(*arguments, **options)
        language = get_language() or "vi"
        _choose(self, "person", [("", _("Choose a person")), *((row.urn, row.name(language)) for row in people)])


class Chain(forms.Form):
    """One step a line: minutes past the deadline, then whom."""

    steps = forms.CharField(
        label=_("Steps"),
        required=False,
        max_length=2000,
        help_text=_(
            "One a line: minutes past the deadline and duty, leaders, above or a name’s URN. Empty: what holds for all."
        ),
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
    )

    def clean_steps(self) -> list[tuple[str, int]]:
        found = []
        for number, line in enumerate(self.cleaned_data["steps"].splitlines(), start=1):
            if not line.strip():
                continue
            minutes, _gap, to = line.strip().partition(" ")
            if not (minutes.isascii() and minutes.isdigit() and len(minutes) < 7 and to.strip()):
                raise ValidationError(
                    _("Line %(number)s: write minutes, a blank, and whom, like “60 leaders”."),
                    params={"number": number},
                )
            found.append((to.strip()[:160], int(minutes)))
        return found


def chain_text(steps: Sequence[EscalationRow]) -> str:
    return "\n".join(f"{step.after_minutes} {step.to}" for step in steps)


class Template(forms.Form):
    organisation = forms.ChoiceField(label=_("For whom"), required=False)
    type = forms.ChoiceField(label=_("Kind"), required=False)
    use = forms.ChoiceField(label=_("For what"), choices=USES)
    title = forms.CharField(label=_("Title"), max_length=120)
    text_vi = forms.CharField(
        label=_("Text in Vietnamese"),
        max_length=10_000,
        help_text=_("{number}, {title}, {place} and {due} stand for the case’s own."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    text_en = forms.CharField(
        label=_("Text in English"), required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(
        self, *arguments: Any, types: Sequence[CaseTypeSpec], offices: Sequence[PartyRow], **options: Any
    ) -> None:
        super().__init__(*arguments, **options)
        language = get_language() or "vi"
        _choose(self, "organisation", [("", _("Everybody")), *((row.urn, row.name(language)) for row in offices)])
        _choose(self, "type", [("", _("All kinds")), *((spec.code, spec.name.in_(language)) for spec in types)])


class CalendarDay(forms.Form):
    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}))
    how = forms.ChoiceField(
        label=_("What it is"),
        choices=[("off", _("Off")), ("work", _("Worked all the same")), ("law", _("As the law and the week say"))],
    )
    name_vi = forms.CharField(label=_("Name in Vietnamese"), max_length=200, required=False)
    name_en = forms.CharField(label=_("Name in English"), max_length=200, required=False)


class Week(forms.Form):
    hours = forms.CharField(label=_("Hours"), max_length=100, help_text=_("Like 07:30–11:30, 13:30–17:00"))
    weekdays = forms.MultipleChoiceField(label=_("Days"), choices=WEEKDAYS, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *arguments: Any, week: WeekRow, **options: Any) -> None:
        spans = ", ".join(f"{start:%H:%M}–{end:%H:%M}" for start, end in week.hours)
        options["initial"] = {"hours": spans, "weekdays": [str(day) for day in sorted(week.weekdays)]}
        super().__init__(*arguments, **options)

    def clean_hours(self) -> tuple[tuple[time, time], ...]:
        spans = []
        for part in self.cleaned_data["hours"].replace("-", "–").split(","):
            start, _dash, end = part.strip().partition("–")
            try:
                spans.append((time.fromisoformat(start.strip()), time.fromisoformat(end.strip())))
            except ValueError as error:
                raise ValidationError(
                    _("“%(part)s” is no span of hours; write it like 07:30–11:30."), params={"part": part.strip()}
                ) from error
        return tuple(spans)


@dataclass(frozen=True, slots=True)
class Square:
    """A day in the calendar of a year; `number` 0 is a blank."""

    number: int
    open: bool
    row: CalendarDayRow | None


def months_of(
    year: int, calendar: Calendar, named: Mapping[date, CalendarDayRow]
) -> Sequence[tuple[int, Sequence[Sequence[Square]]]]:
    """Twelve months of weeks from Monday to Sunday."""
    return [
        (
            month,
            [
                [
                    Square(0, False, None)
                    if not number
                    else Square(
                        number, calendar.is_open_on(date(year, month, number)), named.get(date(year, month, number))
                    )
                    for number in week
                ]
                for week in months.Calendar().monthdayscalendar(year, month)
            ],
        )
        for month in range(1, 13)
    ]
