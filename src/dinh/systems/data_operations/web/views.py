from __future__ import annotations

import csv
import io
import json
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from dinh.kernel.manifests import Gateway, registry
from dinh.spine.observations import api as observations
from dinh.spine.parties import api as parties
from dinh.systems.data_operations.domain import explanation
from dinh.systems.data_operations.web.tabs import tabs
from dinh.web.requests import actor, permission

OWN = ("dinh.event_age", "dinh.failed_jobs", "dinh.disk_free", "dinh.memory", "dinh.ledger_size")
SHOWN_ROWS = 200


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """The four measures of every source, Đình's own figures, and the newest refused input for those who may see it."""
    may_manage = parties.may(actor(request), "observations.manage")
    measured = {quality.source: quality for quality in observations.quality()}
    rows = [{"source": source, "quality": measured.get(source.code)} for source in observations.sources()]
    own = [
        {"indicator": observations.indicator(latest.series.indicator), "latest": latest}
        for code in OWN
        for latest in observations.latest(indicator=code, limit=1)
    ]
    context = {
        "rows": rows,
        "all": measured.get(""),
        "own": own,
        "may_manage": may_manage,
        "batches": observations.rejected(limit=10, actor=actor(request)) if may_manage else [],
        "tabs": tabs(request, "overview"),
        "ways": [way for way in registry.gateways() if way.urls and _may_enter(way, actor(request))],
    }
    return render(request, "data_operations/overview.html", context)


def _may_enter(way: Gateway, who: parties.Actor) -> bool:
    """True where the actor has a permission of the gateway's own."""
    return any(parties.may(who, spec.code) for spec in way.permissions)


@require_safe
def source(request: HttpRequest, code: str) -> HttpResponse:
    found = next((row for row in observations.sources() if row.code == code), None)
    if found is None:
        raise Http404
    quality = next((row for row in observations.quality() if row.source == code), None)
    may_manage = parties.may(actor(request), "observations.manage")
    refused = observations.rejected(limit=500, actor=actor(request)) if may_manage else ()
    batches = [row for row in refused if row.source == code][:20]
    owner = parties.parties([found.owner]).get(found.owner) if found.owner else None
    context = {"source": found, "quality": quality, "owner": owner, "batches": batches, "may_manage": may_manage}
    return render(request, "data_operations/source.html", context)


@require_safe
@permission("observations.manage")
def rejected(request: HttpRequest) -> HttpResponse:
    """Refused input, newest first, to be filtered by source, reason and whether it still waits."""
    batches = observations.rejected(limit=500, actor=actor(request))
    sources = sorted({batch.source for batch in batches if batch.source})
    codes = sorted({code for batch in batches for code in batch.codes})
    chosen = {name: request.GET.get(name, "") for name in ("source", "code", "waiting")}
    shown = [
        batch
        for batch in batches
        if (not chosen["source"] or batch.source == chosen["source"])
        and (not chosen["code"] or chosen["code"] in batch.codes)
        and (not chosen["waiting"] or batch.replayed_at is None)
    ]
    context = {
        "batches": shown,
        "sources": sources,
        "codes": codes,
        "chosen": chosen,
        "total": len(batches),
        "tabs": tabs(request, "rejected"),
    }
    return render(request, "data_operations/rejected.html", context)


@require_safe
@permission("observations.manage")
def rejected_batch(request: HttpRequest, number: int) -> HttpResponse:
    batch = observations.rejected_batch(number, actor=actor(request))
    rows = observations.rejected_rows(number)
    shown = [
        {
            "fields": json.dumps(dict(fields), ensure_ascii=False, default=str),
            "rejection": rejection,
            "explanation": explanation(rejection.code),
        }
        for fields, rejection in rows[:SHOWN_ROWS]
    ]
    context = {"batch": batch, "rows": shown, "kept": len(rows)}
    return render(request, "data_operations/batch.html", context)


@require_safe
@permission("observations.manage")
def rejected_csv(request: HttpRequest, number: int) -> HttpResponse:
    """The refused rows as they came, with line, code and reason, for correcting and sending again."""
    rows = observations.rejected_rows(number, actor=actor(request))
    names = sorted({name for fields, _rejection in rows for name in fields})
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([*map(_cell, names), "line", "code", "message"])
    for fields, rejection in rows:
        values = [_cell(fields.get(name)) for name in names]
        writer.writerow([*values, rejection.line, rejection.code, _cell(rejection.message)])
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="rejected-{number}.csv"'
    return response


@require_POST
@permission("observations.manage")
def replay(request: HttpRequest, number: int) -> HttpResponse:
    receipt = observations.replay(number, by=actor(request))
    taken = receipt.accepted + receipt.corrections + receipt.duplicates
    said = ngettext("%(count)d reading was taken.", "%(count)d readings were taken.", taken) % {"count": taken}
    if receipt.rejected:
        left = len(receipt.rejected)
        said += " " + ngettext("%(count)d is still refused.", "%(count)d are still refused.", left) % {"count": left}
        messages.warning(request, said)
    else:
        messages.success(request, said + " " + _("Nothing of this batch is refused any more."))
    return redirect("data_operations:batch", number=number)


def _cell(value: Any) -> str:
    """A cell that a spreadsheet takes as text: formulas in foreign input must not run."""
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in {"=", "+", "@", "\t", "\r"} or (text[:1] == "-" and not _is_number(text)) else text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
