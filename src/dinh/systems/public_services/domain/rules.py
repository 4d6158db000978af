"""What a procedure asks of these answers: which documents, how much."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dinh.systems.public_services.domain.procedures import Document, Exemption, Procedure, Span
from dinh.web.schema_forms import condition_holds, pruned


def documents_for(procedure: Procedure, values: Mapping[str, Any]) -> Sequence[Document]:
    """Those that are asked with these answers, optional ones too."""
    counted = pruned(procedure.form, values)
    return [document for document in procedure.documents if condition_holds(document.when, counted)]


@dataclass(frozen=True, slots=True)
class Reckoned:
    """What is to be paid, and why not."""

    amount: int
    exemption: Exemption | None = None


def fee_for(procedure: Procedure, values: Mapping[str, Any], *, counter: bool) -> Reckoned:
    fee = procedure.fee
    if fee is None:
        return Reckoned(0)
    counted = pruned(procedure.form, values)
    exempt = next((one for one in fee.exemptions if condition_holds(one.when, counted)), None)
    if exempt is not None:
        return Reckoned(0, exempt)
    each = fee.counter if counter and fee.counter is not None else fee.amount
    times = counted.get(fee.times, 1) if fee.times else 1
    return Reckoned(each * (times if isinstance(times, int) else 1))


def deadline_for(procedure: Procedure, values: Mapping[str, Any]) -> Span:
    counted = pruned(procedure.form, values)
    variants = procedure.deadline.variants
    return next((span for span in variants if condition_holds(span.when, counted)), procedure.deadline.usual)
