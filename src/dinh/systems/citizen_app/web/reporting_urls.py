"""The home page, reporting, following one's own, and what makes a device keep the app."""

from __future__ import annotations

from django.urls import URLPattern, path, register_converter

from dinh.systems.citizen_app.web import asking, follow, home, mine, preview, pwa, receipt, report


class Saying:
    """What a follower may say."""

    regex = "fixed|not_fixed|comment|rating|answer|private"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Saying, "saying")

reporting: list[URLPattern] = [
    path("", home.home, name="home"),
    path("privacy/", home.privacy, name="privacy"),
    path("manifest.webmanifest", pwa.manifest, name="manifest"),
    path("sw.js", pwa.worker, name="worker"),
    path("shell/<str:code>/<str:name>/", pwa.shell_page, name="shell"),
    path("report/", report.report, name="report"),
    path("report/suggest", asking.suggest, name="suggest"),
    path("report/places", asking.find, name="places"),
    path("report/around", asking.around, name="around"),
    path("report/same", asking.same, name="same"),
    path("photo-preview", preview.preview, name="preview"),
    path("find/", mine.find, name="find"),
    path("again/", mine.again, name="again"),
    path("mine/", mine.mine, name="mine"),
    path("mine/states", mine.states, name="states"),
    path("mine/<str:number>/", mine.one, name="mine-one"),
    path("r/<uuid:id>/", follow.followed, name="followed"),
    path("r/<uuid:id>/now", follow.now, name="followed-now"),
    path("r/<uuid:id>/say/<saying:what>/", follow.say, name="say"),
    path("r/<uuid:id>/data.json", follow.export, name="export"),
    path("r/<uuid:id>/forget/", follow.forget, name="forget"),
    path("r/<uuid:id>/receipt.pdf", receipt.receipt, name="receipt"),
]
