"""The public pages: the list, a publication with its versions, comparison, downloads and proof."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dinh.kernel.errors import NotFound
from dinh.spine.ledger import api as ledger
from dinh.spine.parties import api as parties
from dinh.spine.places import api as places
from dinh.spine.publications import api as publications
from dinh.spine.publications.api import PublicationRow, PublicQuery
from dinh.systems.publishing import printing
from dinh.systems.publishing.web.words import kind_names
from dinh.web.page_cache import public_page
from dinh.web.requests import actor, language

SIZE = 20
PROOF = "dinh-proof-1"
"""The form that the page «Kiểm chứng» reads."""


@require_safe
@public_page(30)
def front(request: HttpRequest) -> HttpResponse:
    asked = request.GET
    page = int(asked["page"]) if asked.get("page", "").isdecimal() and len(asked["page"]) < 6 else 1
    filters: dict[str, Any] = {name: asked.get(name, "").strip()[:200] for name in ("kind", "place", "organisation")}
    text = asked.get("q", "").strip()[:200]
    found = publications.public(
        PublicQuery(
            text=text,
            kind=filters["kind"],
            place=filters["place"],
            organisation=filters["organisation"],
            offset=(max(1, page) - 1) * SIZE,
            limit=SIZE,
        )
    )
    organisations = parties.parties(row.organisation for row in found.rows if row.organisation)
    named = places.places({row.place for row in found.rows if row.place} | {filters["place"]} - {""})
    context = {
        "items": [
            {
                "row": row,
                "version": found.versions.get(row.slug),
                "organisation": organisations.get(row.organisation or ""),
                "place": named.get(row.place or ""),
            }
            for row in found.rows
        ],
        "total": found.total,
        "size": SIZE,
        "page": page,
        "text": text,
        "filters": filters,
        "narrowed": any(filters.values()) or bool(text),
        "kinds": [(code, kind_names().get(code, code)) for code in publications.public_kinds()],
        "may_write": _may_write(request),
        "place_of_filter": named.get(filters["place"]),
        "organisation_of_filter": parties.parties([filters["organisation"]]).get(filters["organisation"])
        if filters["organisation"]
        else None,
    }
    return render(request, "publishing/front.html", context)


def _may_write(request: HttpRequest) -> bool:
    return parties.may(actor(request), "publications.write")


def _public(slug: str) -> PublicationRow:
    row = publications.publication(slug)
    if row.state not in ("published", "withdrawn"):
        raise NotFound("publications.none", "there is no publication '{slug}'", slug=slug)
    return row


@require_safe
@public_page(30)
def page(request: HttpRequest, slug: str, number: int | None = None) -> HttpResponse:
    """The version in force, an earlier one, or the stone of what was withdrawn (410)."""
    row = _public(slug)
    context = {
        "row": row,
        "kind_name": kind_names().get(row.kind, row.kind),
        "organisation": parties.parties([row.organisation]).get(row.organisation) if row.organisation else None,
        "place": places.places([row.place]).get(row.place) if row.place else None,
        "may_write": publications.may(row, "publications.write", actor=actor(request)),
        "may_publish": publications.may(row, "publications.publish", actor=actor(request)),
    }
    if row.state == "withdrawn":
        return render(request, "publishing/withdrawn.html", context, status=410)
    version = publications.public_version(slug, number)
    context |= {
        "version": version,
        "versions": publications.versions(slug),
        "by_itself": printing.checked_by_itself(version),
        "altered": version.number in publications.altered_versions(slug),
        "leaf_path": _leaf_path(version.ledger_index),
    }
    return render(request, "publishing/page.html", context)


def _leaf_path(index: int | None) -> str:
    from dinh.kernel.manifests import registry

    return (registry.link_path("leaf", str(index)) if index is not None else None) or ""


@require_safe
def compare(request: HttpRequest, slug: str) -> HttpResponse:
    row = _public(slug)
    numbers = [version.number for version in publications.versions(slug)]
    if row.state == "withdrawn" or len(numbers) < 2:
        raise NotFound("publishing.nothing_to_compare", "'{slug}' has no two public versions", slug=slug)

    def asked(name: str, otherwise: int) -> int:
        text = request.GET.get(name, "")
        number = int(text) if text.isdecimal() and len(text) < 9 else otherwise
        if number not in numbers:
            raise NotFound("publications.no_version", "'{slug}' has no version {number}", slug=slug, number=number)
        return number

    older, newer = asked("older", numbers[1]), asked("newer", numbers[0])
    found = publications.compare(slug, min(older, newer), max(older, newer), language=language(request))
    return render(request, "publishing/compare.html", {"row": row, "found": found, "numbers": numbers})


@require_safe
@public_page(30)
def canonical(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The very bytes whose SHA-256 the ledger holds."""
    version = publications.public_version(slug, number)
    response = HttpResponse(
        publications.canonical(slug, version.number).encode("utf-8"), content_type="application/json"
    )
    response["Content-Disposition"] = f'attachment; filename="{slug}-v{number}.json"'
    return response


@require_safe
@public_page(30)
def pdf(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """In the language of the page, or in `language`."""
    chosen = request.GET.get("language", "")
    version = publications.public_version(slug, number)
    spoken = chosen if chosen in ("vi", "en") else language(request)
    made = printing.pdf_of(publications.publication(slug), version, spoken)
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{slug}-v{number}-{spoken}.pdf"'
    return response


@require_safe
def proof(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The proof of the version's leaf with its content, which is public like the version itself."""
    version = publications.public_version(slug, number)
    found = ledger.inclusion_proof(version.ledger_index or 0)
    said = {
        "format": PROOF,
        "leaf_index": found.entry.index,
        "leaf_hash": found.entry.leaf_hash.hex(),
        "tree_size": found.head.size,
        "root": found.head.root.hex(),
        "path": [step.hex() for step in found.path],
        "leaf": ledger.leaf_text(found.entry),
    }
    response = HttpResponse(json.dumps(said, ensure_ascii=False, indent=1), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{slug}-v{number}-proof.json"'
    return response
