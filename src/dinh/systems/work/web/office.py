"""What a department sets for its work: routing, escalation, shifts, texts, the working calendar."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dinh.kernel import clock
from dinh.kernel.clock import VIETNAM
from dinh.kernel.errors import DinhError
from dinh.kernel.manifests import registry
from dinh.spine.cases import api as cases
from dinh.spine.parties import api as parties
from dinh.systems.work import queries
from dinh.systems.work.web import office_forms as forms
from dinh.web.requests import actor, permission
from dinh.web.words import told

SHIFTS_SHOWN: Final = timedelta(days=14)


def _offices() -> list[parties.PartyRow]:
    return sorted(parties.find_parties(kind="organisation", limit=1000), key=lambda row: row.name_vi)


def _saved(request: HttpRequest, form: Any, act: Callable[[dict[str, Any]], object], done: str) -> bool:
    """True where the form was sent, is right and was done; faults stand in the form."""
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        act(form.cleaned_data)
    except DinhError as error:
        form.add_error(None, told(error))
        return False
    messages.success(request, done)
    return True


@require_http_methods(["GET", "POST"])
@permission("cases.view")
def routing(request: HttpRequest) -> HttpResponse:
    who = actor(request)
    communes = queries.communes(settings.AREA)
    form = forms.Routing(
        request.POST or None, types=registry.case_types(), communes=communes, offices=_offices(),
        everywhere=parties.may_everywhere(who, "cases.route"),
    )  # fmt: skip

    def act(given: dict[str, Any]) -> None:
        kind, _slash, category = given["what"].partition("/")
        cases.set_routing(
            type=kind,
            category=category,
            place=given["place"],
            organisation=given["organisation"],
            note=given["note"],
            by=who,
        )

    if _saved(request, form, act, _("The rule holds for new cases from now on.")):
        return redirect("work:routing")
    rules = cases.routing_rules()
    names = parties.parties({rule.organisation for rule in rules})
    context = {
        "form": form,
        "may_set": parties.may(who, "cases.route"),
        "rules": [
            (rule, _type_name(rule.type), _category_name(rule.type, rule.category), queries.place_or_none(rule.place),
             names.get(rule.organisation))
            for rule in rules
        ],
        "tab": "routing",
    }  # fmt: skip
    return render(request, "work/routing.html", context, status=422 if form.is_bound else 200)


def _type_name(code: str) -> str:
    spec = registry.case_type(code) if code else None
    return spec.name.in_(get_language() or "vi") if spec else code


def _category_name(kind: str, code: str) -> str:
    spec = registry.case_type(kind) if kind else None
    category = spec.category(code) if spec else None
    return category.name.in_(get_language() or "vi") if category else code


@require_POST
@permission("cases.route")
def drop_routing(request: HttpRequest, rule: int) -> HttpResponse:
    try:
        cases.drop_routing(rule, by=actor(request))
    except DinhError as error:
        messages.error(request, told(error))
    else:
        messages.success(request, _("The rule is gone; cases that it routed stay where they are."))
    return redirect("work:routing")


@require_http_methods(["GET", "POST"])
@permission("cases.view")
def duty(request: HttpRequest) -> HttpResponse:
    """Shifts and the chain of escalation of one organisation."""
    who = actor(request)
    offices = _offices()
    asked = request.GET.get("organisation") or who.organisation or (offices[0].urn if offices else "")
    chosen = next((row.urn for row in offices if row.urn == asked), "")
    may_set = bool(chosen) and cases.may_set_of(chosen, actor=who)
    members = parties.members(chosen) if may_set else ()
    which = request.POST.get("form", "")
    shift = forms.Shift(request.POST if which == "shift" else None, people=members)
    chain = forms.Chain(
        request.POST if which == "chain" else None,
        steps=cases.escalation_chain(chosen),
        people=members,
    )

    def add(given: dict[str, Any]) -> None:
        cases.add_shift(
            organisation=chosen, person=given["person"], starts_at=given["starts_at"], ends_at=given["ends_at"], by=who
        )

    def set_chain(given: dict[str, Any]) -> None:
        cases.set_escalation_chain(chosen, given["steps"], by=who)

    back = f"{request.path}?organisation={chosen}"
    if which == "shift" and _saved(request, shift, add, _("The shift is entered.")):
        return redirect(back)
    if which == "chain" and _saved(request, chain, set_chain, _("The chain of escalation is set.")):
        return redirect(back)
    now = clock.now()
    shifts = cases.shifts(chosen, since=now - timedelta(hours=12), until=now + SHIFTS_SHOWN) if chosen else ()
    people = parties.parties({row.person for row in shifts} | set(cases.on_duty(chosen, now)))
    steps = cases.escalation_chain(chosen)
    named = parties.parties({step.to for step in steps if step.to.startswith("urn:")})
    context = {
        "offices": offices,
        "chosen": chosen,
        "shift": shift,
        "chain": chain,
        "shifts": [(row, people.get(row.person), row.starts_at <= now < row.ends_at) for row in shifts],
        "on_duty": [people[urn] for urn in cases.on_duty(chosen, now) if urn in people],
        "steps": [(step, named.get(step.to)) for step in steps],
        "may_set": may_set,
        "tab": "duty",
    }
    return render(request, "work/duty.html", context, status=422 if request.method == "POST" else 200)


@require_POST
@permission("cases.route")
def drop_shift(request: HttpRequest, shift: int) -> HttpResponse:
    try:
        cases.drop_shift(shift, by=actor(request))
    except DinhError as error:
        messages.error(request, told(error))
    return redirect(
        f"{request.POST.get('next') or ''}" if request.POST.get("next", "").startswith("/work/") else "work:duty"
    )


@require_http_methods(["GET", "POST"])
@permission("cases.view")
def texts(request: HttpRequest) -> HttpResponse:
    who = actor(request)
    form = forms.Template(request.POST or None, types=registry.case_types(), offices=_offices())

    def act(given: dict[str, Any]) -> None:
        cases.save_template(**given, by=who)

    if _saved(request, form, act, _("The text is kept.")):
        return redirect("work:texts")
    rows = cases.all_templates()
    names = parties.parties({row.organisation for row in rows if row.organisation})
    context = {
        "form": form,
        "rows": [(row, _type_name(row.type), names.get(row.organisation), dict(forms.USES)[row.use]) for row in rows],
        "may_set": parties.may(who, "cases.route"),
        "tab": "texts",
    }
    return render(request, "work/texts.html", context, status=422 if form.is_bound else 200)


@require_POST
@permission("cases.route")
def drop_text(request: HttpRequest, text: int) -> HttpResponse:
    try:
        cases.drop_template(text, by=actor(request))
    except DinhError as error:
        messages.error(request, told(error))
    return redirect("work:texts")


@require_http_methods(["GET", "POST"])
@permission("cases.view")
def calendar(request: HttpRequest) -> HttpResponse:
    who = actor(request)
    year = _year(request.GET.get("year", ""))
    which = request.POST.get("form", "")
    day = forms.CalendarDay(request.POST if which == "day" else None)
    week = forms.Week(request.POST if which == "week" else None, week=cases.office_week())

    def set_day(given: dict[str, Any]) -> None:
        open_ = {"off": False, "work": True, "law": None}[given["how"]]
        cases.set_calendar_day(given["day"], open=open_, name_vi=given["name_vi"], name_en=given["name_en"], by=who)

    def set_week(given: dict[str, Any]) -> None:
        cases.set_office_week(hours=given["hours"], weekdays=frozenset(map(int, given["weekdays"])), by=who)

    done = _("The calendar is set; deadlines of open cases follow in a moment.")
    if (which == "day" and _saved(request, day, set_day, done)) or (
        which == "week" and _saved(request, week, set_week, done)
    ):
        return redirect(f"{request.path}?year={year}")
    around = datetime.combine(date(year, 7, 1), time.min, tzinfo=UTC)
    days = cases.calendar_days(year)
    context = {
        "year": year,
        "days": days,
        "months": forms.months_of(year, cases.working_calendar(around), {row.day: row for row in days}),
        "day": day,
        "week": week,
        "now": cases.office_week(),
        "today": clock.now().astimezone(VIETNAM).date(),
        "may_set": parties.may_everywhere(who, "cases.calendar"),
        "tab": "calendar",
    }
    return render(request, "work/calendar.html", context, status=422 if request.method == "POST" else 200)


def _year(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and 1970 <= int(text) <= 2190 else clock.today().year
