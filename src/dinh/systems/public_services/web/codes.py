"""Codes that this browser has shown: kept in its session, so that no address but the one link holds any."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from django.http import HttpRequest

from dinh.systems.public_services import models
from dinh.systems.public_services.domain import codes
from dinh.systems.public_services.queries import access
from dinh.web.requests import actor

SESSION: Final = "services_codes"
MOST: Final = 20


def held(request: HttpRequest) -> Mapping[str, str]:
    found = request.session.get(SESSION, {})
    return found if isinstance(found, dict) else {}


def hold(request: HttpRequest, id: UUID, code: str) -> None:
    kept = {**held(request), str(id): codes.plain(code)}
    request.session[SESSION] = dict(list(kept.items())[-MOST:])


def forget(request: HttpRequest) -> None:
    request.session.pop(SESSION, None)


def draft(request: HttpRequest, id: UUID) -> models.Draft:
    return access.draft(id, actor=actor(request), held=held(request))


def dossier(request: HttpRequest, id: UUID) -> models.Dossier:
    return access.dossier(id, actor=actor(request), held=held(request))
