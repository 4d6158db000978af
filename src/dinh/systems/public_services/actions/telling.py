"""Writing to the applicant: to which addresses, with which link."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings

from dinh.kernel.vietnamese_text import format_moment, format_number
from dinh.spine.notices import api as notices
from dinh.systems.public_services import models
from dinh.systems.public_services.domain.procedures import Procedure
from dinh.systems.public_services.queries import access


def urn_of(id: UUID | str) -> str:
    return f"urn:dinh:dossier:{id}"


def link_of(code: str) -> str:
    """Opens a draft or dossier for whoever has the link."""
    return f"{settings.PUBLIC_URL}/services/follow/{code}/"


def addresses(row: models.Draft | models.Dossier) -> Sequence[str]:
    """The person's account where there is one; else what the applicant gave."""
    if row.person:
        return (row.person,)
    return tuple(f"{scheme}:{value}" for scheme, value in (("tel", row.phone), ("mailto", row.email)) if value)


def tell(row: models.Dossier, procedure: Procedure, kind: str, *, key: str, **more: Any) -> None:
    """In the present transaction; each event once."""
    to = addresses(row)
    if not to:
        return
    due = {language: format_moment(row.due_at, language) if row.due_at else "–" for language in ("vi", "en")}
    link = link_of(access.code_of(row)) if not row.person else f"{settings.PUBLIC_URL}/services/dossiers/{row.pk}/"
    params: dict[str, Any] = {
        "number": row.number,
        "procedure": {"vi": procedure.name.vi, "en": procedure.name.en},
        "due": due,
        "link": link,
        **more,
    }
    notices.notify(f"services.{kind}", to=to, key=f"{row.urn}#{key}", about=row.urn, params=params)


def money(amount: int) -> dict[str, str]:
    return {language: format_number(Decimal(amount), 0, language) for language in ("vi", "en")}
