"""What may be reported: the categories of public case types."""

from __future__ import annotations

from collections.abc import Sequence
from operator import is_
from typing import Final

from dinh.kernel.errors import NotFound
from dinh.kernel.manifests import CaseTypeSpec, CategorySpec, Text, registry
from dinh.kernel.vietnamese_text import fold
from dinh.spine.requests.api import ServiceRow

NEEDED: Final = "x-needed"
NOTHING: Final = Text("", "")


_known: tuple[Sequence[CaseTypeSpec], Sequence[ServiceRow]] = ((), ())


def services() -> Sequence[ServiceRow]:
    global _known
    types = registry.case_types()
    if len(types) != len(_known[0]) or not all(map(is_, types, _known[0])):
        _known = types, tuple(_row(spec, category) for spec in types if spec.public for category in spec.categories)
    return _known[1]


def service(code: str) -> ServiceRow:
    for row in services():
        if row.code == code:
            return row
    raise NotFound(
        "requests.no_category",
        "there is no category '{code}' to report in; there are {known}",
        code=code[:64],
        known=", ".join(row.code for row in services()),
    )


def _row(spec: CaseTypeSpec, category: CategorySpec) -> ServiceRow:
    known = spec.fields.get("properties", {})
    asks = {name: known[name] for name in category.asks if name in known}
    return ServiceRow(
        code=category.code,
        type=spec.code,
        name=category.name,
        group=category.group or spec.name,
        summary=category.summary or NOTHING,
        asks=asks,
        needs=[name for name, schema in asks.items() if schema.get(NEEDED) is True],
        keywords=category.keywords,
        danger=category.danger,
        private=category.private,
        time=spec.time_to_close(category.code),
        office_hours=spec.office_hours,
    )


def suggest(text: str, limit: int) -> Sequence[ServiceRow]:
    """A keyword of several words counts as many times; the order of the manifest decides among equals."""
    said = f" {' '.join(fold(text).split())} "
    scored = []
    for row in services():
        words = (*row.keywords, row.name.vi, row.name.en)
        score = sum(
            len(folded.split()) for folded in {" ".join(fold(word).split()) for word in words} if f" {folded} " in said
        )
        if score:
            scored.append((score, row))
    scored.sort(key=lambda pair: -pair[0])
    return [row for _, row in scored[:limit]]
