"""The page of a list that an address asks for."""

from __future__ import annotations

from django.http import HttpRequest


def page_in(request: HttpRequest) -> int:
    text = request.GET.get("page", "")
    return max(1, int(text)) if text.isdecimal() and len(text) < 6 else 1
