"""Two communes, their offices, and a public kind of case that only these tests declare."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import LazySettings
from django.urls import get_resolver
from PIL import Image

from dinh.kernel.errors import NotFound
from dinh.kernel.manifests import CaseTypeSpec, CategorySpec, StateSpec, System, Text, TransitionSpec, registry
from dinh.spine.cases import api as cases
from dinh.spine.jobs import api as jobs
from dinh.spine.notices import api as notices
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import Actor, Grant
from dinh.spine.places import api as places
from dinh.spine.places.api import PlaceRow
from dinh.spine.requests import api as requests
from dinh.spine.requests.api import Draft
from dinh.spine.submissions import accepting
from dinh.spine.submissions import api as submissions

NORTH, SOUTH = "urn:dinh:unit:2025:31500", "urn:dinh:unit:2025:31501"
KIND = CaseTypeSpec(
    code="test_report",
    name=Text("Phản ánh thử", "Test report"),
    initial="received",
    states=(
        StateSpec("received", Text("Đã tiếp nhận", "Received")),
        StateSpec("working", Text("Đang xử lý", "In progress")),
        StateSpec("fixed", Text("Đã khắc phục", "Fixed"), "done"),
        StateSpec("not_fixed", Text("Đóng, chưa khắc phục", "Closed, not fixed"), "unfixed"),
    ),
    transitions=(
        TransitionSpec("accept", Text("Nhận", "Accept"), ("received",), "working", needs_owner=True),
        TransitionSpec("fix", Text("Xong", "Fixed"), ("working",), "fixed", needs_owner=True, needs_reason=True),
        TransitionSpec("close_unfixed", Text("Đóng", "Close"), ("working",), "not_fixed", needs_owner=True, needs_reason=True),
        TransitionSpec("reopen", Text("Mở lại", "Reopen"), ("fixed", "not_fixed"), "working", needs_reason=True),
    ),
    to_owner=timedelta(hours=4),
    to_close=timedelta(hours=48),
    categories=(
        CategorySpec("hole", Text("Ổ gà", "Pothole"), timedelta(hours=10), asks=("size",), keywords=("ổ gà", "lún đường")),
        CategorySpec("lamp", Text("Đèn đường", "Street light"), keywords=("đèn đường", "lamp")),
        CategorySpec("bribe", Text("Nhũng nhiễu", "Bribery"), private=True),
    ),
    fields={
        "type": "object",
        "properties": {
            "description": {"type": "string"},
            "address": {"type": "string"},
            "reporter_name": {"type": "string", "x-personal": True},
            "reporter_contact": {"type": "string", "x-personal": True},
            "size": {"enum": ["small", "large"], "x-needed": True},
        },
    },
    public=True,
)  # fmt: skip


@pytest.fixture(autouse=True)
def _ground(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    known = {
        urn: PlaceRow(urn, "unit", "commune", name, name, f"xã {name}", urn[-5:], None, 106.0, latitude)
        for urn, name, latitude in ((NORTH, "Kế Sách", 9.7), (SOUTH, "Trần Đề", 9.5))
    }

    def place(urn: str) -> PlaceRow:
        if urn not in known:
            raise NotFound("places.no_place", "there is no place '{urn}'", urn=urn)
        return known[urn]

    def unit_at(longitude: float, latitude: float, **_: Any) -> PlaceRow | None:
        if not 105.5 < longitude < 106.5:
            return None
        return known[NORTH if latitude >= 9.6 else SOUTH]

    monkeypatch.setattr(places, "place", place)
    monkeypatch.setattr(places, "places", lambda urns: {urn: known[urn] for urn in urns if urn in known})
    monkeypatch.setattr(places, "unit_at", unit_at)
    monkeypatch.setattr(places, "contains", lambda outer, inner: outer == inner)
    monkeypatch.setattr(places, "area", lambda urn: [known[urn]] if urn in known else [])
    monkeypatch.setattr(places, "ancestors", lambda urn: [])
    monkeypatch.setattr(places, "unit_of", lambda urn: urn)


@pytest.fixture(autouse=True)
def _kind_of_work() -> Iterator[None]:
    registry.add(
        System(
            slug="test_reports", name=Text("Thử", "Test"), summary=Text("", ""), case_types=(KIND,),
            links={"request": "/reports/{id}/", "follow": "/r/{id}/", "subscription": "/s/{id}/", "unsubscribe": "/u/{id}/"},
        )
    )  # fmt: skip
    # The addresses of the house are built of its systems once a process: not while these are taken away.
    assert get_resolver().url_patterns
    # Another system may show the same kinds of thing: these tests speak of their own addresses.
    others = {slug: registry._systems.pop(slug) for slug in [*registry._systems] if slug != "test_reports"}
    yield
    registry._systems.clear()
    registry._systems.update(others)


@pytest.fixture(autouse=True)
def _journal(settings: LazySettings, tmp_path: Path) -> Iterator[None]:
    accepting.stop()
    settings.SUBMISSIONS_HOME = tmp_path / "submissions"
    yield
    accepting.stop()


@dataclass(frozen=True)
class Told:
    kind: str
    to: str
    params: dict[str, Any]


@pytest.fixture(autouse=True)
def told(monkeypatch: pytest.MonkeyPatch) -> list[Told]:
    """What was told of requests, and to whom."""
    asked: list[Told] = []

    def notify(kind: str, *, to: Any, key: str, params: dict[str, Any], **_: Any) -> int:
        asked.extend(Told(kind, one, params) for one in to)
        return 1

    monkeypatch.setattr(notices, "notify", notify)
    return asked


@pytest.fixture
def office() -> str:
    return parties.save_organisation(id="ubnd-tran-de", name_vi="UBND xã Trần Đề", name_en="Trần Đề", place=SOUTH).urn


@pytest.fixture
def binh(office: str) -> Actor:
    row = parties.save_person(
        username="binh", name="Bình", email=None, organisation=office, grants=[Grant("official", SOUTH)]
    )
    return Actor(row.urn, row.name_vi, (Grant("official", SOUTH),), office, is_staff=True)


def picture() -> bytes:
    out = io.BytesIO()
    Image.effect_noise((900, 600), 60).convert("RGB").save(out, "JPEG", exif=Image.Exif())
    return out.getvalue()


def draft(**changes: Any) -> Draft:
    values: dict[str, Any] = {
        "id": uuid4(), "category": "hole", "description": "Ổ gà lớn trước chợ Trần Đề", "longitude": 106.2, "latitude": 9.5,
        "answers": {"size": "large"}, "name": "Trần Thị Mẫu", "phone": "0912 345 678",
    }  # fmt: skip
    return Draft(**(values | changes))


def handed_in(**changes: Any) -> tuple[UUID, str]:
    """Handed in and worked off; the id (the reporter's link) and the number."""
    photos = changes.pop("photos", ())
    receipt = requests.hand_in(draft(**changes), photos)
    submissions.work_off()
    jobs.deliver_pending()
    return receipt.id, receipt.number


def closed(number: str, by: Actor, *, step: str = "fix") -> None:
    case = requests.request(number).case
    cases.take(case, by=by)
    cases.move(case, transition=step, by=by, reason="Đã vá bằng nhựa nóng.")
    jobs.deliver_pending()
