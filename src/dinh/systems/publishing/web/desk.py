"""The editors' desk: what is written, waits for a check, or is on the schedule; and the page of one of them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from dinh.spine.parties import api as parties
from dinh.spine.publications import api as publications
from dinh.spine.publications.api import PublicationRow
from dinh.systems.publishing import printing
from dinh.systems.publishing.web.forms import BriefDay, Remark, When
from dinh.systems.publishing.web.words import act_names, kind_names, state_names
from dinh.web.requests import actor, language, permission

QUEUES = ("all", "mine", "review")


@require_safe
@permission("publications.write")
def desk(request: HttpRequest) -> HttpResponse:
    queue = request.GET.get("queue", "all")
    rows = publications.work(actor=actor(request))
    chosen = {
        "mine": [row for row in rows if row.mine],
        "review": [row for row in rows if row.version.state == "in_review" and row.may_check],
    }
    context = {
        "rows": [
            (row, kind_names().get(row.publication.kind, row.publication.kind), state_names()[row.version.state])
            for row in chosen.get(queue, rows)
        ],
        "queue": queue if queue in QUEUES else "all",
        "counts": {"all": len(rows), **{name: len(found) for name, found in chosen.items()}},
        "day": BriefDay(),
    }
    return render(request, "publishing/desk.html", context)


def seen(request: HttpRequest, slug: str) -> PublicationRow:
    """The publication, for whoever may write or check at its place. Raises NotFound, Refused."""
    return publications.publication(slug, actor=actor(request))


@require_safe
@permission("publications.write")
def work(request: HttpRequest, slug: str) -> HttpResponse:
    row, who = seen(request, slug), actor(request)
    version = publications.open_version(slug)
    if version is None and row.state in ("published", "withdrawn"):
        return redirect("publishing:page", slug=slug)
    acts = publications.acts(slug)
    names = act_names()
    wrote = version is not None and who.urn in version.authors
    may = {verb: publications.may(row, f"publications.{verb}", actor=who) for verb in ("write", "check", "publish")}
    context = {
        "row": row,
        "version": version,
        "kind_name": kind_names().get(row.kind, row.kind),
        "state_name": state_names()[version.state if version else row.state],
        "acts": [(act, names.get(act.what, act.what)) for act in acts],
        "remark": next((act for act in reversed(acts) if act.what in ("sent_back", "submitted")), None),
        "may": may,
        "wrote": wrote,
        "when": When(),
        "remark_form": Remark(),
        "organisation": parties.parties([row.organisation]).get(row.organisation) if row.organisation else None,
    }
    return render(request, "publishing/work.html", context)


@require_safe
@permission("publications.write")
def preview(request: HttpRequest, slug: str) -> HttpResponse:
    row = seen(request, slug)
    version = publications.open_version(slug)
    if version is None:
        return redirect("publishing:page", slug=slug)
    return HttpResponse(printing.typeset(row, version, language(request)), content_type="application/pdf")
