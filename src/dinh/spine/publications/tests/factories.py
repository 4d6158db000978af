"""People who write, check and publish, and a text to publish."""

from __future__ import annotations

from typing import Any

from dinh.spine.parties.api import Actor, Grant
from dinh.spine.publications import api
from dinh.spine.publications.api import VersionRow

TITLE = {"vi": "Độ mặn ở Sóc Trăng", "en": "Salinity in Sóc Trăng"}
SUMMARY = {"vi": "Tình hình xâm nhập mặn.", "en": "How far salt water has come."}
BODY: list[dict[str, Any]] = [
    {"type": "heading", "text": {"vi": "Tình hình", "en": "The situation"}},
    {"type": "paragraph", "text": {"vi": "Độ mặn tại Trần Đề là 4,2 g/l.", "en": "Salinity at Trần Đề is 4.2 g/l."}},
    {
        "type": "table",
        "caption": {"vi": "Theo trạm", "en": "By station"},
        "columns": [{"vi": "Trạm", "en": "Station"}, {"vi": "g/l", "en": "g/l"}],
        "numeric": [False, True],
        "rows": [[{"vi": "Mỹ Thanh", "en": "Mỹ Thanh"}, {"vi": "4,2", "en": "4.2"}]],
    },
]
REASON = {"vi": "Số liệu nguồn sai.", "en": "The source was wrong."}


def person(name: str, role: str, place: str | None = None, organisation: str | None = None) -> Actor:
    return Actor(f"urn:dinh:person:{name}", f"Nguyễn {name}", (Grant(role, place),), organisation, is_staff=True)


AN, BINH, CHI = person("an", "official"), person("binh", "official"), person("chi", "leader")
OPERATOR = person("hanh", "operator")


def draft(slug: str = "do-man", **changes: Any) -> VersionRow:
    values: dict[str, Any] = {"slug": slug, "kind": "news", "title": TITLE, "summary": SUMMARY, "body": BODY, "by": AN}
    return api.create(**(values | changes))


def checked(slug: str = "do-man", **changes: Any) -> VersionRow:
    first = draft(slug, **changes)
    api.submit(first.slug, by=AN)
    return api.approve(first.slug, revision=first.revision, by=BINH)


def published(slug: str = "do-man", **changes: Any) -> VersionRow:
    return api.publish(checked(slug, **changes).slug, by=CHI)


def corrected(slug: str = "do-man", body: list[dict[str, Any]] | None = None) -> VersionRow:
    begun = api.correct(slug, by=AN)
    note = {"vi": "Sửa số liệu trạm Mỹ Thanh.", "en": "The value of Mỹ Thanh is corrected."}
    saved = api.save(
        slug, revision=begun.revision, title=TITLE, summary=SUMMARY, body=body or BODY[:2], note=note, by=AN
    )
    api.submit(slug, by=AN)
    api.approve(slug, revision=saved.revision, by=BINH)
    return api.publish(slug, by=CHI)
