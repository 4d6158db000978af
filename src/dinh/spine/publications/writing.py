"""Drafts: begun, saved, begun anew as a correction. Every act locks the publication first."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction

from dinh.kernel import clock
from dinh.kernel.errors import Conflict, Invalid
from dinh.spine.parties.api import Actor
from dinh.spine.publications import blocks, domain, models, recording, rows, scope
from dinh.spine.publications.api import VersionRow, Words


def create(
    *,
    slug: str,
    kind: str,
    title: Words,
    by: Actor,
    summary: Words | None,
    body: Sequence[Mapping[str, Any]],
    licence: str,
    organisation: str | None,
    place: str | None,
    simulated: bool,
    automatic: bool,
    key: str,
) -> VersionRow:
    scope.require_reach(by, "publications.write", place=place, organisation=organisation)
    domain.check_slug(slug)
    domain.check_licence(licence)
    if not domain.SLUG.fullmatch(kind):
        raise Invalid("publications.kind", "'{value}' is no kind; use small letters and hyphens", value=kind[:80])
    content = domain.Content.of(title=title, summary=summary, note=None, body=list(body))
    moment = clock.now()
    try:
        with transaction.atomic():
            known = models.Publication.objects.filter(key=key).first() if key else None
            if known is not None:
                first = models.Version.objects.filter(publication=known).order_by("-number")[0]
                return rows.version_of(first, known.slug)
            found = models.Publication.objects.create(
                slug=slug,
                key=key,
                kind=kind,
                organisation=organisation or "",
                place=place or "",
                licence=licence,
                title_vi=content.title["vi"],
                title_en=content.title["en"],
                created_at=moment,
            )
            draft = models.Version(
                publication=found,
                number=1,
                simulated=simulated,
                automatic=automatic,
                authors=[by.urn],
                author=by.urn,
                author_name=by.name[:200],
                created_at=moment,
                saved_at=moment,
            )
            put(draft, content)
            draft.save()
            recording.record(found, draft, what="created", by=by, at=moment)
            return rows.version_of(draft, slug)
    except IntegrityError as error:
        if key and models.Publication.objects.filter(key=key).exists():
            return create(
                slug=slug, kind=kind, title=title, by=by, summary=summary, body=body, licence=licence,
                organisation=organisation, place=place, simulated=simulated, automatic=automatic, key=key,
            )  # fmt: skip
        raise Conflict(
            "publications.slug_taken",
            "the address '{slug}' is taken by another publication; choose another one",
            slug=slug,
        ) from error


def put(draft: models.Version, content: domain.Content) -> None:
    draft.title_vi, draft.title_en = content.title["vi"], content.title["en"]
    draft.summary_vi, draft.summary_en = content.summary["vi"], content.summary["en"]
    draft.note_vi, draft.note_en = content.note["vi"], content.note["en"]
    draft.body = blocks.written(list(content.body))


def save(
    slug: str,
    *,
    revision: int,
    title: Words,
    summary: Words,
    body: Sequence[Mapping[str, Any]],
    by: Actor,
    note: Words | None,
    licence: str | None,
) -> VersionRow:
    content = domain.Content.of(title=title, summary=summary, note=note, body=list(body))
    if licence is not None:
        domain.check_licence(licence)
    with transaction.atomic():
        found = recording.locked(slug)
        scope.require(rows.publication_of(found), "publications.write", by)
        draft = recording.locked_open(found)
        domain.step(draft.state, "save")
        if draft.revision != revision:
            raise Conflict(
                "publications.stale",
                "{name} saved this draft meanwhile (save {newer}; you began from save {yours}); compare both texts, "
                "then save again",
                name=draft.author_name,
                newer=draft.revision,
                yours=revision,
            )
        put(draft, content)
        draft.revision += 1
        draft.saved_at = clock.now()
        draft.author, draft.author_name = by.urn, by.name[:200]
        draft.authors = list(dict.fromkeys([*draft.authors, by.urn]))
        draft.save()
        if licence is not None and found.current is None:
            # The licence under which something is public already is never taken back.
            found.licence = licence
        if found.current is None:
            found.title_vi, found.title_en = draft.title_vi, draft.title_en
        found.save()
        return rows.version_of(draft, found.slug)


def correct(slug: str, *, by: Actor) -> VersionRow:
    with transaction.atomic():
        found = recording.locked(slug)
        scope.require(rows.publication_of(found), "publications.write", by)
        recording.require_standing(found)
        if found.current is None:
            raise Conflict("publications.not_public", "nothing of it is published yet; write on in its draft instead")
        open_one = recording.newest_open(found)
        if open_one is not None:
            raise Conflict(
                "publications.open_version",
                "version {number} is being worked on already; go on with it",
                number=open_one.number,
            )
        present = models.Version.objects.get(publication=found, number=found.current)
        moment = clock.now()
        newest = models.Version.objects.filter(publication=found).order_by("-number")[0]
        draft = models.Version(
            publication=found,
            number=newest.number + 1,
            simulated=present.simulated,
            automatic=False,
            authors=[by.urn],
            author=by.urn,
            author_name=by.name[:200],
            created_at=moment,
            saved_at=moment,
        )
        content = rows.content_of(present)
        put(draft, domain.Content(content.title, content.summary, {"vi": "", "en": ""}, content.body))
        draft.body = blocks.written(json.loads(present.body))
        draft.save()
        recording.record(found, draft, what="correction_begun", by=by, at=moment)
        return rows.version_of(draft, found.slug)
