"""Answers that are complete, papers to attach, and dossiers as far as a test needs them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from dinh.kernel import clock
from dinh.spine.files.tests.samples import image
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import ANYONE, Actor, Grant
from dinh.spine.places.api import PlaceRow
from dinh.systems.public_services import models
from dinh.systems.public_services.actions import attaching, desk, drafts, handing_in
from dinh.systems.public_services.actions.desk import Found
from dinh.systems.public_services.domain import folders, rules

COMMUNE: Final = "urn:dinh:unit:2025:31673"
OTHER_COMMUNE: Final = "urn:dinh:unit:2025:31717"
PROVINCE: Final = "urn:dinh:unit:2025:92"


def _unit(urn: str, level: str, name: str, parent: str | None) -> PlaceRow:
    return PlaceRow(urn, "unit", level, name, name, f"xã {name}", urn.rpartition(":")[2], parent, 106.2, 9.5)


PLACES: Final = {
    PROVINCE: _unit(PROVINCE, "province", "Cần Thơ", None),
    COMMUNE: _unit(COMMUNE, "commune", "Trần Đề", PROVINCE),
    OTHER_COMMUNE: _unit(OTHER_COMMUNE, "commune", "Kế Sách", PROVINCE),
}
EXTRACT: Final = "ban-sao-trich-luc-ho-tich"
STATUS: Final = "xac-nhan-tinh-trang-hon-nhan"
BIRTH: Final = "dang-ky-khai-sinh"
ROAD: Final = "su-dung-tam-long-duong-via-he"
ID: Final = "092188001234"


def _day(back: int) -> str:
    return (clock.today() - timedelta(days=back)).isoformat()


ANSWERS: Final[dict[str, dict[str, Any]]] = {
    EXTRACT: {
        "event": "khai_sinh", "subject_name": "Trần Thị Bé", "registered_office": "UBND xã Trần Đề", "registered_year": 1988,
        "requester_name": "Trần Thị Bé", "requester_id": ID, "relation": "ban_than", "copies": 3, "agreed": True,
    },
    STATUS: {
        "full_name": "Lý Văn Tám", "birth_date": "1990-02-03", "sex": "nam", "id_number": ID, "residence": "Ấp Mỹ Thanh",
        "status": "chua", "purpose": "khac", "purpose_words": "Vay vốn", "again": True, "relation": "ban_than",
        "fee_group": "khong", "agreed": True,
    },
    BIRTH: {
        "child_name": "Sơn Minh Khôi", "child_sex": "nam", "birth_date": _day(10), "birth_place": "Bệnh viện Trần Đề",
        "ethnicity": "Khmer", "home_town": "Trần Đề", "mother_name": "Sơn Thị Lan", "mother_birth": "1995-05-06",
        "mother_residence": "Ấp Mỹ Thanh", "father_stated": False, "has_birth_paper": True, "relation": "me",
        "requester_name": "Sơn Thị Lan", "requester_id": ID, "agreed": True,
    },
    ROAD: {
        "purpose": "dam_tang", "road": "Tỉnh lộ 934", "part": "via_he", "area_m2": 20.0, "first_day": "2026-12-01",
        "last_day": "2026-12-02", "applicant_kind": "ca_nhan", "applicant_name": "Trần Thị Bé", "applicant_id": ID,
        "address": "Trần Đề", "agreed": True,
    },
}  # fmt: skip


def official(username: str, organisation: str, *, place: str | None = COMMUNE, role: str = "official") -> Actor:
    grants = (Grant(role, place),)
    row = parties.save_person(
        username=username, name=f"Nguyễn {username}", email=f"{username}@example.vn", organisation=organisation, grants=grants
    )  # fmt: skip
    return Actor(row.urn, row.name_vi, grants, organisation, is_staff=True)


def citizen(username: str = "be") -> Actor:
    row = parties.save_person(
        username=username, name="Trần Thị Bé", email=f"{username}@example.vn", organisation=None, grants=[], place=COMMUNE
    )  # fmt: skip
    return Actor(row.urn, row.name_vi)


def draft(slug: str = EXTRACT, *, by: Actor = ANYONE, counter: bool = False, **changed: Any) -> models.Draft:
    """Filled in, with a paper for each document that is needed."""
    procedure = folders.procedure(slug)
    row = drafts.begin(procedure, place=COMMUNE, by=by, language="vi", counter=counter)
    drafts.save(row, {**ANSWERS[slug], **changed}, base=0)
    row = drafts.set_applicant(
        row, name="Trần Thị Bé", email="be@example.vn", phone="+84912345678", acting="self", acting_for=""
    )
    for number, document in enumerate(rules.documents_for(procedure, row.values)):
        if document.required and not counter:
            attaching.attach(
                row, procedure, document.code, content=image(size=(40 + number, 30)), name="giay.jpg", by=by.urn
            )
    return row


def dossier(slug: str = EXTRACT, *, by: Actor = ANYONE, **changed: Any) -> models.Dossier:
    return handing_in.hand_in_at_once(draft(slug, by=by, **changed))


def all_good(row: models.Dossier) -> list[Found]:
    procedure = desk.procedure_of(row)
    return [Found("document", one.code, True) for one in rules.documents_for(procedure, row.values) if one.required]
