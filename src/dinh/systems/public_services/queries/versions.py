"""Procedures as they are, and as they were when a dossier was handed in under them."""

from __future__ import annotations

import json
from typing import Any, Final

from dinh.systems.public_services import models
from dinh.systems.public_services.domain import folders
from dinh.systems.public_services.domain.procedures import Procedure, procedure_of

_known: Final[dict[tuple[str, str], Procedure]] = {}
"""Read from the register once: a version never changes."""


def procedure_at(slug: str, version: str) -> Procedure:
    """Raises NotFound `services.no_procedure` for one that was never here."""
    present = folders.all_procedures().get(slug)
    if present is not None and present.version == version:
        return present
    kept = _kept(slug, version)
    return kept if kept is not None else folders.procedure(slug)


def _kept(slug: str, version: str) -> Procedure | None:
    found = _known.get((slug, version))
    if found is None:
        row = models.ProcedureVersion.objects.filter(slug=slug, version=version).first()
        if row is not None:
            found = _known[slug, version] = procedure_of(slug, row.raw)
    return found


def keep(procedure: Procedure) -> None:
    models.ProcedureVersion.objects.get_or_create(
        slug=procedure.slug, version=procedure.version, defaults={"raw": _plain(procedure)}
    )


def _plain(procedure: Procedure) -> Any:
    """TOML has days; JSON has none."""
    return json.loads(json.dumps(procedure.raw, default=str))
