"""Made-up figures for the component page, marked as samples there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from dinh.kernel.clock import now
from dinh.kernel.errors import Invalid
from dinh.kernel.manifests import Text
from dinh.web import uploads as upload_fields

SALINITY: Final = (2.9, 2.7, 3.0, 3.1, 3.0, 3.3, 3.2, 3.4, 3.6, 3.8, 4.0, 4.1, 4.1, 4.0, 4.2, 4.1, 4.2)
WITH_A_GAP: Final = (96.2, 96.4, 96.1, None, None, 96.3, 96.8, 96.6, 96.9, 96.8)


@dataclass(frozen=True, slots=True)
class Work:
    severity: str
    title: Text
    where: Text
    who: Text | None
    since: datetime
    due_at: datetime


def work() -> list[Work]:
    at = now()
    return [
        Work("critical", Text("Độ mặn vượt 4,2 g/l tại Trần Đề", "Salinity above 4.2 g/l at Trần Đề"), Text("Trạm Mỹ Thanh", "Mỹ Thanh station"), Text("Sở NN&MT · trực ban", "Dept. of Agriculture and Environment"), at - timedelta(minutes=6), at + timedelta(minutes=24, seconds=30)),
        Work("major", Text("Camera mất tín hiệu (14)", "Cameras without signal (14)"), Text("Vĩnh Châu", "Vĩnh Châu"), None, at - timedelta(minutes=30), at - timedelta(minutes=12, seconds=5)),
        Work("minor", Text("PM2,5 trung bình giờ 61 µg/m³", "Hourly PM2.5 61 µg/m³"), Text("Phường Sóc Trăng", "Sóc Trăng ward"), Text("Sở NN&MT", "Dept. of Agriculture and Environment"), at - timedelta(minutes=42), at + timedelta(hours=5, minutes=2)),
        Work("information", Text("Người dân báo: ổ gà Quốc lộ 1, 6 ý kiến trùng", "Citizens report potholes on Highway 1, 6 alike"), Text("Mỹ Xuyên", "Mỹ Xuyên"), Text("Phòng Kinh tế – Hạ tầng", "Economy and infrastructure office"), at - timedelta(hours=1), at + timedelta(days=2, hours=3)),
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Station:
    name: str
    place: str
    value: float | None
    share: float
    at: datetime
    severity: str


def stations() -> list[Station]:
    at = now()
    return [
        Station("Mỹ Thanh", "Trần Đề", 4.2, 0.996, at - timedelta(minutes=2), "critical"),
        Station("Đại Ngãi", "Long Phú", 1.1, 0.981, at - timedelta(minutes=3), ""),
        Station("An Lạc Tây", "Kế Sách", None, 0.62, at - timedelta(hours=9), ""),
        Station("Sóc Trăng", "Phú Lợi", 0.4, 0.999, at - timedelta(minutes=1), ""),
    ]


def uploads() -> dict[str, Any]:
    """Fields for several files, for one that is there already, and after a refusal."""
    refused = Invalid(
        "files.too_large",
        "'{name}' has {size} MB, more than {most} MB; send it in parts, or a smaller picture or scan",
        name="Phụ lục 2.pdf",
        size=32,
        most=20,
    )
    return {
        "many": upload_fields.field("sample-many"),
        "one": upload_fields.field("sample-one", accept=frozenset({"application/pdf"}), most=1),
        "refused": upload_fields.field("sample-refused", errors=[refused]),
        "kept": [{"name": "Quyết định 118-QĐ-UBND.pdf", "size": 482_133, "path": ""}],
    }
