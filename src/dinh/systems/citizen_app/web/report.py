"""Reporting: one form that needs no script; where there is one, it sends by the door of `intake`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods

from dinh.kernel.errors import DinhError, SourceUnavailable
from dinh.kernel.manifests import registry
from dinh.spine.files import api as files
from dinh.spine.places import api as places
from dinh.spine.requests import api as requests
from dinh.spine.requests.api import MOST_PHOTOS, ServiceRow
from dinh.spine.submissions.api import Receipt
from dinh.systems.citizen_app.web import intake, report_form, script_words
from dinh.systems.citizen_app.web.report_form import Filled
from dinh.systems.citizen_app.web.senders import person_of, sender
from dinh.web import uploads
from dinh.web.requests import language
from dinh.web.words import told

ROADS: Final = ("roads", "streets")
"""Codes of map layers by which one finds a place."""


@require_http_methods(["GET", "HEAD", "POST"])
@gzip_page
def report(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return page(request, report_form.empty(request.GET.get("category", "")[:64]))
    found = report_form.filled(request.POST)
    if "ask" in request.POST:
        return page(request, found)
    photos, wrong = uploads.read_each(request, "photo", most=MOST_PHOTOS)
    if wrong:
        found.faults = {"photo": " ".join(told(error) for error in wrong)}
        return page(request, found, photos_lost=len(photos), status=422)
    try:
        receipt = _hand_in(request, found, photos)
    except SourceUnavailable as error:
        found.faults = {"": told(error)}
        return page(request, found, photos_lost=len(photos), status=503)
    except DinhError as error:
        found.faults = report_form.faults_in(error)
        return page(request, found, photos_lost=len(photos), status=422)
    return HttpResponseRedirect(reverse("citizen_app:followed", args=[receipt.id]) + "?new=1", status=303)


def _hand_in(request: HttpRequest, found: Filled, photos: Sequence[tuple[bytes, str]]) -> Receipt:
    mark, many = sender(request)
    draft = report_form.draft_of(found, language=language(request), person=person_of(request), sender=mark, many=many)
    return requests.hand_in(draft, [(name or "photo.jpg", content) for content, name in photos])


def account_token(request: HttpRequest) -> str:
    """What says, in a draft that is sent later, whose it is; '' for anyone."""
    person = person_of(request)
    return signing.dumps(person, salt=intake.ACCOUNT) if person else ""


def page(
    request: HttpRequest, found: Filled, *, photos_lost: int = 0, status: int = 200, kept: bool = False
) -> HttpResponse:
    """`kept` is the page as a device keeps it for when there is no network: nobody's."""
    services = requests.services()
    for name, words in found.faults.items():
        if name in found.form.fields:
            found.form.add_error(name, words)
    if "place" in found.faults:
        found.form.add_error("address", found.faults["place"])
    known = {row.code for row in services}
    context = {
        "found": found,
        "form": found.form,
        "groups": grouped(services),
        "questions": found.questions(services),
        "chosen": found.category if found.category in known else "",
        "faults": _summary(found.faults, found),
        "photo_fault": found.faults.get("photo", ""),
        "category_fault": found.faults.get("category", ""),
        "photos_lost": photos_lost,
        "most_photos": MOST_PHOTOS,
        "most_megabytes": files.limits()[0] // (1024 * 1024),
        "account": "" if kept else account_token(request),
        "kept": kept,
        "script": {
            "words": script_words.report(),
            "language": get_language(),
            "around": reverse("citizen_app:around"),
            "places": reverse("citizen_app:places"),
            "suggest": reverse("citizen_app:suggest"),
            "same": reverse("citizen_app:same"),
            "preview": reverse("citizen_app:preview"),
            "mine": reverse("citizen_app:mine"),
            "report": reverse("citizen_app:report"),
            **ground(),
            "photos": MOST_PHOTOS,
            "bytes": files.limits()[0],
        },
    }
    response = render(request, "citizen_app/report.html", context, status=status)
    patch_cache_control(response, no_store=True)
    return response


def ground() -> Mapping[str, Any]:
    """What the map begins with: the middle of the province, and roads where a system publishes them as a layer."""
    try:
        area = places.place(settings.AREA)
    except DinhError:
        return {}
    layers = [layer for layer in registry.layers() if layer.code in ROADS and layer.permission is None]
    return {
        "centre": [area.longitude, area.latitude],
        "layers": [{"code": row.code, "name": "", "path": row.path, "geometry": row.geometry} for row in layers],
    }


def grouped(services: Sequence[ServiceRow]) -> Sequence[tuple[Any, Sequence[ServiceRow]]]:
    """In the order of the manifests, each group where its first category stands."""
    groups: dict[str, tuple[Any, list[ServiceRow]]] = {}
    for row in services:
        groups.setdefault(row.group.vi, (row.group, []))[1].append(row)
    return list(groups.values())


def _summary(faults: Mapping[str, str], found: Filled) -> Sequence[tuple[str, str]]:
    """Each fault with the field that it leads to, for the list above the form."""
    leads = {"place": "id_address", "photo": "photo", "category": "categories", "": ""}
    asked = {
        question.name: question.at
        for question in found.questions(requests.services())
        if found.category in question.categories
    }
    return [
        (
            leads.get(name)
            or asked.get(name.removeprefix("answers."), "")
            or (f"id_{name}" if name in found.form.fields else ""),
            words,
        )
        for name, words in faults.items()
    ]
