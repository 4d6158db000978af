"""The first page of the app."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe


@require_safe
@gzip_page
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "citizen_app/home.html")


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "citizen_app/privacy.html")
