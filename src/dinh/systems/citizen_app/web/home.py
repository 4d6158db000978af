"""The first page of the app, and what it says about people's data."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from dinh.kernel import clock
from dinh.spine.requests import api as requests
from dinh.spine.requests.api import FEWEST, RequestQuery
from dinh.systems.citizen_app.web import mine

LATELY: Final = timedelta(days=30)


@require_safe
@gzip_page
def home(request: HttpRequest) -> HttpResponse:
    return page(request)


def page(request: HttpRequest, *, shell: bool = False) -> HttpResponse:
    since = clock.now() - LATELY
    received = requests.requests(RequestQuery(since=since, limit=0)).total
    fixed = requests.requests(RequestQuery(since=since, status="fixed", limit=0)).total
    context = {
        "received": received if received >= FEWEST and not shell else None,
        "fixed": fixed,
        "shell": shell,
        "script": {**mine.script(), "around": reverse("citizen_app:around")},
    }
    response = render(request, "citizen_app/home.html", context)
    patch_cache_control(response, private=True, no_cache=True)
    return response


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "citizen_app/privacy.html")
