"""The home page, reporting, following one's own."""

from __future__ import annotations

from django.urls import URLPattern, path

from dinh.systems.citizen_app.web import follow, home, pwa, report

reporting: list[URLPattern] = [
    path("", home.home, name="home"),
    path("manifest.webmanifest", pwa.manifest, name="manifest"),
    path("privacy/", home.privacy, name="privacy"),
    path("report/", report.report, name="report"),
    path("mine/", follow.mine, name="mine"),
]
