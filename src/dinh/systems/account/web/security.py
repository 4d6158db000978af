"""Security events for administrators: a list to filter, and the same as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dinh.kernel import clock
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import security
from dinh.web.requests import actor, language, permission

PAGE: Final = 100
MOST_IN_FILE: Final = 100_000
SHOWN: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Asked:
    """`until` is the last day, which belongs to the span."""

    kind: str
    since: date
    until: date

    @property
    def span(self) -> tuple[datetime, datetime]:
        return clock.start_of_day(self.since), clock.start_of_day(self.until + timedelta(days=1))

    def query(self, **changes: str) -> str:
        return urlencode({"kind": self.kind, "since": str(self.since), "until": str(self.until)} | changes)


def _asked(request: HttpRequest) -> Asked:
    """What is no kind or no day is as if it had not been asked for."""
    kind = request.GET.get("kind", "")
    until = _day(request.GET.get("until", ""), clock.today())
    since = _day(request.GET.get("since", ""), until - SHOWN)
    return Asked(kind if kind in security.KINDS else "", min(since, until), until)


def _day(text: str, otherwise: date) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return otherwise
    return found if 2000 <= found.year <= 2200 else otherwise


@never_cache
@require_safe
@permission("parties.manage")
def listing(request: HttpRequest) -> HttpResponse:
    asked, who = _asked(request), actor(request)
    since, until = asked.span
    number = request.GET.get("page", "1")
    page = max(1, int(number)) if number.isascii() and number.isdigit() and len(number) < 7 else 1
    found = security.events(actor=who, since=since, until=until, kind=asked.kind, offset=(page - 1) * PAGE, limit=PAGE)
    names = _names(found.rows, language(request))
    context: dict[str, Any] = {
        "asked": asked,
        "rows": [(row, security.KINDS[row.kind], names.get(row.account, "")) for row in found.rows],
        "counts": [(code, name, found.counts[code]) for code, name in security.KINDS.items()],
        "total": found.total,
        "days": security.KEPT_FOR.days,
        "export": asked.query(),
        "newer": asked.query(page=str(page - 1)) if page > 1 else "",
        "older": asked.query(page=str(page + 1)) if found.total > page * PAGE else "",
    }
    return render(request, "account/security.html", context)


def _names(rows: Any, tongue: str) -> Mapping[str, str]:
    found = parties.parties({row.account for row in rows if row.account})
    return {urn: row.name(tongue) for urn, row in found.items()}


@never_cache
@require_safe
@permission("parties.manage")
def export(request: HttpRequest) -> HttpResponse:
    asked, tongue = _asked(request), language(request)
    since, until = asked.span
    found = security.events(actor=actor(request), since=since, until=until, kind=asked.kind, limit=MOST_IN_FILE)
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out)
    writer.writerow([_("Time"), _("Code"), _("Event"), _("Account"), _("Network"), _("How often")])
    for row in found.rows:
        name = security.KINDS[row.kind].in_(tongue)
        at = row.at.astimezone(clock.VIETNAM).isoformat(timespec="seconds")
        writer.writerow([at, row.kind, name, row.account, row.network, row.times])
    response = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = (
        f'attachment; filename="su-kien-an-ninh-{asked.since:%Y%m%d}-{asked.until:%Y%m%d}.csv"'
    )
    return response
