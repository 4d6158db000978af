from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from dinh.kernel import clock
from dinh.kernel.manifests import System, Text, registry
from dinh.spine.notices import api
from dinh.spine.notices.tests.factories import DAY, KINDS
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import Actor, Grant


@pytest.fixture(autouse=True)
def _kinds_of_these_tests() -> Iterator[None]:
    manifest = System(
        slug="test_notices",
        name=Text("Thử", "Test"),
        summary=Text("", ""),
        notices=KINDS,
        links={"case": "/x/{id}/", "notices": "/n/{id}"},
    )
    registry.add(manifest)
    yield
    registry._systems.pop("test_notices")


@pytest.fixture
def outgoing(settings: Any, tmp_path: Path) -> Path:
    """All channels write files here."""
    settings.NOTICE_CHANNELS = dict.fromkeys(("email", "push", "sms", "zalo"), "file")
    settings.OUTGOING = tmp_path
    settings.PUBLIC_URL = "https://dinh.example.vn"
    return tmp_path


class Clock:
    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment

    def on(self, **time: float) -> datetime:
        self.moment += timedelta(**time)
        return self.moment


@pytest.fixture
def moved(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock, at ten in the morning of a Monday in Vietnam."""
    moving = Clock(DAY)
    monkeypatch.setattr(clock, "now", moving)
    return moving


@pytest.fixture
def person_of(db: None) -> Callable[..., Actor]:
    def make(username: str, *, language: str = "", organisation: str | None = None, role: str = "official") -> Actor:
        grant = Grant(role, None)
        row = parties.save_person(
            username=username,
            name=f"Nguyễn {username}",
            email=f"{username}@example.vn",
            organisation=organisation,
            grants=[grant],
        )
        if language:
            parties.set_preferences(username, name=row.name_vi, language=language, theme="")
        return Actor(row.urn, row.name_vi, (grant,), organisation, is_staff=True)

    return make


@pytest.fixture
def an(person_of: Callable[..., Actor]) -> Actor:
    return person_of("an")


@pytest.fixture
def tell() -> Callable[..., int]:
    def tell(kind: str, *to: str, key: str = "e1", emergency: bool | None = None, **params: object) -> int:
        with transaction.atomic():
            return api.notify(
                kind,
                to=to,
                key=key,
                about="urn:dinh:case:2026-000001",
                params={"what": "Độ mặn"} | params,
                emergency=emergency,
            )

    return tell
