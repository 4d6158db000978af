"""Reading rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.db.models import Count, Sum

from dinh.kernel.errors import NotFound, SourceUnavailable
from dinh.spine.files import domain, keys, models
from dinh.spine.files.api import FileRow


def stored(urn: str) -> models.File:
    rows = models.File.objects.select_related("content")
    found = rows.filter(public_id=urn.removeprefix(domain.FILE)).first() if urn.startswith(domain.FILE) else None
    if found is None:
        raise NotFound(
            "files.no_file",
            "there is no file '{urn}'; look at the page it was attached to for the present one",
            urn=urn[:160],
        )
    return found


def file(urn: str) -> FileRow:
    return row_of(stored(urn))


def files_of(about: Iterable[str]) -> Mapping[str, Sequence[FileRow]]:
    found: dict[str, list[FileRow]] = {}
    for row in models.File.objects.filter(about__in=set(about)).select_related("content").order_by("id"):
        found.setdefault(row.about, []).append(row_of(row))
    return found


def files_by(party: str) -> Sequence[FileRow]:
    rows = models.File.objects.filter(by=party).select_related("content").order_by("id")
    return [row_of(row) for row in rows]


def row_of(row: models.File) -> FileRow:
    return FileRow(
        urn=domain.urn_of(row.public_id),
        name=row.name,
        media_type=row.media_type,
        size=row.size,
        sha256=_sha256(row.content),
        about=row.about,
        by=row.by,
        created_at=row.created_at,
        state=row.state,
        personal=row.personal,
        width=row.width,
        height=row.height,
    )


def _sha256(content: models.Content | None) -> str:
    """'' where the content is gone or its key is: a list must show also what cannot be opened."""
    if content is None:
        return ""
    try:
        return keys.unwrap(bytes(content.wrapped_key), content.blob, content.key_number).sha256.hex()
    except SourceUnavailable:
        return ""


def by_state() -> Mapping[str, int]:
    counted = dict(models.File.objects.values_list("state").annotate(number=Count("id")))
    return {state: counted.get(state, 0) for state in (domain.KEPT, domain.QUARANTINED, domain.ERASED)}


def stored_bytes() -> int:
    return int(models.Content.objects.aggregate(total=Sum("size"))["total"] or 0)
