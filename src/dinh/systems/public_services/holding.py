"""Personal data of applicants: a copy for themselves, and erasing what no law keeps.

Drafts go with their files. Dossiers are kept as the archive of what the office did: Law on Archives 33/2024/QH15; the account
that handed one in is taken off it, so that nothing leads from the person to it any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.db import transaction

from dinh.kernel.manifests import Text
from dinh.spine.files import api as files
from dinh.spine.files.api import FileRow
from dinh.spine.parties.api import personal
from dinh.systems.public_services import models
from dinh.systems.public_services.actions import drafts
from dinh.systems.public_services.queries import versions

NAME: Final = Text("Dịch vụ công", "Public services")
DRAFTS: Final = Text("Hồ sơ đang điền", "Dossiers being filled in")
DOSSIERS: Final = Text("Hồ sơ đã nộp", "Dossiers handed in")
KEPT: Final = Text("lưu theo Luật Lưu trữ 33/2024/QH15", "kept by the Law on Archives 33/2024/QH15")
COLUMNS: Final = {
    "number": Text("Số hồ sơ", "Number"),
    "procedure": Text("Thủ tục", "Procedure"),
    "at": Text("Lúc", "At"),
    "state": Text("Tình trạng", "State"),
    "name": Text("Họ tên", "Name"),
    "email": Text("Thư điện tử", "E-mail"),
    "phone": Text("Điện thoại", "Telephone"),
    "values": Text("Nội dung khai", "Answers"),
}


def _export(person: str) -> Sequence[personal.Section]:
    handed_in = models.Dossier.objects.filter(person=person).order_by("handed_in_at")
    begun = models.Draft.objects.filter(person=person, handed_in_at__isnull=True).order_by("saved_at")
    rows = [
        *(_told(row, row.number, row.handed_in_at, row.state) for row in handed_in),
        *(_told(row, "", row.saved_at, "draft") for row in begun),
    ]
    return (personal.Section("dossiers", DOSSIERS, COLUMNS, rows),) if rows else ()


def _told(row: models.Draft | models.Dossier, number: str, at: object, state: str) -> dict[str, object]:
    procedure = versions.procedure_at(row.procedure, row.version)
    return {
        "number": number, "procedure": procedure.name.vi, "at": at, "state": state, "name": row.name, "email": row.email,
        "phone": row.phone, "values": dict(row.values),
    }  # fmt: skip


def _outlook(person: str) -> personal.Outcome:
    begun = models.Draft.objects.filter(person=person, handed_in_at__isnull=True).count()
    kept = models.Dossier.objects.filter(person=person).count()
    return personal.Outcome((personal.Counted(DRAFTS, begun),), (personal.Counted(DOSSIERS, kept, KEPT),))


@transaction.atomic
def _erase(person: str, by: str) -> personal.Outcome:
    begun = list(models.Draft.objects.select_for_update().filter(person=person, handed_in_at__isnull=True))
    kept = models.Dossier.objects.filter(person=person).update(person="", language="vi")
    for row in begun:
        drafts.erase(row, by=by, reason="the person's data was erased")
    return personal.Outcome((personal.Counted(DRAFTS, len(begun)),), (personal.Counted(DOSSIERS, kept, KEPT),))


def _files(person: str) -> Sequence[FileRow]:
    """Of drafts: what was handed in belongs to the dossier."""
    begun = models.Draft.objects.filter(person=person, handed_in_at__isnull=True).values_list("pk", flat=True)
    found = files.files_of_each(f"urn:dinh:dossier:{id}" for id in begun)
    return [row for rows in found.values() for row in rows]


HOLDER: Final = personal.Holder(
    code="public_services",
    name=NAME,
    export=_export,
    outlook=_outlook,
    erase=_erase,
    files_about="dossier",
    files=_files,
)
