from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dinh.gateways.tabular import importing, keeping, words
from dinh.gateways.tabular.importing import ImportRow
from dinh.gateways.tabular.problems import Problem
from dinh.gateways.tabular.web import preview as previews
from dinh.gateways.tabular.web.names import DECIMALS, KINDS, LEVELS, ORDERS, ROLES, named
from dinh.kernel.errors import DinhError, Invalid
from dinh.spine.jobs import api as jobs
from dinh.spine.observations import api as observations
from dinh.spine.parties import api as parties
from dinh.web.requests import actor, permission

ENDED = ("done", "failed", "cancelled")


@require_safe
@permission("tabular.use")
def listing(request: HttpRequest) -> HttpResponse:
    """Where a table is given; what was imported, and the mappings that are kept."""
    who = actor(request)
    tasks = {task.id: task for task in jobs.tasks(kind=importing.KIND, limit=200)}
    rows = [{"row": row, "task": tasks.get(row.task)} for row in importing.newest(by=who)]
    context = {"rows": rows, "mappings": keeping.all_of(who), "most_mb": importing.MOST_BYTES // (1024 * 1024)}
    return render(request, "tabular/listing.html", context)


@require_POST
@permission("tabular.use")
def give(request: HttpRequest) -> HttpResponse:
    """Keeps the file and leads to its preview; a file that is no table is refused with the reason."""
    file = request.FILES.get("file")
    if file is None:
        messages.error(request, _("Choose a file first."))
        return redirect("tabular:listing")
    try:
        if (file.size or 0) > importing.MOST_BYTES:
            raise Invalid(
                "tabular.too_large",
                "the file has {size} MB; give at most {most} MB, or send it with «dinh import table»",
                size=(file.size or 0) // 1_000_000,
                most=importing.MOST_BYTES // 1_000_000,
            )
        row = importing.keep(file.read(), name=file.name or "", by=actor(request))
    except Invalid as error:
        messages.error(request, error.in_words(_))
        return redirect("tabular:listing")
    return redirect("tabular:import", key=row.key)


@require_http_methods(["GET", "HEAD", "POST"])
@permission("tabular.use")
def shown(request: HttpRequest, key: str) -> HttpResponse:
    """A preview before the import, then how far it is, then its outcome."""
    who = actor(request)
    row = importing.one(key, by=who)
    if row.state != "preview":
        return _outcome(request, row)
    if request.method == "POST":
        return _posted(request, row)
    return _preview(request, row)


def _begin(request: HttpRequest, row: ImportRow) -> ImportRow:
    """The first look: the newest mapping that was kept for such headers, else what the table itself suggests."""
    who = actor(request)
    table = importing.table_of(row.key, None)
    kept = keeping.of_headers(table.headers, by=who)
    if kept is not None:
        return importing.set_mapping(row.key, kept.mapping, name=kept.name, by=who)
    sources = [source.code for source in observations.sources() if not source.simulated]
    found = previews.suggested(table, title=Path(row.name).stem, source=sources[0] if len(sources) == 1 else "")
    return importing.set_mapping(row.key, found.mapping, by=who)


def _new_indicators(row: ImportRow, table: Any) -> Any:
    """Those that the table suggests, the mapping names and nobody has declared."""
    assert row.mapping is not None
    known = {spec.code for spec in observations.indicators()}
    wanted = {use.indicator for use in row.mapping.columns if use.role == "value"} - known
    if not wanted:
        return []
    found = previews.suggested(table, title=Path(row.name).stem, source=row.mapping.source)
    specs = {spec.code: spec for spec in found.declare}
    plain = previews.suggested(table, title=Path(row.name).stem, source="")
    specs |= {spec.code: spec for spec in plain.declare}
    return [specs[code] for code in sorted(wanted) if code in specs]


def _preview(
    request: HttpRequest, row: ImportRow, *, status: int = 200, fault: DinhError | None = None
) -> HttpResponse:
    who = actor(request)
    if row.mapping is None:
        row = _begin(request, row)
    assert row.mapping is not None
    table = importing.table_of(row.key, row.mapping)
    declare = _new_indicators(row, table)
    found = previews.look(table, row.mapping, declare, by=who)
    shown_fault = fault or found.fault
    context = {
        "row": row,
        "shown": found,
        "mapping": row.mapping,
        "sniffed": table.sniffed,
        "choices": previews.choices(found),
        "roles": named(ROLES, previews.choices(found)["roles"]),
        "levels": named(LEVELS),
        "decimals": named(DECIMALS),
        "orders": named(ORDERS),
        "kinds": named(KINDS),
        "causes": [
            {
                "name": words.cause(code),
                "count": count,
                "values": [
                    {
                        "value": value,
                        "times": times,
                        "problems": some[:30],
                        "more": max(0, times - 30),
                        "remedy": words.remedy(some[0]),
                    }
                    for value, times, some in values[:200]
                ],
            }
            for code, count, values in found.causes
        ],
        "fault_words": shown_fault.in_words(_) if shown_fault else "",
        "may_declare": parties.may(who, "observations.manage"),
        "may_import": parties.may(who, "places.manage" if row.mapping.target == "places" else "observations.record"),
        "kept": keeping.all_of(who),
        "declared": bool(request.POST.get("declare")),
    }
    return render(request, "tabular/preview.html", context, status=status)


def _posted(request: HttpRequest, row: ImportRow) -> HttpResponse:
    who = actor(request)
    act = request.POST.get("act", "look")
    try:
        if row.mapping is None:
            row = _begin(request, row)
        assert row.mapping is not None
        if act == "use" and request.POST.get("kept"):
            kept = keeping.saved(request.POST["kept"], by=who)
            importing.set_mapping(row.key, kept.mapping, name=kept.name, by=who)
            return redirect("tabular:import", key=row.key)
        form = request.POST.dict()
        read = previews.read_otherwise(form, row.mapping)
        same = importing.wishes_of(read) == importing.wishes_of(row.mapping)
        table = importing.table_of(row.key, read)
        mapping = previews.from_form(form, table, read) if same else read
        if not same and not set(table.headers) & {use.header for use in read.columns}:
            fresh = previews.suggested(table, title=Path(row.name).stem, source=read.source).mapping
            mapping = msgspec.structs.replace(read, columns=fresh.columns, level=fresh.level, period=fresh.period)
        row = importing.set_mapping(row.key, mapping, by=who)
        if act in ("save", "import") and request.POST.get("name", "").strip():
            kept = keeping.save(request.POST["name"], mapping, table.headers, by=who)
            row = importing.set_mapping(row.key, mapping, name=kept.name, by=who)
            if act == "save":
                messages.success(request, _("The mapping is kept as “%(name)s”.") % {"name": kept.name})
        if act == "import":
            if request.POST.get("declare"):
                observations.declare_indicators(_new_indicators(row, table), by=who)
            importing.start(row.key, by=who)
            return redirect("tabular:import", key=row.key)
    except DinhError as error:
        if row.mapping is None:
            messages.error(request, error.in_words(_))
            return redirect("tabular:listing")
        return _preview(request, row, status=422, fault=error)
    if request.headers.get("HX-Request"):
        return _preview(request, row)
    return redirect("tabular:import", key=row.key)


def _outcome(request: HttpRequest, row: ImportRow) -> HttpResponse:
    task = jobs.task(row.task) if row.task else None
    problems = [
        Problem(p["code"], p["row"], p["column"], p["value"], p["detail"]) for p in row.result.get("problems", [])
    ]
    causes = [
        {
            "name": words.cause(code),
            "count": count,
            "problems": [{"problem": one, "remedy": words.remedy(one)} for one in problems if one.code == code],
        }
        for code, count in row.result.get("refused", {}).items()
    ]
    context = {
        "row": row,
        "task": task,
        "running": task is not None and row.state != "done" and task.state not in ENDED,
        "share": task.done / task.total if task and task.total else None,
        "causes": causes,
        "refused": row.result.get("refused_rows", 0) and importing.refused(row.key).exists(),
        "nothing_new": row.state == "done" and not row.result.get("accepted") and not row.result.get("corrections"),
    }
    return render(request, "tabular/outcome.html", context)


@require_safe
@permission("tabular.use")
def refused(request: HttpRequest, key: str) -> HttpResponseBase:
    """The refused rows in the shape of the table, with a column of reasons."""
    row = importing.one(key, by=actor(request))
    path = importing.refused(row.key)
    if row.state != "done" or not path.exists():
        raise Http404
    name = f"{Path(row.name).stem}-refused.csv"
    return FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type="text/csv; charset=utf-8")


@require_POST
@permission("tabular.use")
def cancel(request: HttpRequest, key: str) -> HttpResponse:
    row = importing.one(key, by=actor(request))
    if row.task:
        try:
            jobs.cancel(row.task, by=actor(request).urn)
        except DinhError as error:
            messages.warning(request, error.in_words(_))
    return redirect("tabular:import", key=key)


@require_POST
@permission("tabular.use")
def retry(request: HttpRequest, key: str) -> HttpResponse:
    row = importing.one(key, by=actor(request))
    if row.task:
        try:
            jobs.retry(row.task, by=actor(request).urn)
        except DinhError as error:
            messages.warning(request, error.in_words(_))
    return redirect("tabular:import", key=key)


@require_POST
@permission("tabular.use")
def drop(request: HttpRequest, key: str) -> HttpResponse:
    importing.drop(key, by=actor(request))
    messages.success(request, _("The table was thrown away; nothing of it was recorded."))
    return redirect("tabular:listing")
