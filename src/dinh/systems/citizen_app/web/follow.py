"""One's own reports, and the page of each by its secret link."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    return render(request, "citizen_app/mine.html")
