"""Telling people of their returns: due, late, sent back."""

from __future__ import annotations

from typing import Any, Final

from dinh.kernel.manifests import registry
from dinh.spine.notices import api as notices
from dinh.spine.observations.reporting_rows import ReturnRow

DUE: Final = "reporting.due"
LATE: Final = "reporting.late"
RETURNED: Final = "reporting.returned"


def _tell(kind: str, row: ReturnRow, key: str) -> None:
    """Nothing where no installed system declares the kind of notice."""
    if all(spec.code != kind for spec in registry.notices()):
        return
    assignment = row.assignment
    recipients = assignment.responsible or (assignment.organisation,)
    params: dict[str, Any] = {
        "form": {"vi": assignment.name_vi, "en": assignment.name_en},
        "period": f"{row.first_day:%d/%m/%Y} – {row.last_day:%d/%m/%Y}",
    }
    if kind == RETURNED:
        params["remarks"] = row.remarks
        recipients = (row.submitted_by,)
    notices.notify(kind, to=recipients, key=key, params=params)


def due(row: ReturnRow) -> None:
    _tell(DUE, row, f"{DUE}:{row.id}")


def late(row: ReturnRow) -> None:
    _tell(LATE, row, f"{LATE}:{row.id}")


def returned(row: ReturnRow) -> None:
    _tell(RETURNED, row, f"{RETURNED}:{row.id}:{row.version}")
