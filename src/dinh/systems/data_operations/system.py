"""The manifest of data_operations: Đình watches itself as it watches any source."""

from __future__ import annotations

from datetime import timedelta

from dinh.kernel.manifests import (
    Aggregation,
    Direction,
    IndicatorSpec,
    Kind,
    MenuItem,
    Periodic,
    RuleSpec,
    Severity,
    System,
    Text,
)

DATA = Text("Dữ liệu", "Data")
ITSELF = Text("Nền tảng Đình", "Đình itself")
MINUTE = timedelta(minutes=1)


def _measure(code: str, vi: str, en: str) -> IndicatorSpec:
    return IndicatorSpec(
        code=code,
        name=Text(vi, en),
        domain=DATA,
        unit="%",
        kind=Kind.INDEX,
        direction=Direction.HIGHER,
        over_place=Aggregation.NONE,
        period=MINUTE,
        target=95.0,
        valid_min=0.0,
        valid_max=100.0,
        owner="urn:dinh:organisation:dinh",
        source="dinh",
    )


def _own(code: str, vi: str, en: str, unit: str, direction: Direction, decimals: int = 0) -> IndicatorSpec:
    return IndicatorSpec(
        code=code,
        name=Text(vi, en),
        domain=ITSELF,
        unit=unit,
        kind=Kind.GAUGE,
        direction=direction,
        over_place=Aggregation.NONE,
        period=MINUTE,
        decimals=decimals,
        owner="urn:dinh:organisation:dinh",
        source="dinh",
    )


SYSTEM = System(
    slug="data_operations",
    name=DATA,
    summary=Text(
        "Chất lượng từng nguồn dữ liệu, dữ liệu bị từ chối và tình trạng của chính Đình",
        "The quality of each source, refused data, and how Đình itself is",
    ),
    mount="data",
    urls="dinh.systems.data_operations.web.urls",
    menu=[MenuItem(DATA, "/data/", order=60)],
    links={"source": "/data/sources/{id}/", "task": "/data/jobs/{id}/"},
    indicators=[
        _measure("data.valid", "Dữ liệu đúng", "Valid data"),
        _measure("data.complete", "Dữ liệu đủ", "Complete data"),
        _measure("data.unrepeated", "Dữ liệu sạch", "Unrepeated data"),
        _measure("data.on_time", "Dữ liệu sống", "Data on time"),
        _own("dinh.event_age", "Sự kiện chờ lâu nhất", "Oldest waiting event", "s", Direction.LOWER, 1),
        _own("dinh.failed_jobs", "Việc nền lỗi", "Failed background work", "1", Direction.LOWER),
        _own("dinh.disk_free", "Đĩa còn trống", "Free disk", "GBy", Direction.HIGHER, 1),
        _own("dinh.memory", "Bộ nhớ đang dùng", "Memory in use", "MBy", Direction.LOWER),
        _own("dinh.ledger_size", "Số dòng sổ cái", "Ledger entries", "1", Direction.NEITHER),
    ],
    rules=[
        RuleSpec(
            code="dinh.disk_low",
            indicator="dinh.disk_free",
            name=Text("Đĩa của Đình sắp đầy", "Đình's disk is nearly full"),
            severity=Severity.MAJOR,
            below=2.0,
            clear_at=3.0,
            case_type="incident",
        ),
        RuleSpec(
            code="dinh.jobs_failed",
            indicator="dinh.failed_jobs",
            name=Text("Việc nền của Đình bị lỗi", "Đình's background work fails"),
            severity=Severity.MINOR,
            above=0.5,
            clear_at=0.5,
            lasting=timedelta(minutes=3),
        ),
        RuleSpec(
            code="dinh.events_late",
            indicator="dinh.event_age",
            name=Text("Sự kiện của Đình xử lý chậm", "Đình's events are late"),
            severity=Severity.MAJOR,
            above=60.0,
            clear_at=10.0,
            case_type="incident",
        ),
    ],
    periodic=[Periodic("report", MINUTE, "dinh.systems.data_operations.tasks:report")],
)
