"""From a draft to a result: handed in once, returned once with everything, paid once, decided with a reason."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from dinh.kernel import clock
from dinh.kernel.errors import Conflict, Invalid
from dinh.spine.cases import api as cases
from dinh.spine.documents import api as documents
from dinh.spine.files import api as files
from dinh.spine.files.tests.samples import image
from dinh.spine.ledger import api as ledger
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import Actor
from dinh.spine.submissions import api as submissions
from dinh.systems.public_services import models
from dinh.systems.public_services.actions import attaching, desk, drafts, handing_in, offices, results
from dinh.systems.public_services.actions.desk import Found
from dinh.systems.public_services.domain import folders
from dinh.systems.public_services.domain.procedures import procedure_of
from dinh.systems.public_services.queries import desk as lists
from dinh.systems.public_services.queries import progress
from dinh.systems.public_services.tests.factories import (
    BIRTH,
    COMMUNE,
    EXTRACT,
    OTHER_COMMUNE,
    PROVINCE,
    ROAD,
    STATUS,
    all_good,
    citizen,
    dossier,
    draft,
    official,
)

pytestmark = pytest.mark.django_db


def test_a_draft_that_is_handed_in_twice_is_one_dossier_with_the_national_number(office: str) -> None:
    row = draft()
    first = handing_in.hand_in(row)
    again = handing_in.hand_in(models.Draft.objects.get(pk=row.pk))
    assert (again.number, again.again) == (first.number, True)
    assert first.number == f"H13.{COMMUNE[-5:]}-{first.at.astimezone(clock.VIETNAM):%y%m%d}-0001"
    submissions.stop()  # files the journal
    submissions.work_off()
    made = models.Dossier.objects.get()
    assert (made.number, made.pk, made.organisation) == (first.number, row.pk, office)
    assert submissions.of(row.pk).became == made.urn  # type: ignore[union-attr]
    case = cases.case(made.case)
    assert case.category == EXTRACT
    assert made.number in case.title
    assert "Trần Thị Bé" not in case.title


def test_what_is_not_complete_is_not_handed_in_and_says_what_is_missing(office: str) -> None:
    row = draft(STATUS, again=True)
    models.Attachment.objects.all().delete()
    drafts.save(row, {"full_name": None, "purpose_words": None}, base=row.revision + 1)
    row.refresh_from_db()
    lacking = handing_in.lacking(row)
    assert set(lacking.fields) == {"full_name", "purpose_words"}
    assert lacking.documents == ["earlier"]
    with pytest.raises(Invalid, match="not complete"):
        handing_in.hand_in(row)


def test_two_devices_never_lose_each_others_words(office: str) -> None:
    row = draft(STATUS)
    base = models.Draft.objects.get().revision
    phone = drafts.save(row, {"residence": "Ấp Mỹ Thanh 2", "ethnicity": "Kinh"}, base=base)
    # The desktop still shows the old residence and changes the purpose alone: what it left alone is no edit.
    desktop = drafts.save(row, {"residence": "Ấp Mỹ Thanh", "purpose_words": "Du học"}, base=base)
    assert desktop.lost == {}
    assert desktop.theirs == ["ethnicity", "residence"]
    both = drafts.save(row, {"residence": "Ấp Cảng"}, base=base)
    assert both.lost == {"residence": "Ấp Mỹ Thanh 2"}
    held = models.Draft.objects.get()
    assert (held.values["residence"], held.values["ethnicity"], held.values["purpose_words"]) == (
        "Ấp Cảng",
        "Kinh",
        "Du học",
    )
    assert ["residence", "Ấp Mỹ Thanh 2"] in [entry[1:] for entry in held.history]
    assert phone.revision < both.revision


def test_a_dossier_goes_back_once_with_all_defects_while_its_clock_stands_still(dao: Actor) -> None:
    row = dossier(STATUS)
    desk.take(row, by=dao)
    with pytest.raises(Conflict, match="Giấy xác nhận tình trạng hôn nhân đã cấp"):
        desk.send_back(row, by=dao)
    faults = [
        Found("document", "earlier", False, "Ảnh mờ, không đọc được số", "Chụp lại, đủ bốn góc"),
        Found("field", "purpose_words", False, "Chưa rõ vay ở đâu", "Ghi tên ngân hàng"),
    ]
    desk.save_findings(row, faults, by=dao)
    desk.send_back(row, by=dao)
    row.refresh_from_db()
    case = cases.case(row.case)
    assert (row.state, row.returns, row.due_at, case.paused) == ("returned", 1, None, True)
    with pytest.raises(Conflict, match="Ảnh mờ"):
        desk.correct(row, {"purpose_words": "Vay Ngân hàng Chính sách xã hội"})
    desk.correct(
        row,
        {"purpose_words": "Vay Ngân hàng Chính sách xã hội", "full_name": "Người khác"},
        explained="Đã chụp rõ nhất có thể",
    )
    row.refresh_from_db()
    assert row.values["full_name"] == "Lý Văn Tám", "only what was asked can be changed"
    assert row.values["purpose_words"].startswith("Vay Ngân hàng")
    assert (row.state, cases.case(row.case).paused) == ("processing", False)

    desk.save_findings(row, [Found("document", "earlier", False, "Vẫn thiếu trang hai", "Gửi trang hai")], by=dao)
    with pytest.raises(Invalid, match="returned before"):
        desk.send_back(row, by=dao)
    desk.send_back(row, by=dao, why_again="Lần đầu ảnh mờ nên không thấy thiếu trang")
    assert [sent.number for sent in row.sent_back.order_by("number")] == [1, 2]
    public, steps = progress.one(row.number)
    assert public.returns == 2
    assert [step.name.en for step in steps] == [
        "Received", "Taken up by an official", "Returned for completion", "Completed by the applicant", "Returned for completion",
    ]  # fmt: skip


def test_no_word_of_a_person_stands_in_the_ledger_or_in_public(dao: Actor) -> None:
    row = dossier(STATUS)
    desk.take(row, by=dao)
    desk.save_findings(row, [Found("document", "earlier", False, "Sai tên Lý Văn Tám", "Sửa tên")], by=dao)
    desk.send_back(row, by=dao)
    told = str([entry.data for entry in ledger.entries(subject=row.urn, limit=100)]) + str(progress.one(row.number))
    assert "Tám" not in told
    assert "092188001234" not in told
    assert "Bé" not in told


def test_steps_of_a_dossier_are_taken_at_its_desk_and_nowhere_else(dao: Actor) -> None:
    row = dossier(STATUS)
    desk.take(row, by=dao)
    for code in ("approve", "refuse", "withdraw", "return"):
        with pytest.raises(Conflict, match="page of the dossier"):
            cases.move(row.case, transition=code, by=dao, reason="vì thế")


def test_a_refusal_needs_its_reason_and_ends_the_dossier(dao: Actor) -> None:
    row = dossier(STATUS)
    desk.take(row, by=dao)
    with pytest.raises(Invalid, match="reason"):
        desk.refuse(row, reason="không", by=dao)
    desk.refuse(row, reason="Không thuộc thẩm quyền: người nộp cư trú ở xã khác", by=dao)
    row.refresh_from_db()
    assert (row.state, row.in_time) == ("refused", True)
    with pytest.raises(Conflict):
        handing_in.withdraw(row)


def test_an_official_of_another_commune_reaches_nothing(office: str) -> None:
    row = dossier(STATUS)
    from dinh.kernel.errors import NotFound
    from dinh.systems.public_services.queries import access

    stranger = official(
        "la", parties.save_organisation(id="khac", name_vi="UBND khác", name_en="Other").urn, place=OTHER_COMMUNE
    )
    with pytest.raises(NotFound):
        access.at_the_desk(row.pk, actor=stranger)
    with pytest.raises(NotFound):
        desk.take(row, by=stranger)
    with pytest.raises(NotFound):
        access.dossier(row.pk, actor=citizen("ai-do"), held={})


def test_a_dossier_of_the_province_goes_to_its_department_and_a_funeral_has_one_day(office: str) -> None:
    row = dossier(ROAD)
    assert (row.organisation, row.office_place) == ("urn:dinh:organisation:so-xay-dung", PROVINCE)
    assert row.number.startswith("H13.S01-")
    case = cases.case(row.case)
    assert (case.type, case.due_at - case.opened_at) == ("dossier_days", timedelta(days=1))


def test_a_dossier_is_read_by_the_procedure_that_it_was_handed_in_under(
    dao: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = dossier(STATUS)
    present = folders.procedure(STATUS)
    told = {**present.raw["procedure"], "name": {"vi": "Tên mới", "en": "New name"}}
    changed = procedure_of(STATUS, {**present.raw, "procedure": told})
    monkeypatch.setattr(folders, "all_procedures", lambda: {STATUS: changed})
    assert progress.one(row.number)[0].procedure == present.name
    assert desk.procedure_of(row).version == row.version != changed.version


def test_two_who_work_one_submission_off_at_the_same_moment_make_one_dossier(
    office: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = draft()
    payload = {
        "procedure": row.procedure, "version": row.version, "values": row.values,
        **{name: getattr(row, name) for name in handing_in.COPIED},
    }  # fmt: skip
    receipt = handing_in.hand_in(row)
    submission = submissions.Submission(row.pk, receipt.number, handing_in.KIND, receipt.at, payload)
    open_case = cases.open_case

    def meanwhile(**told: Any) -> cases.CaseRow:
        """Both looked whether the dossier is there; the other one is done first."""
        monkeypatch.setattr(cases, "open_case", open_case)
        handing_in.work(submission, None)
        return open_case(**told)

    monkeypatch.setattr(cases, "open_case", meanwhile)
    with pytest.raises(IntegrityError), transaction.atomic():
        handing_in.work(submission, None)
    assert handing_in.work(submission, None) == models.Dossier.objects.get(number=receipt.number).urn
    assert list(models.Step.objects.values_list("what", flat=True)) == ["received", "fee_asked"]


def test_a_draft_that_became_a_dossier_is_none_any_more_although_the_house_fell_between(office: str) -> None:
    row = draft()
    handing_in.hand_in(row)
    models.Draft.objects.update(handed_in_at=None)  # it fell after the journal had it and before this was written
    submissions.work_off()
    with pytest.raises(Conflict, match="handed in"):
        drafts.drop(row, by="")
    models.Draft.objects.update(expires_at=clock.now())
    handing_in.tidy()
    assert all(file.state == "kept" for file in files.files_of(f"urn:dinh:dossier:{row.pk}"))
    assert not models.Draft.objects.exists()


@pytest.mark.parametrize("ended", ["withdrawn", "answered"])
def test_a_question_that_ended_on_the_page_of_the_case_keeps_nobody_from_completing(dao: Actor, ended: str) -> None:
    row = dossier(STATUS)
    desk.take(row, by=dao)
    desk.save_findings(row, [Found("document", "earlier", False, "Ảnh mờ", "Chụp lại")], by=dao)
    sent = desk.send_back(row, by=dao)
    if ended == "withdrawn":
        cases.withdraw_question(row.case, question=sent.question, by=dao)
    else:
        cases.answer(row.case, question=sent.question, text="Người nộp đã mang bản rõ đến", by=dao)
    desk.correct(row, {}, explained="Đã nộp bản rõ")
    row.refresh_from_db()
    assert (row.state, row.due_at) == ("processing", cases.case(row.case).due_at)


def test_no_paper_is_issued_while_other_departments_still_work_on_the_dossier(dao: Actor) -> None:
    row = dossier(STATUS)
    desk.take(row, by=dao)
    desk.save_findings(row, all_good(row), by=dao)
    cases.add_task(row.case, title="Xác minh cư trú", organisation="urn:dinh:organisation:so-xay-dung", by=dao)
    row.refresh_from_db()
    with pytest.raises(Conflict, match="tasks of other departments"):
        results.approve(row, {"status_words": "Chưa đăng ký kết hôn"}, by=dao)
    assert not documents.documents_of(row.urn)


def test_a_paper_of_a_dossier_that_was_taken_back_while_it_was_drawn_is_not_valid(
    dao: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = dossier(STATUS)
    desk.take(row, by=dao)
    desk.save_findings(row, all_good(row), by=dao)
    row.refresh_from_db()
    draw = results.draw

    def meanwhile(*told: Any) -> bytes:
        handing_in.withdraw(row)
        return draw(*told)

    monkeypatch.setattr(results, "draw", meanwhile)
    with pytest.raises(Conflict):
        results.approve(row, {"status_words": "Chưa đăng ký kết hôn"}, by=dao)
    assert [paper.state for paper in documents.documents_of(row.urn)] == ["withdrawn"]


def test_the_result_is_the_paper_that_says_what_was_decided_in_the_end(
    dao: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = dossier(STATUS)
    desk.take(row, by=dao)
    desk.save_findings(row, all_good(row), by=dao)
    row.refresh_from_db()

    def falls(*told: Any, **named: Any) -> None:
        raise RuntimeError("the house fell after the paper was issued")

    with monkeypatch.context() as patched:
        patched.setattr(results, "_end", falls)
        with pytest.raises(RuntimeError):
            results.approve(row, {"status_words": "Đã kết hôn"}, by=dao)
    made = results.approve(row, {"status_words": "Chưa đăng ký kết hôn"}, by=dao)
    assert {paper.urn == made.document: paper.state for paper in documents.documents_of(row.urn)} == {
        True: "valid",
        False: "withdrawn",
    }


def test_what_was_handed_in_keeps_its_files_whatever_page_is_still_open(dao: Actor) -> None:
    row = draft(STATUS)
    handing_in.hand_in(row)
    file = models.Attachment.objects.get()
    with pytest.raises(Conflict, match="handed in"):
        attaching.take_out(row, file.pk, by="")
    procedure = folders.procedure(STATUS)
    with pytest.raises(Conflict, match="handed in"):
        attaching.attach(row, procedure, "earlier", content=image(size=(50, 31)), name="khac.jpg", by="")
    submissions.work_off()
    made = models.Dossier.objects.get()
    with pytest.raises(Conflict, match="nothing is asked"):
        attaching.attach(made, procedure, "earlier", content=image(size=(50, 31)), name="khac.jpg", by="")
    with pytest.raises(Conflict, match="nothing is asked"):
        attaching.take_out(made, file.pk, by="")
    assert [one.state for one in files.files_of(made.urn)] == ["kept"]


def test_a_dossier_that_nobody_completes_is_refused_by_whoever_has_it_and_nobody_else(dao: Actor, office: str) -> None:
    row = dossier(STATUS)
    desk.take(row, by=dao)
    desk.save_findings(row, [Found("document", "earlier", False, "Ảnh mờ", "Chụp lại")], by=dao)
    desk.send_back(row, by=dao)
    with pytest.raises(Conflict, match="take dossier"):
        desk.refuse(row, reason="Quá thời hạn mà không bổ sung", by=official("la", office))
    desk.refuse(row, reason="Quá thời hạn mà không bổ sung", by=dao)
    row.refresh_from_db()
    assert row.state == "refused"


def test_the_history_of_a_draft_is_no_longer_than_its_answers_may_be(office: str) -> None:
    row = draft(STATUS)
    for number in range(20):
        drafts.save(row, {"residence": f"{number} " + "a" * 15_000}, base=row.revision + number)
    held = models.Draft.objects.get()
    assert len(str(held.history)) <= drafts.LARGEST * 1.1
    assert held.history[-1][2].startswith("18 "), "the newest are kept"


def test_no_dossier_is_joined_to_that_of_somebody_else(dao: Actor) -> None:
    first, second = dossier(STATUS), dossier(STATUS)
    assert cases.likely_duplicates(first.case, actor=dao) == ()
    with pytest.raises(Conflict, match="each by itself"):
        cases.join(first.case, into=second.case, by=dao)


def test_two_offices_that_get_their_first_dossier_at_the_same_moment_have_codes_of_their_own(
    office: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    road = folders.procedure(ROAD)
    get_or_create = models.Office.objects.get_or_create

    def meanwhile(**told: Any) -> Any:
        monkeypatch.setattr(models.Office.objects, "get_or_create", get_or_create)
        models.Office.objects.create(organisation="urn:dinh:organisation:so-khac", code=told["defaults"]["code"])
        return get_or_create(**told)

    monkeypatch.setattr(models.Office.objects, "get_or_create", meanwhile)
    assert offices.code_for(road, COMMUNE) == "H13.S02"


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("2026-11-24T08:10+07:00", "2026-11-24T17:00+07:00"),
        ("2026-11-24T15:00+07:00", "2026-11-25T17:00+07:00"),
        ("2026-11-27T16:00+07:00", "2026-11-30T17:00+07:00"),
        ("2026-11-28T09:00+07:00", "2026-11-30T17:00+07:00"),
    ],
)
def test_a_birth_is_registered_on_the_same_day_unless_it_comes_after_three_or_on_a_day_off(
    office: str, monkeypatch: pytest.MonkeyPatch, received: str, due: str
) -> None:
    row = draft(BIRTH)
    moment = datetime.fromisoformat(received)
    monkeypatch.setattr(clock, "now", lambda: moment)
    assert handing_in.hand_in_at_once(row).due_at == datetime.fromisoformat(due)


def test_the_desk_shows_what_is_counted_in_days_beside_what_is_counted_in_working_days(office: str) -> None:
    funeral, status = dossier(ROAD), dossier(STATUS)
    chief = official("truong", office, place=PROVINCE)
    assert {row.dossier.number for row in lists.page(actor=chief).rows} == {funeral.number, status.number}
    assert [row.dossier.number for row in lists.page(actor=chief, kind="dossier_days").rows] == [funeral.number]
