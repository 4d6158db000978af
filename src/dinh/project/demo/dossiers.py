"""Dossiers of public services in every state, of invented people, marked as simulated. Done again it adds nothing."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final

from django.conf import settings
from PIL import Image, ImageDraw

from dinh.kernel import clock
from dinh.kernel.clock import VIETNAM
from dinh.project.demo.scattering import Commune
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import ANYONE, Actor, Grant
from dinh.spine.submissions import api as submissions
from dinh.systems.public_services import models
from dinh.systems.public_services.actions import attaching, bank, desk, drafts, handing_in, paying, results
from dinh.systems.public_services.actions.desk import Found
from dinh.systems.public_services.domain import folders, rules

OFFICIAL: Final = "demo-official"
NUMBERS: Final = ("092188000", "092075000", "092199000")
"""Invented: no such number begins so and ends as ours do."""
NAMES: Final = (
    "Lâm Thị Bích Trâm", "Thạch Sà Rươl", "Trần Văn Út", "Sơn Thị Lan", "Lý Hoàng Nam", "Quách Mỹ Ngọc", "Danh Minh Tâm",
    "Huỳnh Thị Kim Thoa", "Kim Sa Rết", "Nguyễn Văn Lành", "Tăng Thị Diễm", "Châu Quốc Việt",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Plan:
    """`then` are acts with the days after handing in at which they happen."""

    slug: str
    commune: int
    days_ago: int
    then: Sequence[tuple[float, str]]
    counter: bool = False


PLANS: Final = (
    Plan("dang-ky-khai-sinh", 0, 16, ((0.1, "take"), (0.2, "approve"))),
    Plan("xac-nhan-tinh-trang-hon-nhan", 0, 15, ((0.1, "take"), (1, "return"), (3, "correct"), (4, "approve"))),
    Plan("ban-sao-trich-luc-ho-tich", 1, 14, ((0.05, "pay"), (0.1, "take"), (0.3, "approve"))),
    Plan("dang-ky-ho-kinh-doanh", 1, 12, ((0.02, "pay"), (0.2, "take"), (2, "approve"))),
    Plan("su-dung-tam-long-duong-via-he", 2, 11, ((1, "take"), (8, "approve"))),
    Plan("dang-ky-khai-tu", 2, 9, ((0.1, "take"), (0.3, "approve")), counter=True),
    Plan("dang-ky-ho-kinh-doanh", 0, 8, ((0.02, "pay"), (0.2, "take"), (1, "refuse"))),
    Plan("xac-nhan-tinh-trang-hon-nhan", 1, 7, ((0.5, "take"),)),
    Plan("giay-phep-xay-dung-nha-o", 0, 6, ((1, "take"), (2, "return"))),
    Plan("ban-sao-trich-luc-ho-tich", 0, 3, ((0.05, "pay"), (0.2, "take"), (0.5, "approve"))),
    Plan("dang-ky-khai-sinh", 3, 2, ((0.1, "take"), (0.3, "return"))),
    Plan("giay-phep-xay-dung-nha-o", 2, 2, ((1, "take"),)),
    Plan("ban-sao-trich-luc-ho-tich", 0, 1, ()),
    Plan("dang-ky-ho-kinh-doanh", 2, 1, ((0.02, "pay"),)),
    Plan("xac-nhan-tinh-trang-hon-nhan", 0, 0, ()),
    Plan("dang-ky-khai-sinh", 1, 0, (), counter=True),
)  # fmt: skip


def hand_in(communes: Sequence[Commune]) -> None:
    """In the order of time: what happened on a day happens before what happened on the next."""
    if models.Dossier.objects.filter(simulated=True).exists():
        return
    official = _actor(OFFICIAL)
    made: dict[int, models.Dossier] = {}
    acts: list[tuple[datetime, int, str]] = []
    for number, plan in enumerate(PLANS):
        start = datetime.combine(clock.today() - timedelta(days=plan.days_ago), time(8, 10 + number), tzinfo=VIETNAM)
        acts.append((start, number, "begin"))
        acts += [(start + timedelta(days=after), number, what) for after, what in plan.then]
    now = clock.now()
    try:
        for at, number, what in sorted(acts):
            clock.move_to(min(at, now))
            if what == "begin":
                made[number] = _begin(PLANS[number], number, communes, official)
            else:
                made[number].refresh_from_db()
                _ACTS[what](made[number], official)
    finally:
        clock.move_to(None)
        # The journal belongs to the server from here on.
        submissions.stop()


def _begin(plan: Plan, number: int, communes: Sequence[Commune], official: Actor) -> models.Dossier:
    procedure = folders.procedure(plan.slug)
    place = communes[plan.commune % len(communes)].row.urn
    by = official if plan.counter else ANYONE
    draft = drafts.begin(procedure, place=place, by=by, language="vi", counter=plan.counter, simulated=True)
    name = NAMES[number % len(NAMES)]
    drafts.save(draft, _answers(plan.slug, name, f"{NUMBERS[number % 3]}{number:03d}"), base=0)
    draft = drafts.set_applicant(
        draft,
        name=name,
        email=f"nguoi-nop-{number}@example.vn",
        phone=f"+8490000{number:04d}",
        acting="self",
        acting_for="",
    )
    for document in rules.documents_for(procedure, draft.values):
        if document.required:
            attaching.attach(
                draft,
                procedure,
                document.code,
                content=_paper(document.name.vi, name),
                name=f"{document.code}.jpg",
                by=by.urn,
            )
    return handing_in.hand_in_at_once(draft)


def _take(row: models.Dossier, by: Actor) -> None:
    desk.take(row, by=by)


def _pay(row: models.Dossier, by: Actor) -> None:
    with _fake_bank():
        path = paying.begin(row, back=f"/services/dossiers/{row.pk}/")
        bank.decide(path.rstrip("/").rpartition("/")[2], "pay")


def _good(row: models.Dossier) -> list[Found]:
    procedure = desk.procedure_of(row)
    return [Found(desk.DOCUMENT, one.code, True) for one in rules.documents_for(procedure, row.values) if one.required]


def _return(row: models.Dossier, by: Actor) -> None:
    found = _good(row)
    first = found[0]
    found[0] = Found(
        first.about,
        first.target,
        False,
        "Ảnh chụp mờ, không đọc được số và ngày cấp",
        "Chụp lại rõ bốn góc, đủ các trang",
    )
    found.append(
        Found(desk.OTHER, "", False, "Thiếu số điện thoại của người liên quan", "Ghi số điện thoại vào phần giải trình")
    )
    desk.save_findings(row, found, by=by)
    desk.send_back(row, by=by)


def _correct(row: models.Dossier, by: Actor) -> None:
    desk.correct(row, {}, explained="Đã chụp lại; số điện thoại 0900 000 001")


def _approve(row: models.Dossier, by: Actor) -> None:
    desk.save_findings(row, _good(row), by=by)
    row.refresh_from_db()
    fields = {
        one.code: WORDS.get(one.code, "Theo hồ sơ") for one in desk.procedure_of(row).output.fields if one.required
    }
    results.approve(row, fields, by=by)


def _refuse(row: models.Dossier, by: Actor) -> None:
    desk.refuse(row, reason="Tên hộ kinh doanh trùng với hộ đã đăng ký trong xã (Nghị định 168/2025/NĐ-CP)", by=by)


WORDS: Final = {
    "book": "01/2026", "entry": "112, quyển 01/1988", "business_number": "8000000000-001",
    "status_words": "Hiện tại chưa đăng ký kết hôn với ai",
}  # fmt: skip
_ACTS: Final[Mapping[str, Callable[[models.Dossier, Actor], None]]] = {
    "take": _take, "pay": _pay, "return": _return, "correct": _correct, "approve": _approve, "refuse": _refuse,
}  # fmt: skip


@contextmanager
def _fake_bank() -> Iterator[None]:
    """The server of the demonstration has it by itself; whoever prepares it has it here."""
    before = settings.PAYMENTS
    settings.PAYMENTS = "fake"
    try:
        yield
    finally:
        settings.PAYMENTS = before


def _paper(title: str, name: str) -> bytes:
    """A picture of a paper that is none."""
    drawn = Image.new("RGB", (620, 440), "white")
    pen = ImageDraw.Draw(drawn)
    pen.rectangle((12, 12, 608, 428), outline="gray")
    for line in range(6):
        pen.line((60, 150 + 40 * line, 560 - 30 * (line % 3), 150 + 40 * line), fill="lightgray", width=6)
    pen.text((60, 60), f"MO PHONG {len(title)}-{sum(map(ord, name)) % 9973}", fill="gray")
    out = io.BytesIO()
    drawn.save(out, "JPEG")
    return out.getvalue()


def _actor(username: str) -> Actor:
    row = parties.person(username)
    grants = tuple(Grant(grant.role, grant.place) for grant in row.grants)
    return Actor(row.urn, row.name, grants, row.organisation, is_staff=True)


def _answers(slug: str, name: str, number: str) -> Mapping[str, Any]:
    """Complete for each procedure."""
    day = clock.today().isoformat()
    given: Mapping[str, Mapping[str, Any]] = {
        "dang-ky-khai-sinh": {
            "child_name": "Lâm Gia Hân", "child_sex": "nu", "birth_date": (clock.today() - timedelta(days=12)).isoformat(),
            "birth_place": "Trung tâm Y tế khu vực", "ethnicity": "Kinh", "home_town": "Sóc Trăng cũ", "mother_name": name,
            "mother_birth": "1996-04-11", "mother_residence": "Ấp mô phỏng", "father_stated": False, "has_birth_paper": True,
            "relation": "me", "requester_name": name, "requester_id": number, "agreed": True,
        },
        "dang-ky-khai-tu": {
            "deceased_name": "Trần Văn Cụ", "deceased_birth": "1938-01-02", "deceased_sex": "nam", "last_residence": "Ấp mô phỏng",
            "death_date": day, "death_place": "Tại nhà", "has_notice": True, "relation": "con", "requester_name": name,
            "requester_id": number, "agreed": True,
        },
        "xac-nhan-tinh-trang-hon-nhan": {
            "full_name": name, "birth_date": "1993-09-08", "sex": "nu", "id_number": number, "residence": "Ấp mô phỏng",
            "status": "chua", "purpose": "khac", "purpose_words": "Vay vốn ngân hàng", "again": True, "relation": "ban_than",
            "fee_group": "khong", "agreed": True,
        },
        "ban-sao-trich-luc-ho-tich": {
            "event": "khai_sinh", "subject_name": name, "registered_office": "UBND xã cũ", "registered_year": 1988,
            "requester_name": name, "requester_id": number, "relation": "ban_than", "copies": 2, "agreed": True,
        },
        "dang-ky-ho-kinh-doanh": {
            "business_name": "Hộ kinh doanh Mô Phỏng", "business_address": "Chợ xã", "business_phone": "0900000000",
            "start_date": day, "capital": 50_000_000, "lines": [{"line_name": "Bán lẻ tạp hoá", "line_code": "4711", "main": True}],
            "founder": "ca_nhan", "owner_name": name, "owner_birth": "1985-03-04", "owner_id": number,
            "owner_residence": "Ấp mô phỏng", "relation": "chu_ho", "not_barred": True, "agreed": True,
        },
        "giay-phep-xay-dung-nha-o": {
            "owner_name": name, "owner_id": number, "owner_residence": "Ấp mô phỏng", "relation": "chu_dau_tu", "parcel": "112",
            "sheet": "7", "plot_address": "Ấp mô phỏng", "plot_area_m2": 120.0, "land_use": "tai_nong_thon", "floors": 2,
            "basement": False, "ground_area_m2": 80.0, "floor_area_m2": 160.0, "height_m": 8.5, "adjoining": False,
            "designer": "Công ty thiết kế mô phỏng", "months": 8, "agreed": True,
        },
        "su-dung-tam-long-duong-via-he": {
            "purpose": "dam_cuoi", "road": "Đường mô phỏng", "part": "via_he", "area_m2": 30.0, "first_day": day, "last_day": day,
            "applicant_kind": "ca_nhan", "applicant_name": name, "applicant_id": number, "address": "Ấp mô phỏng", "agreed": True,
        },
    }  # fmt: skip
    return given[slug]
