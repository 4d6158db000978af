"""Acts on a version: forms that post and come back to its page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dinh.kernel import clock
from dinh.kernel.errors import Conflict, Invalid, NotFound, Refused
from dinh.spine.publications import api as publications
from dinh.systems.publishing import actions
from dinh.systems.publishing.web.desk import seen
from dinh.systems.publishing.web.forms import BriefDay, When, Withdrawal
from dinh.web.requests import actor, permission
from dinh.web.words import told


@require_POST
@permission("publications.write")
def act(request: HttpRequest, slug: str, what: str) -> HttpResponse:
    """Does it and says so, or says why not."""
    seen(request, slug)
    who = actor(request)
    revision = request.POST.get("revision", "")

    def schedule() -> object:
        form = When(request.POST)
        if not form.is_valid():
            raise Invalid("publishing.when", "choose a day and an hour to come")
        return publications.schedule(slug, at=form.cleaned_data["at"], by=who)

    known: dict[str, tuple[Callable[[], object], str]] = {
        "submit": (lambda: publications.submit(slug, by=who), _("It waits for a second person's check.")),
        "send-back": (
            lambda: publications.send_back(slug, remark=request.POST.get("remark", ""), by=who),
            _("It went back to its author with your remark."),
        ),
        "approve": (
            lambda: publications.approve(slug, revision=int(revision) if revision.isdecimal() else 0, by=who),
            _("It is checked; it can be published now."),
        ),
        "schedule": (schedule, _("It will be published by itself at that time.")),
        "unschedule": (lambda: publications.unschedule(slug, by=who), _("It is off the schedule.")),
        "publish": (lambda: publications.publish(slug, by=who), _("It is published, and its hash is in the ledger.")),
        "correct": (
            lambda: publications.correct(slug, by=who),
            _("The earlier version stays public until this one is."),
        ),
        "drop": (lambda: publications.drop(slug, by=who), _("The draft is dropped.")),
    }
    if what not in known:
        raise NotFound("publishing.no_act", "there is no act '{what}'", what=what)
    do, done = known[what]
    try:
        do()
    except (Conflict, Invalid, Refused) as error:
        messages.error(request, told(error))
    else:
        messages.success(request, done)
        if what == "drop":
            return redirect("publishing:desk")
    return redirect("publishing:work", slug=slug)


@require_http_methods(["GET", "POST"])
@permission("publications.publish")
def withdraw(request: HttpRequest, slug: str) -> HttpResponse:
    row = publications.publication(slug, actor=actor(request), permissions=("publish",))
    form = Withdrawal(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                publications.withdraw(slug, reason=form.cleaned_data, by=actor(request))
            except (Conflict, Invalid) as error:
                form.add_error(None, told(error))
            else:
                messages.success(request, _("It is withdrawn; a page says so at its address."))
                return redirect("publishing:page", slug=slug)
    return render(request, "publishing/withdraw.html", {"row": row, "form": form}, status=status)


@require_POST
@permission("publications.write")
def brief(request: HttpRequest) -> HttpResponse:
    """«Lập bản tin»: of yesterday, or of the day asked for; goes to the review at once."""
    form = BriefDay(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose a day, such as yesterday."))
        return redirect("publishing:desk")
    day = form.cleaned_data["day"] or clock.today() - timedelta(days=1)
    try:
        made = actions.make_brief(day, by=actor(request))
    except (Conflict, Invalid) as error:
        messages.error(request, told(error))
        return redirect("publishing:desk")
    return redirect("publishing:work", slug=made.slug)
