"""What tables hold of a person: that they gave one or kept a mapping."""

from __future__ import annotations

from typing import Final

from dinh.gateways.tabular.models import SavedMapping, TableImport
from dinh.kernel.manifests import Text
from dinh.spine.parties.api import personal

HOLDER: Final = personal.signatures(
    "tabular",
    Text("Nhập bảng", "Tables"),
    (
        personal.Signed(Text("Bảng đã nhập", "Tables given"), TableImport),
        personal.Signed(Text("Cách đọc bảng đã lưu", "Mappings kept"), SavedMapping, "saved_by", "saved_by_name"),
    ),
)
