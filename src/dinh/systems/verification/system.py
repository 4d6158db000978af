"""The manifest: what anyone can check about the ledger."""

from __future__ import annotations

from dinh.kernel.manifests import MenuItem, System, Text

SYSTEM = System(
    slug="verification",
    name=Text("Kiểm chứng", "Verify"),
    summary=Text(
        "Ai cũng kiểm tra được: việc đã ghi vào sổ cái không bị sửa hay xoá",
        "Anyone can check that what was recorded in the ledger was neither changed nor removed",
    ),
    urls="dinh.systems.verification.web.urls",
    mount="verify",
    secret_paths=("/verify/d/",),
    menu=(MenuItem(Text("Kiểm chứng", "Verify"), "/verify/", order=90),),
    links={"leaf": "/verify/{id}/", "document_code": "/verify/d/{id}/"},
)
