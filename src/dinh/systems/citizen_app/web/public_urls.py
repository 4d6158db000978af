"""Reports as anyone may read them, and the desk at which officials keep them in order."""

from __future__ import annotations

from django.urls import URLPattern

public: list[URLPattern] = []
