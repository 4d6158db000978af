"""The first page of the app, and what it says about people's data."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from dinh.kernel import clock
from dinh.spine.requests import api as requests
from dinh.spine.requests.api import FEWEST, RequestQuery
from dinh.systems.citizen_app.web import inline, mine
from dinh.web.page_cache import public_page

LATELY: Final = timedelta(days=30)
AGE_S: Final = 30
STYLES: Final = ("house", "citizen_app/app", "citizen_app/mine")


@require_safe
@public_page(AGE_S)
@gzip_page
def home(request: HttpRequest) -> HttpResponseBase:
    css = inline.styles_of(STYLES)
    return inline.allow(request, page(request, styles=css), css)


def page(request: HttpRequest, *, styles: str = "", kept: bool = False) -> HttpResponse:
    since = clock.now() - LATELY
    received = requests.requests(RequestQuery(since=since, limit=0)).total
    fixed = requests.requests(RequestQuery(since=since, status="fixed", limit=0)).total
    context = {
        "received": received if received >= FEWEST and not kept else None,
        "fixed": fixed,
        "kept": kept,
        "styles": styles,
        "script": {**mine.script(), "around": reverse("citizen_app:around")},
    }
    return render(request, "citizen_app/home.html", context)


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "citizen_app/privacy.html")
