"""What was handed in and could not be worked off: with its reason, to be tried again by administrators."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from dinh.kernel.errors import Conflict, NotFound
from dinh.spine.submissions import api as submissions
from dinh.spine.submissions.api import SubmissionRow
from dinh.systems.citizen_app.web.public_filters import page_in
from dinh.web.requests import permission
from dinh.web.words import said, told

MANAGE: Final = "jobs.manage"
SIZE: Final = 50


@dataclass(frozen=True, slots=True)
class Line:
    row: SubmissionRow
    why: str


def _why(fault: Mapping[str, Any]) -> str:
    """The sentence of the error in the reader's language, with its values; what does not fit into it is left out."""
    template = said(str(fault.get("template", "")))
    params = fault.get("params", {})
    try:
        return template.format(**params)
    except (KeyError, IndexError, ValueError, AttributeError):
        return template


@require_safe
@permission(MANAGE)
def refused(request: HttpRequest) -> HttpResponse:
    page = page_in(request.GET.get("page", ""))
    rows = submissions.submissions(state="refused", offset=(page - 1) * SIZE, limit=SIZE)
    standing = submissions.standing()
    context = {
        "rows": [Line(row, _why(row.fault)) for row in rows],
        "standing": standing,
        "total": standing.refused,
        "size": SIZE,
        "page": page,
    }
    return render(request, "citizen_app/desk_submissions.html", context)


@require_POST
@permission(MANAGE)
def again(request: HttpRequest, id: UUID) -> HttpResponse:
    try:
        submissions.try_again(id)
    except (Conflict, NotFound) as error:
        messages.error(request, told(error))
    else:
        messages.success(request, _("It is tried again within seconds."))
    return redirect("citizen_app:desk-submissions")
