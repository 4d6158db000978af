"""What public services keep. URNs are text: '' where there is none."""

from __future__ import annotations

from dinh.systems.public_services.models.desk import Finding, Result, Return, Step
from dinh.systems.public_services.models.dossiers import (
    Attachment,
    Dossier,
    Draft,
    NationalProcedure,
    Office,
    ProcedureVersion,
    RecordedDay,
)
from dinh.systems.public_services.models.payments import BankEvent, BankOrder, Payment

__all__ = [
    "Attachment",
    "BankEvent",
    "BankOrder",
    "Dossier",
    "Draft",
    "Finding",
    "NationalProcedure",
    "Office",
    "Payment",
    "ProcedureVersion",
    "RecordedDay",
    "Result",
    "Return",
    "Step",
]
