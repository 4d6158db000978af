"""Procedures as they are, and as they were when a dossier was handed in under them."""

from __future__ import annotations

from functools import lru_cache

from dinh.systems.public_services import models
from dinh.systems.public_services.domain import folders
from dinh.systems.public_services.domain.procedures import Procedure, procedure_of


def procedure_at(slug: str, version: str) -> Procedure:
    """Raises NotFound `services.no_procedure` for one that was never here."""
    present = folders.all_procedures().get(slug)
    if present is not None and present.version == version:
        return present
    kept = _kept(slug, version)
    return kept if kept is not None else folders.procedure(slug)


@lru_cache(maxsize=64)
def _kept(slug: str, version: str) -> Procedure | None:
    row = models.ProcedureVersion.objects.filter(slug=slug, version=version).first()
    return procedure_of(slug, row.raw) if row else None


def keep(procedure: Procedure) -> None:
    models.ProcedureVersion.objects.get_or_create(
        slug=procedure.slug, version=procedure.version, defaults={"raw": _plain(procedure)}
    )


def _plain(procedure: Procedure) -> object:
    """TOML has days; JSON has none."""
    import json

    return json.loads(json.dumps(procedure.raw, default=str))
