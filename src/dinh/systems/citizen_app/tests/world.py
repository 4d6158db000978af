"""Two communes with an office and an official each, and reports in them: what tests of the public pages stand on."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import LazySettings
from django.contrib.auth import get_user_model
from django.test import Client
from PIL import Image

from dinh.kernel.errors import NotFound
from dinh.spine.cases import api as cases
from dinh.spine.jobs import api as jobs
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import Actor, Grant
from dinh.spine.places import api as places
from dinh.spine.places.api import PlaceRow
from dinh.spine.requests import api as requests
from dinh.spine.requests.api import Draft
from dinh.spine.submissions import api as submissions
from dinh.web import limits

NORTH, SOUTH = "urn:dinh:unit:2025:31500", "urn:dinh:unit:2025:31501"


@contextmanager
def standing(monkeypatch: pytest.MonkeyPatch, settings: LazySettings, tmp_path: Path) -> Iterator[None]:
    """Places from memory, a journal of its own, limits that begin anew."""
    known = {
        urn: PlaceRow(urn, "unit", "commune", name, name, f"xã {name}", urn[-5:], None, 106.0, latitude)
        for urn, name, latitude in ((NORTH, "Kế Sách", 9.7), (SOUTH, "Trần Đề", 9.5))
    }

    def place(urn: str) -> PlaceRow:
        if urn not in known:
            raise NotFound("places.no_place", "there is no place '{urn}'", urn=urn)
        return known[urn]

    monkeypatch.setattr(places, "place", place)
    monkeypatch.setattr(places, "places", lambda urns: {urn: known[urn] for urn in urns if urn in known})
    monkeypatch.setattr(places, "unit_at", lambda longitude, latitude, **_: known[NORTH if latitude >= 9.6 else SOUTH])
    monkeypatch.setattr(places, "contains", lambda outer, inner: outer == inner)
    monkeypatch.setattr(places, "area", lambda urn: [known[urn]] if urn in known else list(known.values()))
    monkeypatch.setattr(places, "ancestors", lambda urn: [])
    monkeypatch.setattr(places, "unit_of", lambda urn: urn)
    monkeypatch.setattr(places, "bounds", lambda urns: (105.6, 9.3, 106.3, 9.9))
    submissions.stop()
    settings.SUBMISSIONS_HOME = tmp_path / "submissions"
    limits.forget()
    yield
    submissions.stop()


def official(name: str, commune: str, role: str = "official") -> Actor:
    office = parties.save_organisation(id=f"ubnd-{name}", name_vi=f"UBND {name}", name_en=name, place=commune).urn
    grants = [Grant(role, commune)]
    row = parties.save_person(username=name, name=name, email=None, organisation=office, grants=grants)
    return Actor(row.urn, name, tuple(grants), office, is_staff=True)


def signed_in(name: str) -> Client:
    """Past the second factor."""
    client = Client()
    client.force_login(get_user_model().objects.get(username=name))
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "at": 0, "type": "totp"}]
    session["account_authentication_methods_user"] = session["_auth_user_id"]
    session.save()
    return client


def picture() -> bytes:
    out = io.BytesIO()
    Image.effect_noise((64 + random.randrange(64), 80), 60).convert("RGB").save(out, "JPEG")
    return out.getvalue()


def reported(word: str, *, photos: int = 0, **changes: Any) -> tuple[UUID, str]:
    """A report whose words hold `word`; its id (the reporter's link) and number."""
    values: dict[str, Any] = {
        "id": uuid4(), "category": "road_damage", "description": f"Ổ gà lớn {word} trước chợ", "longitude": 106.2, "latitude": 9.5,
        "address": f"Chợ {word}", "name": "Trần Thị Mẫu", "sender": str(uuid4()),
    }  # fmt: skip
    sent = [(f"{number}.jpg", picture()) for number in range(photos)]
    receipt = requests.hand_in(Draft(**(values | changes)), sent)
    submissions.work_off()
    jobs.deliver_pending()
    return receipt.id, receipt.number


def ended(number: str, by: Actor, step: str = "fix") -> None:
    case = requests.request(number, actor=by).case
    cases.take(case, by=by)
    cases.move(case, transition=step, by=by, reason="Đã vá bằng nhựa nóng.")
    jobs.deliver_pending()
