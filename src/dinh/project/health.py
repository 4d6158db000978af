"""/healthz: this process answers. /readyz: it can do its work. /metrics: Prometheus text for loopback."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from dinh.kernel.errors import DinhError
from dinh.spine.jobs import api as jobs
from dinh.spine.observations import api as observations


def healthz(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> HttpResponse:
    faults: dict[str, str] = {}
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
            faults["jobs"] = f"{waiting.failed} failed"
    except DatabaseError as error:
        faults["jobs"] = str(error)
    return JsonResponse({"ready": not faults, "faults": faults}, status=503 if faults else 200)


def metrics(request: HttpRequest) -> HttpResponse:
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)
