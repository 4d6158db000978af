"""What search engines may look through: the public pages; each system's own site map tells which there are."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from dinh.kernel.manifests import registry
from dinh.web.context import answered

NOT: Final = ("/account/", "/api/", "/app/desk/", "/app/mine/", "/app/r/", "/app/subscriptions/", "/files/", "/live")


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    found = (answered(f"{system.path}sitemap.xml", settings.ROOT_URLCONF) for system in registry.systems())
    maps = [path for path in found if path]
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in NOT),
        *(f"Sitemap: {settings.PUBLIC_URL}{path}" for path in maps),
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
