"""Forms: who reports what, for which places, when."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from dinh.kernel import clock
from dinh.kernel.errors import Conflict, Invalid, NotFound
from dinh.spine.observations import api as observations
from dinh.spine.observations.api import reported
from dinh.spine.parties import api as parties
from dinh.systems.reporting import queries
from dinh.systems.reporting.web.lists import period_names
from dinh.web.requests import actor, permission
from dinh.web.words import told


class Form(forms.Form):
    code = forms.SlugField(label=_("Code"), max_length=64)
    name_vi = forms.CharField(label=_("Name in Vietnamese"), max_length=200)
    name_en = forms.CharField(label=_("Name in English"), max_length=200)
    organisation = forms.ChoiceField(label=_("Organisation"))
    place = forms.ChoiceField(label=_("Area"), help_text=_("Whoever may approve there approves its returns."))
    of_places = forms.MultipleChoiceField(label=_("Places, one row each"))
    columns = forms.MultipleChoiceField(label=_("Indicators, one column each"))
    period = forms.ChoiceField(label=_("Period"))
    due_days = forms.IntegerField(
        label=_("Due so many days after the period's end"), min_value=0, max_value=180, initial=5
    )
    first_day = forms.DateField(
        label=_("From which day on"), initial=clock.today, widget=forms.DateInput(attrs={"type": "date"})
    )
    change_percent = forms.FloatField(
        label=_("Ask about changes of more than so many per cent"), min_value=0, required=False, initial=50
    )
    z_score = forms.FloatField(
        label=_("Ask about figures that many standard deviations off"), min_value=0, required=False, initial=3
    )

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        language = get_language() or "vi"
        spots = [(row.urn, row.name(language)) for row in queries.area_places()]
        formulas = {row.code for row in reported.formulas()}
        choices: dict[str, Any] = {
            "organisation": [(row.urn, row.name(language)) for row in parties.organisations()],
            "place": spots,
            "of_places": spots,
            "columns": [
                (spec.code, f"{spec.name.in_(language)} · {spec.code}")
                for spec in observations.indicators()
                if spec.code not in formulas
            ],
            "period": list(period_names().items()),
        }
        for name, values in choices.items():
            self.fields[name].choices = values  # type: ignore[attr-defined]


@require_safe
@permission("observations.manage")
def listing(request: HttpRequest) -> HttpResponse:
    rows = reported.assignments(actor=actor(request))
    offices = parties.parties({row.organisation for row in rows})
    names = period_names()
    context = {
        "tab": "forms",
        "rows": [(row, offices.get(row.organisation), names[row.period]) for row in rows],
    }
    return render(request, "reporting/forms.html", context)


@require_http_methods(["GET", "POST"])
@permission("observations.manage")
def new(request: HttpRequest) -> HttpResponse:
    form = Form(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if any(row.code == given["code"] for row in reported.assignments(actor=actor(request))):
            form.add_error("code", str(_("This code is taken.")))
        else:
            try:
                _declare(given, actor(request))
            except (Conflict, Invalid, NotFound) as error:
                form.add_error(None, told(error))
            else:
                messages.success(request, str(_("Saved. A return is opened for each period that is over.")))
                return redirect("reporting:forms")
    status = 422 if request.method == "POST" else 200
    return render(request, "reporting/new_form.html", {"tab": "forms", "form": form}, status=status)


def _declare(given: dict[str, Any], by: parties.Actor) -> None:
    first: date = given["first_day"]
    reported.save_assignment(
        code=given["code"],
        name_vi=given["name_vi"],
        name_en=given["name_en"],
        organisation=given["organisation"],
        place=given["place"],
        of_places=given["of_places"],
        columns=[{"indicator": code} for code in given["columns"]],
        period=given["period"],
        due_days=given["due_days"],
        first_day=first,
        change_percent=given["change_percent"],
        z_score=given["z_score"],
        by=by,
    )
    reported.open_returns()
