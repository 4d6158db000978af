"""Files on a case: kept by the files, told of in the case's history."""

from __future__ import annotations

from django.db import transaction

from dinh.kernel.errors import Conflict
from dinh.spine.cases import scope
from dinh.spine.cases.api import CaseRow
from dinh.spine.cases.checks import moment_for
from dinh.spine.cases.queries import case as one
from dinh.spine.cases.queries import locked
from dinh.spine.cases.recording import record
from dinh.spine.cases.rows import row_of
from dinh.spine.files import api as files
from dinh.spine.files.api import FileRow
from dinh.spine.parties.api import Actor


def attach(urn: str, *, content: bytes, name: str, by: Actor) -> tuple[CaseRow, FileRow]:
    """By whoever works on the case, or its requester. The same file again changes nothing."""
    row = one(urn)
    _require(row, by)
    prepared = files.prepare(content, name=name, about=row.urn, by=by.urn)
    return _keep(urn, prepared, name=name, by=by)


def _require(row: CaseRow, by: Actor) -> None:
    if not (by.urn and by.urn == row.requester):
        scope.require(row, "cases.act", by)


@transaction.atomic
def _keep(urn: str, prepared: files.Prepared, *, name: str, by: Actor) -> tuple[CaseRow, FileRow]:
    case = locked(urn)
    row = row_of(case)
    _require(row, by)
    known = {file.urn for file in files.files_of(row.urn) if file.state == "kept"}
    file = files.save(prepared, name=name, about=row.urn, by=by.urn, personal=bool(row.requester))
    if file.urn not in known:
        detail = {"file_urn": file.urn, "file": file.name, "sha256": file.sha256}
        record(case, what="attached", kind="attached", by=by, at=moment_for(case), detail=detail)
    return row_of(case), file


@transaction.atomic
def erase(urn: str, *, file: str, reason: str, by: Actor) -> CaseRow:
    case = locked(urn)
    row = row_of(case)
    scope.require(row, "cases.assign", by)
    found = files.file(file)
    if found.about != row.urn:
        raise Conflict("cases.file_elsewhere", "this file belongs to something else")
    files.erase(file, by=by.urn, reason=reason)
    record(
        case, what="file_erased", kind="file_erased", by=by, at=moment_for(case),
        detail={"file_urn": file, "reason": reason},
    )  # fmt: skip
    return row_of(case)
