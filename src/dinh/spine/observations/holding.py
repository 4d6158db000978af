"""What observations hold of a person: that they wrote a rule, a note, a target or a return, never anything about them."""

from __future__ import annotations

from typing import Final

from dinh.kernel.manifests import Text
from dinh.spine.observations import models
from dinh.spine.parties.api import personal

HOLDER: Final = personal.signatures(
    "observations",
    Text("Số liệu, cảnh báo, báo cáo", "Readings, alerts, returns"),
    (
        personal.Signed(Text("Ghi chú trên cảnh báo", "Notes on alerts"), models.AlertNote),
        personal.Signed(Text("Lần sửa quy tắc", "Versions of rules"), models.RuleVersion),
        personal.Signed(Text("Lịch bảo trì", "Maintenance planned"), models.Maintenance),
        personal.Signed(Text("Việc trên báo cáo", "Acts on returns"), models.ReturnAct),
        personal.Signed(Text("Chỉ tiêu kế hoạch đã đặt", "Targets set"), models.Target),
    ),
)
