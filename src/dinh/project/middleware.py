"""What every request passes: a log line with its number and time, and errors told as the family says."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render

from dinh.kernel.errors import DinhError, Invalid
from dinh.web import security

log = structlog.get_logger("dinh.requests")
type Next = Callable[[HttpRequest], HttpResponseBase]

STATUS = {
    "not_found": 404,
    "refused": 403,
    "invalid": 422,
    "conflict": 409,
    "source_unavailable": 503,
    "out_of_range": 422,
    "error": 500,
}


class RequestLog:
    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        started = time.perf_counter()
        structlog.contextvars.bind_contextvars(request=uuid.uuid4().hex[:12])
        response = self.get_response(request)
        security.note_answer(request, response)
        milliseconds = round((time.perf_counter() - started) * 1000, 1)
        if response.status_code >= 500 or milliseconds > 1000:
            log.warning(
                "request", path=request.path, method=request.method, status=response.status_code, ms=milliseconds
            )
        else:
            log.debug("request", path=request.path, method=request.method, status=response.status_code, ms=milliseconds)
        structlog.contextvars.clear_contextvars()
        return response


class ErrorFamilies:
    """Turns a DinhError of a view into its status: JSON for machines, a page in the house's look for people."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # U+0000, which no register of PostgreSQL holds, asks for nothing that there could be.
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            fault = Invalid(
                "request.invalid", "this address has a sign that no text may have; look at the address again"
            )
            refused = self.process_exception(request, fault)
            assert refused is not None
            return refused
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, DinhError):
            return None
        security.mark(request, exception)
        status = STATUS[exception.family]
        if request.path.startswith("/api/") or "application/json" in request.headers.get("Accept", ""):
            return JsonResponse({"code": exception.code, "message": exception.message}, status=status)
        return render(request, "house/error.html", {"error": exception, "status": status}, status=status)
