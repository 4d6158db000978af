"""/healthz: this process answers. /readyz: it can do its work. /metrics: Prometheus text.

What is wrong in words, and the metrics, are for this machine alone; a proxy's request is not this machine's.
"""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from dinh.kernel.errors import DinhError
from dinh.project import checkpointing
from dinh.spine.jobs import api as jobs
from dinh.spine.observations import api as observations
from dinh.web.guard import is_from_this_machine


def healthz(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> HttpResponse:
    """503 while registers or history fail. Events that were set aside wait for a person; a restart helps none of them."""
    faults: dict[str, str] = {}
    notes: dict[str, str] = {}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        faults["registers"] = str(error)
    try:
        observations.sources()
        observations.latest(limit=1)
    except (DinhError, DatabaseError) as error:
        faults["history"] = str(error)
    try:
        waiting = jobs.backlog()
        if waiting.failed:
            notes["jobs"] = f"{waiting.failed} failed"
        if waiting.failed_tasks:
            notes["tasks"] = f"{waiting.failed_tasks} failed"
    except DatabaseError as error:
        faults["registers"] = str(error)
    notes |= checkpointing.notes()
    said: dict[str, object] = {"ready": not faults}
    if is_from_this_machine(request):
        said |= {"faults": faults, "notes": notes}
    return JsonResponse(said, status=503 if faults else 200)


def metrics(request: HttpRequest) -> HttpResponse:
    if not is_from_this_machine(request):
        raise Http404
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)
