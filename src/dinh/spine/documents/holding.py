"""What documents hold of a person: that a paper was issued to them, and that they issued it as an official."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from dinh.kernel.manifests import Text
from dinh.spine.documents import domain, models
from dinh.spine.files import api as files
from dinh.spine.ledger import api as ledger
from dinh.spine.parties.api import personal

NAME: Final = Text("Văn bản đã ban hành", "Issued documents")
ISSUED: Final = Text("Văn bản cấp cho bạn", "Documents issued to you")
KEPT: Final = Text(
    "Văn bản của cơ quan phải giữ theo pháp luật về lưu trữ; tài khoản và chữ đầu tên của bạn không còn gắn với chúng.",
    "Documents of the office stay by the law on archives; neither your account nor your initials stand with them any more.",
)
_signatures: Final = personal.signatures(
    "documents", NAME, (personal.Signed(Text("Văn bản đã ký ban hành", "Documents issued"), models.Document),)
)


def export(person: str) -> Sequence[personal.Section]:
    issued = models.Document.objects.filter(holder_party=person).order_by("id")
    columns = {
        "number": Text("Số", "Number"),
        "title": Text("Tên", "Title"),
        "issued_at": Text("Ban hành lúc", "Issued at"),
        "state": Text("Trạng thái", "State"),
        "sha256": Text("Mã băm của tệp", "Hash of the file"),
    }
    rows = [
        {"number": row.number, "title": Text(row.title_vi, row.title_en or row.title_vi), "issued_at": row.issued_at,
         "state": row.state, "sha256": row.sha256}
        for row in issued
    ]  # fmt: skip
    held = [
        personal.HeldFile(file.name, files.read(file.urn))
        for file in (files.file(row.file) for row in issued)
        if file.state == "kept"
    ]
    return (personal.Section("issued", ISSUED, columns, rows, files=held), *_signatures.export(person))


def outlook(person: str) -> personal.Outcome:
    count = models.Document.objects.filter(holder_party=person).count()
    kept = _signatures.outlook(person).kept
    return personal.Outcome(kept=[personal.Counted(ISSUED, count, KEPT), *kept])


def erase(person: str, by: str) -> personal.Outcome:
    outcome = outlook(person)
    found = list(models.Document.objects.select_for_update().filter(holder_party=person).order_by("id"))
    models.Document.objects.filter(pk__in=[row.pk for row in found]).update(holder_party="", holder="", salt="")
    _signatures.erase(person, by)
    for row in found:
        ledger.record_erasure(domain.urn_of(row.public_id), entries=[row.ledger_index], by=by)
    return outcome


HOLDER: Final = replace(_signatures, export=export, outlook=outlook, erase=erase)
