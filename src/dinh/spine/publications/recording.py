"""Locks, and one act: its line of history and its leaf in the ledger."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dinh.kernel.errors import Conflict, NotFound
from dinh.spine.ledger import api as ledger
from dinh.spine.parties.api import Actor
from dinh.spine.publications import domain, models


def locked(slug: str) -> models.Publication:
    """The publication, locked until the transaction ends. Raises NotFound `publications.none`."""
    return stored(slug, models.Publication.objects.select_for_update())


def stored(slug: str, among: Any = None) -> models.Publication:
    slug = domain.slug_of(slug)
    found: models.Publication | None = (among or models.Publication.objects).filter(slug=slug).first()
    if found is None:
        raise none(slug)
    return found


def none(slug: str) -> NotFound:
    return NotFound("publications.none", "there is no publication '{slug}'", slug=domain.slug_of(slug)[:120])


def require_standing(found: models.Publication) -> None:
    if found.state == "withdrawn":
        raise Conflict("publications.withdrawn", "it was withdrawn; write a new publication instead")


def newest_open(found: models.Publication) -> models.Version | None:
    return models.Version.objects.filter(publication=found, state__in=domain.OPEN).first()


def locked_open(found: models.Publication) -> models.Version:
    """The version that is worked on. Raises Conflict `publications.nothing_open`, `publications.withdrawn`."""
    require_standing(found)
    version = newest_open(found)
    if version is None:
        raise Conflict(
            "publications.nothing_open", "no version of it is being worked on; begin a correction to change it"
        )
    return version


def record(
    found: models.Publication,
    version: models.Version,
    *,
    what: str,
    by: Actor,
    at: datetime,
    text: str = "",
    data: Mapping[str, Any] | None = None,
) -> int:
    """Writes the act and its leaf, and returns the leaf's index; call it after every other row was locked."""
    salt = secrets.token_hex(16)
    leaf: dict[str, Any] = {"version": version.number, "by": by.urn, **(data or {})}
    if text:
        leaf["text_sha256"] = domain.commitment(salt, text)
    index = ledger.append(f"publication.{what}", domain.urn_of(found.slug), leaf).index
    models.Act.objects.create(
        publication=found,
        version=version.number,
        at=at,
        by=by.urn,
        by_name=by.name[:200],
        what=what,
        text=text,
        salt=salt,
        ledger_index=index,
    )
    return index
