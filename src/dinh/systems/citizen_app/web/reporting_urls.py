"""The home page, reporting, following one's own."""

from __future__ import annotations

from django.urls import URLPattern

reporting: list[URLPattern] = []
