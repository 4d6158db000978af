"""The receipt on paper: number, what was reported, until when, and the link as a code that a phone reads."""

from __future__ import annotations

from importlib.resources import files
from io import BytesIO
from typing import Any, Final
from uuid import UUID

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dinh.kernel import clock
from dinh.kernel.errors import NotFound
from dinh.kernel.manifests import registry
from dinh.kernel.vietnamese_text import format_moment
from dinh.spine.parties import api as parties
from dinh.spine.places import api as places
from dinh.spine.requests import api as requests
from dinh.spine.submissions import api as submissions
from dinh.systems.citizen_app.web.secrets import by_secret_address
from dinh.web import typesetting
from dinh.web.limits import limited

PAGE: Final = "receipt_page.txt"


@by_secret_address
@limited(per_minute=10, burst=10, reads=True)
@require_safe
def receipt(request: HttpRequest, id: UUID) -> HttpResponse:
    """Also before an office has it: the number counts from the moment of handing in. Raises NotFound, Refused."""
    data = data_of(id)
    page = (files("dinh.systems.citizen_app") / PAGE).read_text(encoding="utf-8")
    made = typesetting.typeset_apart(page, data, pictures={"code.png": code_of(data["link"])})
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{data["number"]}.pdf"'
    return response


def code_of(link: str) -> bytes:
    out = BytesIO()
    segno.make(link, error="m").save(out, kind="png", scale=8, border=2, dark="#17222b", light="#ffffff")
    return out.getvalue()


def data_of(id: UUID) -> dict[str, Any]:
    language = (get_language() or "vi")[:2]
    path = registry.link_path("follow", str(id)) or ""
    common = {
        "language": language,
        "dated": clock.now().isoformat(),
        "title": _("Receipt of a report"),
        "link": settings.PUBLIC_URL + path,
        "code_says": _("Scan to follow the report"),
        "keep": _("Keep this sheet to yourself: whoever has the code can answer in your name."),
        "hotline": _("Hotline of the province: 1022. Danger to life: 112, 113, 114, 115."),
        "printed": _("Printed %(at)s") % {"at": format_moment(clock.now(), language)},
    }
    waiting = submissions.of(id)
    try:
        row = requests.followed(id)
    except NotFound:
        if waiting is None or waiting.kind != requests.KIND or waiting.state == "done":
            raise
        lines = [
            (_("Received"), format_moment(waiting.at, language)),
            (_("State"), _("Received, on its way to an office")),
        ]
        return common | {"number": waiting.number, "lines": lines, "words": ""}
    found = row.request
    office = parties.parties([found.organisation]).get(found.organisation) if found.organisation else None
    commune = places.places([found.unit]).get(found.unit) if found.unit else None
    lines = [
        (_("Received"), format_moment(found.at, language)),
        (pgettext("report", "Category"), found.category_name.in_(language)),
        (
            pgettext("report", "Place"),
            ", ".join(part for part in (found.address, commune.full_name_vi if commune else "") if part),
        ),
        (_("Responsible"), office.name(language) if office else _("Being assigned")),
        (_("Due"), format_moment(found.due_at, language) if found.due_at else "–"),
        (_("State"), found.state_name.in_(language)),
        (_("The link works until"), format_moment(row.until, language)),
    ]
    return common | {
        "number": found.number,
        "lines": [line for line in lines if line[1]],
        "words": found.description[:600],
    }
