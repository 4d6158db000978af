"""From stored rows to the frozen rows of the api, and to what is hashed."""

from __future__ import annotations

import json

from dinh.spine.publications import api, domain, models


def publication_of(found: models.Publication) -> api.PublicationRow:
    return api.PublicationRow(
        urn=domain.urn_of(found.slug),
        slug=found.slug,
        kind=found.kind,
        organisation=found.organisation or None,
        place=found.place or None,
        licence=found.licence,
        state=found.state,
        current=found.current,
        title_vi=found.title_vi,
        title_en=found.title_en,
        created_at=found.created_at,
        published_at=found.published_at,
        updated_at=found.updated_at,
        withdrawn_at=found.withdrawn_at,
        withdrawn_reason_vi=found.withdrawn_reason_vi,
        withdrawn_reason_en=found.withdrawn_reason_en,
    )


def version_of(found: models.Version, slug: str, *, with_body: bool = True) -> api.VersionRow:
    return api.VersionRow(
        slug=slug,
        number=found.number,
        revision=found.revision,
        state=found.state,
        title={"vi": found.title_vi, "en": found.title_en},
        summary={"vi": found.summary_vi, "en": found.summary_en},
        note={"vi": found.note_vi, "en": found.note_en},
        body=tuple(json.loads(found.body)) if with_body else (),
        simulated=found.simulated,
        automatic=found.automatic,
        author=found.author,
        author_name=found.author_name,
        authors=tuple(found.authors),
        created_at=found.created_at,
        saved_at=found.saved_at,
        submitted_at=found.submitted_at,
        checked_by=found.checked_by or None,
        checked_name=found.checked_name,
        checked_at=found.checked_at,
        scheduled_at=found.scheduled_at,
        published_at=found.published_at,
        sha256=found.sha256,
        ledger_index=found.ledger_index,
    )


def content_of(found: models.Version) -> domain.Content:
    return domain.Content.of(
        title={"vi": found.title_vi, "en": found.title_en},
        summary={"vi": found.summary_vi, "en": found.summary_en},
        note={"vi": found.note_vi, "en": found.note_en},
        body=json.loads(found.body),
    )


def canonical_of(publication: models.Publication, found: models.Version) -> str:
    """What is hashed: everything that readers see, and nothing about persons."""
    return domain.canonical(
        {
            "urn": domain.urn_of(publication.slug),
            "version": found.number,
            "kind": publication.kind,
            "organisation": publication.organisation or None,
            "place": publication.place or None,
            "licence": publication.licence,
            "title": {"vi": found.title_vi, "en": found.title_en},
            "summary": {"vi": found.summary_vi, "en": found.summary_en},
            "note": {"vi": found.note_vi, "en": found.note_en},
            "body": json.loads(found.body),
            "simulated": found.simulated,
            "automatic": found.automatic,
            "published_at": found.published_at.isoformat(timespec="microseconds") if found.published_at else None,
        }
    )
