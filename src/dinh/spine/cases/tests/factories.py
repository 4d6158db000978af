"""A small province, its people, and a kind of work that only these tests declare."""

from __future__ import annotations

from datetime import timedelta

from dinh.kernel import clock
from dinh.kernel.errors import Conflict
from dinh.kernel.manifests import CaseTypeSpec, StateSpec, Text, TransitionSpec
from dinh.spine.cases.api import CaseRow
from dinh.spine.observations.api import AlertRow
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import Actor, Grant
from dinh.spine.places.api import PlaceRow

PROVINCE, COMMUNE_A, COMMUNE_B = "urn:dinh:unit:2025:92", "urn:dinh:unit:2025:31500", "urn:dinh:unit:2025:31501"
STATION = "urn:dinh:asset:tram-my-thanh"


def _place(urn: str, kind: str, level: str, name: str, parent: str | None) -> PlaceRow:
    return PlaceRow(urn, kind, level, name, name, f"xã {name}", urn[-5:], parent, 106.2, 9.5)


PLACES = {
    PROVINCE: _place(PROVINCE, "unit", "province", "Cần Thơ", None),
    COMMUNE_A: _place(COMMUNE_A, "unit", "commune", "Trần Đề", PROVINCE),
    COMMUNE_B: _place(COMMUNE_B, "unit", "commune", "Kế Sách", PROVINCE),
    STATION: _place(STATION, "asset", "salinity_station", "Trạm Mỹ Thanh", COMMUNE_A),
}


def not_on_paper(case: CaseRow, actor: Actor, params: dict[str, object]) -> None:
    """A guard of these tests."""
    if case.title == "Trên giấy":
        raise Conflict("tests.on_paper", "the papers are missing")


KIND = CaseTypeSpec(
    code="test_incident",
    name=Text("Sự cố thử", "Test incident"),
    initial="new",
    states=(
        StateSpec("new", Text("Mới", "New")),
        StateSpec("acknowledged", Text("Đã nhận", "Acknowledged")),
        StateSpec("working", Text("Đang xử lý", "In progress")),
        StateSpec("waiting", Text("Chờ", "Waiting"), "waiting"),
        StateSpec("closed", Text("Đã đóng", "Closed"), "done"),
        StateSpec("rejected", Text("Không phải sự cố", "Rejected"), "rejected"),
    ),
    transitions=(
        TransitionSpec("accept", Text("Nhận", "Accept"), ("new",), "acknowledged", needs_owner=True),
        TransitionSpec("start", Text("Bắt đầu", "Start"), ("new", "acknowledged"), "working", needs_owner=True),
        TransitionSpec("wait", Text("Chờ", "Wait"), ("working",), "waiting"),
        TransitionSpec("resume", Text("Tiếp tục", "Resume"), ("waiting",), "working"),
        TransitionSpec(
            "close",
            Text("Đóng", "Close"),
            ("working", "waiting"),
            "closed",
            needs_reason=True,
            guards=("dinh.spine.cases.tests.factories:not_on_paper",),
        ),
        TransitionSpec("reject", Text("Loại", "Reject"), ("new", "acknowledged"), "rejected", needs_reason=True),
        TransitionSpec("reopen", Text("Mở lại", "Reopen"), ("closed", "rejected"), "working", needs_reason=True),
    ),
    to_owner=timedelta(minutes=15),
    to_close=timedelta(hours=4),
    playbook=(Text("Gọi điện", "Call"), Text("Đi xem", "Go and see")),
)


def person(username: str, role: str, place: str | None = None, organisation: str | None = None) -> Actor:
    grants = (Grant(role, place),) if role else ()
    row = parties.save_person(
        username=username,
        name=f"Nguyễn {username}",
        email=f"{username}@example.vn",
        organisation=organisation,
        grants=grants,
    )
    return Actor(row.urn, row.name_vi, grants, organisation, is_staff=bool(role))


def alert(number: int = 1, **changes: object) -> AlertRow:
    values: dict[str, object] = {
        "urn": f"urn:dinh:alert:{number}",
        "rule": "salinity_high",
        "name_vi": "Độ mặn vượt 4 g/l",
        "name_en": "Salinity above 4 g/l",
        "indicator": "salinity",
        "series": 1,
        "subject": STATION,
        "place": COMMUNE_A,
        "severity": "critical",
        "state": "open",
        "since": clock.now() - timedelta(minutes=1),
        "value": 4.2,
        "threshold": 4.0,
        "simulated": True,
    }
    return AlertRow(**(values | changes))  # type: ignore[arg-type]
