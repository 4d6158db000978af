"""Own warnings: written, checked by a second person, told, updated, cancelled."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dinh.kernel.errors import Conflict, Invalid, NotFound, Refused
from dinh.spine.parties import api as parties
from dinh.spine.publications import api as publications
from dinh.spine.publications.api import PublicationRow
from dinh.systems.local_news.actions import warnings as actions
from dinh.systems.local_news.queries import alerts
from dinh.systems.local_news.web.forms import CancelForm, RemarkForm, WarningForm, first_values, values_of
from dinh.web.requests import actor, language, permission
from dinh.web.words import told

WRITE = "publications.write"


def _seen(request: HttpRequest, slug: str) -> PublicationRow:
    """The warning, for whoever may write, check or publish at its place. Raises NotFound, Refused."""
    row = publications.publication(slug, actor=actor(request))
    if row.kind != actions.KIND:
        raise NotFound("publications.none", "there is no publication '{slug}'", slug=slug)
    return row


@require_http_methods(["GET", "POST"])
@permission(WRITE)
def new(request: HttpRequest) -> HttpResponse:
    who = actor(request)
    form = WarningForm(request.POST or None, initial=first_values(), actor=who, language=language(request))
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.write(form.draft(), by=who)
            return _after_save(request, made.slug)
        except (Invalid, Conflict) as error:
            form.add_error(None, told(error))
    status = 422 if request.method == "POST" else 200
    return render(request, "local_news/write.html", {"form": form}, status=status)


@require_http_methods(["GET", "POST"])
@permission(WRITE)
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    row, who = _seen(request, slug), actor(request)
    publications.require(row, WRITE, actor=who)
    version = publications.open_version(slug)
    if version is None or version.state != "draft":
        messages.info(request, _("It is not being written now."))
        return redirect("local_news:warning", slug=slug)
    updating = row.current is not None
    first = values_of(version.title, version.summary, version.note, actions.warning_in(version))
    form = WarningForm(request.POST or None, initial=first, actor=who, language=language(request), updating=updating)
    status = 200
    if request.method == "POST":
        status = 422
        revision = request.POST.get("revision", "")
        if form.is_valid():
            try:
                actions.rewrite(
                    slug, form.draft(), revision=int(revision) if revision.isdecimal() else 0, note=form.note(), by=who
                )
                return _after_save(request, slug)
            except (Invalid, Conflict) as error:
                status = 409 if isinstance(error, Conflict) else 422
                form.add_error(None, told(error))
    context = {"form": form, "row": row, "revision": version.revision, "updating": updating}
    return render(request, "local_news/write.html", context, status=status)


def _after_save(request: HttpRequest, slug: str) -> HttpResponse:
    if request.POST.get("do") == "submit":
        try:
            publications.submit(slug, by=actor(request))
        except (Invalid, Conflict) as error:
            messages.error(request, told(error))
        else:
            messages.success(request, _("A second person has to check it now."))
    else:
        messages.success(request, _("Saved."))
    return redirect("local_news:warning", slug=slug)


@require_safe
@permission(WRITE)
def work(request: HttpRequest, slug: str) -> HttpResponse:
    row, who = _seen(request, slug), actor(request)
    version = publications.open_version(slug)
    shown = version or (publications.version(slug, row.current) if row.current else None)
    acts = publications.acts(slug)
    may = {verb: publications.may(row, f"publications.{verb}", actor=who) for verb in ("write", "check", "publish")}
    context = {
        "row": row,
        "version": version,
        "shown": shown,
        "warned": actions.warning_in(shown) if shown else None,
        "state": version.state if version else row.state,
        "acts": acts,
        "remark": next((act for act in reversed(acts) if act.what in ("sent_back", "submitted")), None),
        "may": may,
        "wrote": version is not None and who.urn in version.authors,
        "remark_form": RemarkForm(),
        "cancel_form": CancelForm(),
        "messages_out": alerts.own_of(row.slug),
        "organisation": parties.parties([row.organisation]).get(row.organisation) if row.organisation else None,
    }
    return render(request, "local_news/warning.html", context)


@require_POST
@permission(WRITE)
def act(request: HttpRequest, slug: str, what: str) -> HttpResponse:
    """Does it and says so, or says why not."""
    _seen(request, slug)
    who = actor(request)
    given = request.POST.get("revision", "")
    revision = int(given) if given.isdecimal() else 0

    def cancel() -> object:
        form = CancelForm(request.POST)
        if not form.is_valid():
            raise Invalid(
                "publications.reason_needed", "say in both languages why it is withdrawn; everybody will read it"
            )
        return publications.withdraw(slug, reason=form.cleaned_data, by=who)

    known: dict[str, tuple[Callable[[], object], str]] = {
        "submit": (lambda: publications.submit(slug, by=who), _("A second person has to check it now.")),
        "send-back": (
            lambda: publications.send_back(slug, remark=request.POST.get("remark", ""), by=who),
            _("It went back to its author with your remark."),
        ),
        "approve": (
            lambda: publications.approve(slug, revision=revision, by=who),
            _("It is checked; a leader tells it to the public."),
        ),
        "issue": (
            lambda: actions.issue(slug, revision=revision, by=who),
            _("It is told: on the pages, in the feeds, and as a CAP message."),
        ),
        "publish": (
            lambda: publications.publish(slug, by=who),
            _("It is told: on the pages, in the feeds, and as a CAP message."),
        ),
        "update": (
            lambda: publications.correct(slug, by=who),
            _("The warning stays in force until its update is told."),
        ),
        "drop": (lambda: publications.drop(slug, by=who), _("The draft is dropped.")),
        "cancel": (cancel, _("It is cancelled, and whoever reads CAP is told.")),
    }
    if what not in known:
        raise NotFound("local_news.no_act", "there is no act '{what}'", what=what)
    do, done = known[what]
    try:
        do()
    except (Conflict, Invalid, Refused) as error:
        messages.error(request, told(error))
    else:
        messages.success(request, done)
        if what == "drop":
            return redirect("local_news:desk")
        if what == "update":
            return redirect("local_news:edit-warning", slug=slug)
    return redirect("local_news:warning", slug=slug)
