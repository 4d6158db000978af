"""Reads: the public list, a publication with its versions, the work of editors, comparison and checks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Max, Q, QuerySet

from dinh.kernel.errors import NotFound
from dinh.kernel.vietnamese_text import fold
from dinh.spine.ledger import api as ledger
from dinh.spine.parties.api import Actor
from dinh.spine.publications import api, blocks, domain, models, recording, rows, scope

WRITERS = ("publications.write", "publications.check", "publications.publish")


def publication(slug: str, actor: Actor | None = None, permissions: Sequence[str] = ()) -> api.PublicationRow:
    row = rows.publication_of(recording.stored(slug))
    if actor is not None and not any(scope.may(row, f"publications.{verb}", actor) for verb in permissions):
        if row.state not in ("published", "withdrawn"):
            raise recording.none(slug)
        scope.require(row, f"publications.{permissions[0]}", actor)
    return row


def _version(found: models.Publication, number: int, states: Sequence[str] = ()) -> models.Version:
    chosen = models.Version.objects.filter(publication=found, number=number)
    version = (chosen.filter(state__in=states) if states else chosen).first()
    if version is None:
        raise NotFound(
            "publications.no_version", "'{slug}' has no version {number}", slug=found.slug, number=str(number)[:20]
        )
    return version


def version(slug: str, number: int) -> api.VersionRow:
    found = recording.stored(slug)
    return rows.version_of(_version(found, number), found.slug)


def public_version(slug: str, number: int | None) -> api.VersionRow:
    found = recording.stored(slug)
    if found.state != "published" or found.current is None:
        raise NotFound("publications.none", "there is no publication '{slug}'", slug=found.slug)
    wanted = _version(found, found.current if number is None else number, domain.PUBLIC)
    return rows.version_of(wanted, found.slug)


def open_version(slug: str) -> api.VersionRow | None:
    found = recording.stored(slug)
    version = recording.newest_open(found)
    return rows.version_of(version, found.slug) if version else None


def versions(slug: str, *, public: bool) -> Sequence[api.VersionRow]:
    found = recording.stored(slug)
    chosen = models.Version.objects.filter(publication=found).order_by("-number").defer("body")
    if public:
        chosen = chosen.filter(state__in=domain.PUBLIC)
    return tuple(rows.version_of(one, found.slug, with_body=False) for one in chosen)


def public(query: api.PublicQuery) -> api.PublicPage:
    states = ("published", "withdrawn") if query.withdrawn else ("published",)
    chosen: QuerySet[models.Publication] = models.Publication.objects.filter(state__in=states)
    for name in ("kind", "place", "organisation"):
        if wanted := getattr(query, name):
            chosen = chosen.filter(**{name: wanted})
    if query.places:
        chosen = chosen.filter(place__in=list(query.places))
    for word in fold(query.text).split()[:10]:
        chosen = chosen.filter(search__contains=word)
    total = chosen.count()
    found = list(chosen.order_by("-updated_at", "-id")[query.offset : query.offset + min(query.limit, 100)])
    by_id = {one.pk: one.slug for one in found}
    current = models.Version.objects.filter(publication__in=list(by_id), state="published").defer("body")
    versions = {
        by_id[one.publication_id]: rows.version_of(one, by_id[one.publication_id], with_body=False) for one in current
    }
    return api.PublicPage(tuple(rows.publication_of(one) for one in found), total, versions)


def public_kinds() -> Sequence[str]:
    chosen = models.Publication.objects.filter(state__in=["published", "withdrawn"])
    return tuple(chosen.order_by("kind").values_list("kind", flat=True).distinct())


def work(*, actor: Actor, states: Sequence[str], mine: bool, limit: int) -> Sequence[api.WorkRow]:
    chosen = models.Version.objects.filter(scope.visible(actor, WRITERS, prefix="publication__"))
    chosen = chosen.filter(state__in=[state for state in domain.OPEN if not states or state in states])
    if mine:
        chosen = chosen.filter(Q(author=actor.urn))
    found = chosen.select_related("publication").defer("body").order_by("saved_at", "id")[:limit]
    made = []
    for one in found:
        row = rows.publication_of(one.publication)
        version = rows.version_of(one, row.slug, with_body=False)
        wrote = actor.urn in version.authors
        made.append(
            api.WorkRow(row, version, mine=wrote, may_check=not wrote and scope.may(row, "publications.check", actor))
        )
    return tuple(made)


def withdrawn_at() -> datetime | None:
    latest: datetime | None = models.Publication.objects.filter(state="withdrawn").aggregate(at=Max("withdrawn_at"))[
        "at"
    ]
    return latest


def acts(slug: str) -> Sequence[api.ActRow]:
    found = recording.stored(slug)
    return tuple(
        api.ActRow(
            version=act.version,
            at=act.at,
            by=act.by,
            by_name=act.by_name,
            what=act.what,
            text=act.text,
            ledger_index=act.ledger_index,
        )
        for act in models.Act.objects.filter(publication=found).order_by("id")
    )


def compare(slug: str, older: int, newer: int, *, language: str) -> api.Comparison:
    found = recording.stored(slug)
    before = rows.version_of(_version(found, older), found.slug)
    after = rows.version_of(_version(found, newer), found.slug)
    return api.Comparison(
        before,
        after,
        domain.words_compared(before.title[language], after.title[language]),
        domain.words_compared(before.summary[language], after.summary[language]),
        domain.differences(before.body, after.body, language),
    )


def canonical(slug: str, number: int) -> str:
    found = recording.stored(slug)
    return rows.canonical_of(found, _version(found, number, (*domain.PUBLIC, "withdrawn")))


def altered_versions(slug: str) -> Sequence[int]:
    found = recording.stored(slug)
    leaves = {
        entry.index: entry.data
        for entry in ledger.entries(subject=domain.urn_of(found.slug), kind="publication.published", limit=10_000)
    }
    altered = []
    for one in models.Version.objects.filter(publication=found, ledger_index__isnull=False).order_by("number"):
        leaf = leaves.get(one.ledger_index or -1, {})
        try:
            same = blocks.digest(rows.canonical_of(found, one)) == leaf.get("sha256") == one.sha256
        except ValueError:  # the stored body is no JSON any more
            same = False
        if not same:
            altered.append(one.number)
    return tuple(altered)
