"""What makes a device keep the app: its manifest, its worker, and the pages that open without a network."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language, gettext
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from dinh.systems.citizen_app.web import home, mine, report, report_form
from dinh.web import assets

ENTRIES: Final = ("house", "citizen_app/app", "citizen_app/report", "citizen_app/mine")
WORKER: Final = "citizen_app-worker.js"
ICONS: Final = (("icon-192.png", 192, "any"), ("icon-512.png", 512, "any"), ("icon-maskable-512.png", 512, "maskable"))

PAGES: Final[Mapping[str, Callable[[HttpRequest], HttpResponse]]] = {
    "home": lambda request: home.page(request, kept=True),
    "report": lambda request: report.page(request, report_form.empty(), kept=True),
    "mine": lambda request: mine.page(request, kept=True),
    "offline": lambda request: render(request, "citizen_app/offline.html", {"kept": True}),
}
"""Pages that a device keeps, each as anyone would see it: nothing of a person is in them."""


@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    told: dict[str, Any] = {
        "id": "/app/",
        "name": gettext("Đình: citizen app"),
        "short_name": gettext("Citizen app"),
        "description": gettext("Report what is wrong, follow it, say whether it is fixed."),
        "lang": get_language(),
        "start_url": reverse("citizen_app:home"),
        "scope": "/app/",
        "display": "standalone",
        "background_color": "#f4f2ec",
        "theme_color": "#0b6b60",
        "categories": ["government", "utilities"],
        "icons": [
            {"src": static(f"citizen_app/{name}"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
            for name, size, purpose in ICONS
        ],
        "shortcuts": [
            {"name": gettext("Report something"), "url": reverse("citizen_app:report")},
            {"name": gettext("My reports"), "url": reverse("citizen_app:mine")},
        ],
    }
    return JsonResponse(told, content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False})


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The built worker with the list of what it keeps before it. Served below /app/, it has no say over any other page."""
    path = assets.BUILT / WORKER
    if not path.exists():
        raise Http404("the front end is not built: run `make assets`")
    kept = shell()
    body = f"self.SHELL={json.dumps(kept)};\n{path.read_text(encoding='utf-8')}"
    response = HttpResponse(body, content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


def shell() -> Mapping[str, Any]:
    """`version` changes with the build and with the words of any language."""
    files = [f"/static/built/{name}" for name in _built()]
    languages = [code for code, _name in settings.LANGUAGES]
    pages = {code: {name: reverse("citizen_app:shell", args=[code, name]) for name in PAGES} for code in languages}
    told = json.dumps([files, pages, _built_stamp()], sort_keys=True)
    return {
        "version": hashlib.sha256(told.encode()).hexdigest()[:12],
        "files": files,
        "pages": pages,
        "at": {
            "home": reverse("citizen_app:home"),
            "report": reverse("citizen_app:report"),
            "mine": reverse("citizen_app:mine"),
        },
        "language": settings.LANGUAGE_CODE,
    }


def _built() -> list[str]:
    names: dict[str, None] = {}
    for entry in ENTRIES:
        found = assets.asset(entry)
        if found is not None:
            names |= dict.fromkeys((*found.styles, *found.preloads, *([found.script] if found.script else [])))
    return list(names)


def _built_stamp() -> int:
    worker = assets.BUILT / WORKER
    return worker.stat().st_mtime_ns if worker.exists() else 0


@require_safe
@gzip_page
def shell_page(request: HttpRequest, code: str, name: str) -> HttpResponse:
    """In the language of its address, whatever the device asks for: a worker keeps it for everybody who opens the app there."""
    if code not in dict(settings.LANGUAGES) or name not in PAGES:
        raise Http404("no such page")
    with translation.override(code):
        request.LANGUAGE_CODE = code
        response = PAGES[name](request)
    response["Content-Language"] = code
    response["Cache-Control"] = "no-cache"
    return response
