"""What the applicant completes after a dossier went back, on its page."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dinh.spine.files.tests.samples import image
from dinh.spine.parties.api import Actor
from dinh.systems.public_services.actions import desk
from dinh.systems.public_services.actions.desk import Found
from dinh.systems.public_services.queries import access
from dinh.systems.public_services.tests.factories import STATUS, all_good, dossier
from dinh.systems.public_services.tests.test_pages import browser, text

pytestmark = pytest.mark.django_db(transaction=True)


def test_answers_that_bring_a_document_are_taken_once_it_is_attached(dao: Actor) -> None:
    row = dossier(STATUS)
    desk.take(row, by=dao)
    desk.save_findings(row, [*all_good(row), Found("field", "fee_group", False, "Có sổ hộ nghèo", "Chọn lại")], by=dao)
    desk.send_back(row, by=dao)
    applicant, page = browser(), f"/services/dossiers/{row.pk}/"
    applicant.get(f"/services/follow/{access.code_of(row)}/")
    upload = f"{page}documents/group_paper/"
    paper = image(size=(61, 44))

    def attach() -> int:
        sent_file = SimpleUploadedFile("so.jpg", paper, "image/jpeg")
        return int(applicant.post(upload, {"files": sent_file}).status_code)

    assert upload not in text(applicant.get(page))
    assert attach() == 409, "not asked with the answers so far"
    refused = text(applicant.post(f"{page}correct/", {"fee_group": "ho_ngheo"}))
    assert "the dossier needs: Giấy tờ chứng minh diện miễn lệ phí" in refused
    assert upload in refused
    row.refresh_from_db()
    assert (row.state, row.values["fee_group"]) == ("returned", "khong")
    assert attach() == 302
    assert re.search(r'value="ho_ngheo"[^>]*(selected|checked)', text(applicant.get(page))), "the answer is kept"
    applicant.post(f"{page}correct/", {"fee_group": "ho_ngheo"})
    row.refresh_from_db()
    assert (row.state, row.values["fee_group"], row.fee_state) == ("processing", "ho_ngheo", "exempt")
    assert row.sent_back.get().answers == {}
