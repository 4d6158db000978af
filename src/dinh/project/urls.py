"""Addresses: each system and gateway under its mount, the API under /api/v1/, the house's own pages."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from dinh.kernel.manifests import registry
from dinh.project import checkpointing, health
from dinh.project.api import api
from dinh.project.reference import reference
from dinh.project.robots import robots
from dinh.web.requests import for_anybody

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", health.metrics),
    path("robots.txt", robots),
    path(".well-known/dinh-ledger-keys", checkpointing.well_known),
    path("api/v1/docs", reference),
    path("api/v1/", api.urls),
    # Nothing but the language of this browser changes: no token, so that public pages are the same for everybody.
    path("i18n/setlang/", for_anybody(set_language), name="set_language"),
]
for _manifest in sorted(registry.manifests(), key=lambda manifest: -len(manifest.path)):
    if _manifest.plain_urls:
        urlpatterns.append(path(_manifest.path.lstrip("/"), include(_manifest.plain_urls)))
    if _manifest.urls:
        _target = include((_manifest.urls, _manifest.slug), namespace=_manifest.slug)
        urlpatterns.append(path(_manifest.path.lstrip("/"), _target))
