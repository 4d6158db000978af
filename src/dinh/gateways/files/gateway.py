"""The manifest of the files gateway."""

from __future__ import annotations

from dinh.kernel.manifests import Gateway, Text

GATEWAY = Gateway(
    slug="files",
    name=Text("Cổng tệp", "Files"),
    summary=Text(
        "Mở tệp đính kèm bằng địa chỉ có chữ ký và thời hạn; tệp về cá nhân được ghi vào sổ cái mỗi lần đọc.",
        "Opens attached files by signed addresses that expire; each reading of a personal file is in the ledger.",
    ),
    urls="dinh.gateways.files.urls",
    secret_paths=("/files/",),
    checks=("dinh.gateways.files.checks:findings",),
)
