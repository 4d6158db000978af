"""Who may open a draft or a dossier: its person, whoever holds its code, the official who took it in.

Anything else is as if there were none, in the same words, whatever the id.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from uuid import UUID

from django.conf import settings

from dinh.kernel import clock
from dinh.kernel.errors import NotFound
from dinh.spine.cases import api as cases
from dinh.spine.cases.api import CaseRow
from dinh.spine.parties.api import Actor
from dinh.systems.public_services import models
from dinh.systems.public_services.domain import codes

type Codes = Mapping[str, str]
"""By id: what this browser has shown that it holds."""


def draft(id: UUID, *, actor: Actor, held: Codes) -> models.Draft:
    """Raises NotFound `services.no_draft`, also for one that was handed in or is over."""
    row = models.Draft.objects.filter(pk=id, handed_in_at__isnull=True, expires_at__gt=clock.now()).first()
    if row is None or not _opens(row, actor, held):
        raise NotFound("services.no_draft", "there is no such draft for you; open it by its code, or sign in")
    return row


def handed_in(id: UUID, *, actor: Actor, held: Codes) -> models.Draft | None:
    """A draft that was handed in and is not worked off yet."""
    row = models.Draft.objects.filter(pk=id, handed_in_at__isnull=False).first()
    return row if row is not None and _opens(row, actor, held) else None


def dossier(id: UUID, *, actor: Actor, held: Codes) -> models.Dossier:
    """For its applicant. Raises NotFound `services.no_dossier`."""
    row = models.Dossier.objects.filter(pk=id).first()
    if row is None or not _opens(row, actor, held):
        raise _none()
    return row


def at_the_desk(id: UUID, *, actor: Actor, to: str = "") -> tuple[models.Dossier, CaseRow]:
    """For officials: whoever may see its case, and with `to` hold that permission on it. Raises NotFound
    `services.no_dossier`, Refused `parties.not_permitted`."""
    row = models.Dossier.objects.filter(pk=id).first()
    if row is None:
        raise _none()
    found = cases.case(row.case)
    official = any(cases.may_act(found, permission, actor=actor) for permission in ("cases.view", "cases.act"))
    if not official and (not cases.may_see(found, actor=actor) or actor.urn == found.requester):
        raise _none()
    if to and not cases.may_act(found, to, actor=actor):
        from dinh.spine.parties import api as parties

        parties.require(actor, to, place=found.place)
        raise _none()
    return row, found


def _none() -> NotFound:
    return NotFound("services.no_dossier", "there is no such dossier for you; open it by its code, or sign in")


def by_code(text: str) -> tuple[UUID, str] | None:
    """The draft or dossier that a code opens, and the code without what separates."""
    code = codes.plain(text)
    if not code:
        return None
    hashed = codes.hashed(code)
    for model in (models.Dossier, models.Draft):
        row = model.objects.filter(code_hash=hashed).first()
        if row is not None:
            return (row.pk, code) if isinstance(row, models.Dossier) or row.expires_at > clock.now() else None
    return None


def code_of(row: models.Draft | models.Dossier) -> str:
    """As it is shown to whoever may open it; '' where the house's secret is another one by now."""
    code = codes.code_of(settings.SECRET_KEY, row.salt)
    return codes.grouped(code) if hmac.compare_digest(codes.hashed(code), row.code_hash) else ""


def _opens(row: models.Draft | models.Dossier, actor: Actor, held: Codes) -> bool:
    if actor.urn and actor.permissions is None and actor.urn in (row.person, row.taken_in_by):
        # Whoever took a dossier in at the counter prints its receipt; later it is read at the desk.
        return actor.urn == row.person or isinstance(row, models.Draft)
    code = held.get(str(row.pk), "")
    return bool(code) and hmac.compare_digest(codes.hashed(code), row.code_hash)
