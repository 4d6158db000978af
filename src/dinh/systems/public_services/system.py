"""The manifest: procedures, dossiers as cases, their figures, commands."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from dinh.kernel.manifests import (
    Aggregation,
    Command,
    Direction,
    DocumentKindSpec,
    IndicatorSpec,
    Kind,
    Listener,
    MenuItem,
    Periodic,
    PermissionSpec,
    System,
    Text,
)
from dinh.systems.public_services import notices
from dinh.systems.public_services.domain import folders, procedures, states

NAME: Final = Text("Dịch vụ công", "Public services")
SOURCE: Final = "public_services"
DAY: Final = timedelta(days=1)


def _count(code: str, vi: str, en: str, direction: Direction = Direction.NEITHER) -> IndicatorSpec:
    return IndicatorSpec(
        code=f"services.{code}", name=Text(vi, en), domain=NAME, unit="1", kind=Kind.GAUGE, direction=direction,
        over_time=Aggregation.SUM, over_place=Aggregation.SUM, period=DAY, decimals=0, valid_min=0, source=SOURCE,
    )  # fmt: skip


def _share(code: str, vi: str, en: str, part: str, whole: str, **more: float | int) -> IndicatorSpec:
    return IndicatorSpec(
        code=f"services.{code}", name=Text(vi, en), domain=NAME, unit="%", kind=Kind.RATIO, direction=Direction.HIGHER,
        period=DAY, numerator=f"services.{part}", denominator=f"services.{whole}", source=SOURCE, **more,  # type: ignore[arg-type]
    )  # fmt: skip


INDICATORS: Final = (
    _count("received", "Hồ sơ tiếp nhận", "Dossiers received"),
    _count("received_online", "Hồ sơ nộp trực tuyến", "Dossiers handed in online", Direction.HIGHER),
    _count("received_full", "Hồ sơ của dịch vụ toàn trình", "Dossiers of fully online services", Direction.HIGHER),
    _count("ended", "Hồ sơ đã giải quyết", "Dossiers ended"),
    _count("ended_in_time", "Hồ sơ giải quyết đúng hạn", "Dossiers ended in time", Direction.HIGHER),
    _count("returned", "Hồ sơ phải bổ sung", "Dossiers returned", Direction.LOWER),
    _count("returned_again", "Hồ sơ bị trả lại từ lần thứ hai", "Dossiers returned more than once", Direction.LOWER),
    _count("overdue", "Hồ sơ đang quá hạn", "Dossiers overdue", Direction.LOWER),
    IndicatorSpec(
        code="services.hours", name=Text("Thời gian giải quyết, trung vị", "Time to the result, median"), domain=NAME,
        unit="h", kind=Kind.GAUGE, direction=Direction.LOWER, period=DAY, valid_min=0, source=SOURCE,
    ),
    _share("in_time", "Hồ sơ đúng hạn", "Dossiers in time", "ended_in_time", "ended", target=98.0, valid_min=0, valid_max=100),
    _share("online", "Tỷ lệ nộp trực tuyến", "Share handed in online", "received_online", "received", valid_min=0, valid_max=100),
    _share("full", "Tỷ lệ toàn trình", "Share fully online", "received_full", "received", valid_min=0, valid_max=100),
)  # fmt: skip

SYSTEM: Final = System(
    slug="public_services",
    name=NAME,
    summary=Text(
        "Thủ tục hành chính từ đầu đến cuối: nộp, theo dõi, nhận kết quả có chữ ký số",
        "Administrative procedures from end to end: hand in, follow, get a signed result",
    ),
    mount="services",
    secret_paths=("/services/follow/",),
    urls="dinh.systems.public_services.web.urls",
    next_to_go=("/services/progress/", "/services/figures/"),
    menu=(
        MenuItem(NAME, "/services/", order=25),
        MenuItem(Text("Một cửa", "One-stop desk"), "/services/desk/", order=22, permission="cases.act"),
    ),
    links={"dossier": "/services/desk/{id}/"},
    case_types=states.case_types(folders.all_procedures()),
    indicators=INDICATORS,
    notices=notices.KINDS,
    documents=tuple(
        DocumentKindSpec(procedures.document_kind(slug), one.output.name, one.output.number, permission="public_services.decide")
        for slug, one in folders.all_procedures().items()
    ),
    permissions=(
        PermissionSpec(
            "public_services.counter",
            Text("Tiếp nhận hồ sơ tại quầy", "Take dossiers in at the counter"),
            ("official", "leader"),
        ),
        PermissionSpec(
            "public_services.decide", Text("Quyết định hồ sơ", "Decide dossiers"), ("official", "leader")
        ),
    ),
    periodic=(
        Periodic("services.tidy", timedelta(hours=1), "dinh.systems.public_services.tasks:tidy"),
        Periodic("services.figures", timedelta(minutes=10), "dinh.systems.public_services.tasks:record_figures"),
        Periodic("services.bank", timedelta(seconds=20), "dinh.systems.public_services.tasks:bank"),
    ),
    listeners=tuple(
        Listener(f"case.{event}", "services.follow", "dinh.systems.public_services.tasks:follow_case")
        for event in ("taken", "assigned", "handed_on", "asked", "answered", "question_withdrawn", "deadline", "described", "moved")
    ),
    commands=(
        Command(
            "procedures",
            "dinh.systems.public_services.commands:import_procedures",
            "read the catalogue of national procedures from JSON Lines",
            under="import",
        ),
    ),
    checks=("dinh.systems.public_services.checks:findings",),
)  # fmt: skip
