"""The result: drawn by the procedure's own page, sealed and numbered by the documents, then the dossier is ended."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any, Final

from django.db import transaction
from django.utils.translation import override

from dinh.kernel.clock import VIETNAM
from dinh.kernel.manifests import Text
from dinh.spine.documents import api as documents
from dinh.spine.documents.api import DocumentRow, Stamp
from dinh.spine.parties.api import SYSTEM, Actor
from dinh.systems.public_services import models
from dinh.systems.public_services.actions import desk, recording, telling
from dinh.systems.public_services.domain.procedures import Procedure, document_kind
from dinh.web import schema_forms, typesetting

PAGE: Final = "print_result.txt"


def approve(dossier: models.Dossier, fields: Mapping[str, str], *, by: Actor) -> models.Result:
    """Checked first, then issued, then ended; done again after a crash, the document that is there is used. A paper of which
    nothing came, because the dossier ended otherwise while it was drawn, is withdrawn.

    Raises Conflict and Invalid as `desk.require_decidable`; Refused and SourceUnavailable as `documents.issue`.
    """
    told = desk.require_decidable(dossier, fields, by=by)
    procedure = desk.procedure_of(dossier)
    made = documents.issue(
        kind=document_kind(procedure.slug),
        about=dossier.urn,
        title=procedure.output.name,
        organisation=dossier.organisation,
        by=by,
        render=lambda stamp: draw(dossier, procedure, told, stamp, by),
        personal=True,
        holder=dossier.acting_for or dossier.name,
        holder_party=dossier.person,
        key=f"{dossier.urn}#result:{hashlib.sha256(json.dumps([told, by.urn], sort_keys=True).encode()).hexdigest()[:16]}",
    )
    try:
        return _end(dossier, procedure, told, made, by=by)
    finally:
        _withdraw_what_stands_for_nothing(dossier)


@transaction.atomic
def _end(
    dossier: models.Dossier, procedure: Procedure, told: Mapping[str, str], made: DocumentRow, *, by: Actor
) -> models.Result:
    row = recording.locked(dossier)
    recording.step(row, "approve", by=by)
    recording.record(row, "issued", by=by, detail={"document": made.urn, "document_number": made.number})
    result = models.Result.objects.create(
        dossier=row, organisation=row.organisation, number=made.number, code=made.code, document=made.urn,
        file=made.file, sha256=made.sha256, fields=dict(told), issued_at=made.issued_at, by=by.urn, by_name=by.name[:200],
    )  # fmt: skip
    telling.tell(row, procedure, "result", key="result")
    return result


def _withdraw_what_stands_for_nothing(dossier: models.Dossier) -> None:
    row = models.Dossier.objects.get(pk=dossier.pk)
    if row.ended_at is None:
        return
    result = models.Result.objects.filter(dossier=row).first()
    for paper in documents.documents_of(row.urn):
        if paper.state == "valid" and (result is None or paper.urn != result.document):
            documents.withdraw(paper.urn, reason="Hồ sơ đã kết thúc mà không có văn bản này", by=SYSTEM)


def draw(dossier: models.Dossier, procedure: Procedure, fields: Mapping[str, str], stamp: Stamp, by: Actor) -> bytes:
    """In Vietnamese, whatever the language of whoever issues it: it is a paper of the office."""
    with override("vi"):
        data = _data(dossier, procedure, fields, stamp, by)
    page = (files("dinh.systems.public_services") / PAGE).read_text(encoding="utf-8")
    return typesetting.typeset_apart(f"{procedure.result}\n{page}", data)


def _data(
    dossier: models.Dossier, procedure: Procedure, fields: Mapping[str, str], stamp: Stamp, by: Actor
) -> dict[str, Any]:
    local = stamp.issued_at.astimezone(VIETNAM)
    foot = [
        f"Hồ sơ {dossier.number} · thủ tục {procedure.code}",
        f"Kiểm tra tại {stamp.url}",
        *(["Chữ ký bằng chứng thư tự ký: chỉ để trình diễn"] if stamp.self_signed else []),
        *(["DỮ LIỆU MÔ PHỎNG"] if dossier.simulated else []),
    ]
    return {
        "dated": stamp.issued_at.isoformat(),
        "title": procedure.output.name.vi,
        "office": _plain(stamp.organisation),
        "number": stamp.number,
        "told": _by_name(procedure, dossier.values),
        "fields": dict(fields),
        "qr": stamp.qr,
        "code": stamp.code,
        "check": f"Mã kiểm tra {stamp.code}",
        "dated_words": f"Ngày {local.day:02d} tháng {local.month:02d} năm {local.year}",
        "signed": "Được ký số",
        "by": by.name,
        "foot": " · ".join(foot),
    }


def _plain(name: Text) -> str:
    return name.vi


def _by_name(procedure: Procedure, values: Mapping[str, Any]) -> dict[str, str]:
    """Answers in words; of a repeated group the rows stand below each other."""
    properties = procedure.form["properties"]
    told: dict[str, str] = {}
    for name, value in values.items():
        part = properties.get(name, {})
        if isinstance(value, list) and value and isinstance(value[0], Mapping):
            inner = part["items"]["properties"]
            rows = [
                ", ".join(
                    schema_forms.in_words(inner[sub], row[sub])
                    for sub in inner
                    if sub in row and not isinstance(row[sub], bool)
                )
                for row in value
            ]
            told[name] = "\n".join(rows)
        else:
            told[name] = schema_forms.in_words(part, value)
    return told
