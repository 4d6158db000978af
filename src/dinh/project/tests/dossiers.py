"""Dossiers of public services, planted for walks and grown for lists."""

from __future__ import annotations

import io
from typing import Final

from PIL import Image

from dinh.project.tests.sides import Side
from dinh.spine.parties.api import Actor
from dinh.systems.public_services.actions import attaching, catalogue, desk, drafts, handing_in
from dinh.systems.public_services.domain import folders
from dinh.systems.public_services.feeds.national import Fact
from dinh.systems.public_services.models import Attachment, Draft
from dinh.systems.public_services.queries import access

PAGES_OF_DRAFTS: Final = (
    "applicant", "attach", "claim", "documents", "draft", "draft-file", "draft-page", "draft-save", "drop", "hand-in", "prefill",
    "review", "send-code", "take-out",
)  # fmt: skip
"""Addresses of a draft, by name."""
PROCEDURE: Final = "xac-nhan-tinh-trang-hon-nhan"


def service_draft(side: Side, by: Actor, *, counter: bool, number: int) -> tuple[Draft, Attachment]:
    """Complete, with a paper of its own; at the counter by an official, else of somebody with an account."""
    procedure = folders.procedure(PROCEDURE)
    answers = {
        "full_name": f"Ông {side.secret}", "birth_date": "1990-02-03", "sex": "nam", "id_number": "092188001234",
        "residence": f"Ấp {side.secret}", "status": "chua", "purpose": "khac", "purpose_words": f"Vay {side.secret}", "again": True,
        "relation": "ban_than", "fee_group": "khong", "agreed": True,
    }  # fmt: skip
    draft = drafts.begin(procedure, place=side.commune, by=by, language="vi", counter=counter)
    drafts.save(draft, answers, base=0)
    draft = drafts.set_applicant(
        draft, name=f"Ông {side.secret}", email=f"{side.secret}@example.vn", phone="+84912345678", acting="self", acting_for=""
    )  # fmt: skip
    picture = io.BytesIO()
    Image.new("RGB", (40 + number, 30)).save(picture, "JPEG")
    file = attaching.attach(
        draft, procedure, "earlier", content=picture.getvalue(), name=f"{side.secret}.jpg", by=by.urn
    )
    return draft, file


def plant(side: Side) -> None:
    """A dossier that was returned, of somebody with an account, and a draft that an official is taking in at the counter."""
    official = side.actor("official")
    handed_in, paper = service_draft(side, side.actor("auditor"), counter=False, number=0)
    begun, begun_paper = service_draft(side, official, counter=True, number=1)
    row = handing_in.hand_in_at_once(handed_in)
    desk.take(row, by=official)
    desk.save_findings(row, [desk.Found("document", "earlier", False, f"Mờ {side.secret}", "Chụp lại")], by=official)
    desk.send_back(row, by=official)
    catalogue.take_in([national(0)])
    side.ids |= {
        "dossier": str(row.pk),
        "dossier_number": row.number,
        "dossier_code": access.code_of(row),
        "dossier_paper": str(paper.pk),
        "service_draft": str(begun.pk),
        "service_draft_paper": str(begun_paper.pk),
    }


def national(number: int) -> Fact:
    code = f"1.9{number:05d}" if number else "1.004873"
    return Fact(code, f"Thủ tục {number}", "Hộ tịch", "", "Cấp xã", "", "", "", (), (), "")


def grow(side: Side, number: int) -> None:
    """One more of each list: handed in, begun at the counter, in the national catalogue."""
    handed_in, _paper = service_draft(side, side.actor("auditor"), counter=False, number=number + 2)
    handing_in.hand_in_at_once(handed_in)
    service_draft(side, side.actor("official"), counter=True, number=number + 2)
    catalogue.take_in([national(number + 1)])
