"""From handing in to the verdict of whoever reported it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction

from dinh.kernel import clock
from dinh.kernel.errors import Conflict, Invalid, NotFound, Refused
from dinh.spine.cases import api as cases
from dinh.spine.files import api as files
from dinh.spine.jobs import api as jobs
from dinh.spine.parties.api import Actor
from dinh.spine.requests import api as requests
from dinh.spine.requests import models
from dinh.spine.requests.api import RequestQuery
from dinh.spine.requests.tests.conftest import NORTH, SOUTH, Told, closed, draft, handed_in, picture
from dinh.spine.submissions import api as submissions

pytestmark = pytest.mark.django_db


def test_a_report_becomes_a_case_of_the_right_office_with_its_deadline_and_its_pictures(
    office: str, told: list[Told]
) -> None:
    receipt = requests.hand_in(draft(), [("anh.jpg", picture()), ("hong.jpg", b"\xff\xd8\xff no picture")])
    with pytest.raises(NotFound):
        requests.request(receipt.number)
    assert submissions.work_off() == 1
    row = requests.request(receipt.number)
    case = cases.case(row.case)
    assert (row.unit, row.organisation, row.shown, row.status) == (SOUTH, office, True, "open")
    assert row.due_at == case.opened_at + timedelta(hours=10)
    assert case.title == "Ổ gà: Ổ gà lớn trước chợ Trần Đề"
    assert cases.fields_of(row.case)["reporter_contact"] != "+84912345678"
    (photo,) = row.photos
    assert files.file(photo.file).width == 900
    assert (files.file(photo.small).width, files.file(photo.small).media_type) == (480, "image/webp")
    assert "hong.jpg" in cases.acts(row.case)[-1].detail["text"]
    (message,) = [one for one in told if one.kind == "request.received"]
    assert message.to == "tel:+84912345678"
    assert message.params["link"].endswith(f"/r/{receipt.id}/")


def test_a_telephone_hears_of_five_reports_a_day_however_many_are_handed_in_with_its_number(told: list[Told]) -> None:
    numbers = [handed_in(description=f"Ổ gà số {n} trước chợ")[1] for n in range(8)]
    received = [one for one in told if one.kind == "request.received"]
    assert len(received) == 5
    assert {one.to for one in received} == {"tel:+84912345678"}
    assert cases.fields_of(requests.request(numbers[-1]).case)["reporter_contact"], "the office can reach them"


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("gọi 0912-345-678", False), ("gọi 0912 . 345 . 678", False), ("gọi ０９１２３４５６７８", False),
        ("gọi 0912\u200b345\u200b678", False), ("xem vay-nhanh.me/abc", False), ("xem ht\u200btps://vay", False),
        ("xem bit.ly/x", False), ("ở P.5, Q.3, TP.HCM", True), ("ngày 27.11.2026, 3.5 m", True), ("số nhà 12/34-56", True),
    ],
)  # fmt: skip
def test_numbers_and_links_are_seen_however_they_are_written(words: str, shown: bool) -> None:
    number = handed_in(description=f"Ổ gà lớn {words}")[1]
    assert models.Request.objects.get(number=number).shown is shown


def test_a_sign_that_no_register_can_hold_is_left_out_wherever_it_stands() -> None:
    receipt = requests.hand_in(
        draft(description="Ổ gà\0 lớn", address="Chợ\0", unit="\0", answers={"size": "lar\0ge"}, name="An\0"), []
    )
    assert submissions.work_off() == 1
    row = requests.request(receipt.number)
    assert (row.description, row.address) == ("Ổ gà lớn", "Chợ")
    assert cases.fields_of(row.case)["size"] == "large"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"description": "hư"}, "description"),
        ({"longitude": None, "latitude": None}, "place"),
        ({"longitude": 9.5, "latitude": 106.2}, "place"),
        ({"answers": {}}, "answers.size"),
        ({"answers": {"size": "huge"}}, "answers.size"),
        ({"email": "khong phai"}, "email"),
        ({"phone": "12"}, "phone"),
    ],
)
def test_what_is_missing_or_wrong_is_told_at_its_field_and_nothing_is_taken(
    changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as raised:
        requests.hand_in(draft(**changes))
    faults = raised.value.params["fields"]
    assert isinstance(faults, dict)
    assert list(faults) == [field]
    assert submissions.standing().waiting == 0


def test_private_reports_and_private_categories_are_nowhere_in_public_and_their_office_has_them(binh: Actor) -> None:
    _, own = handed_in(private=True)
    _, always = handed_in(category="bribe", answers={}, description="Cán bộ đòi thêm tiền")
    _, open_to_all = handed_in(description="Ổ gà trước cổng trường học")
    page = requests.requests(RequestQuery())
    assert [row.number for row in page.rows] == [open_to_all]
    assert [row.number for row, _ in requests.nearby(106.2, 9.5)] == [open_to_all]
    for number in (own, always):
        with pytest.raises(NotFound):
            requests.request(number)
        assert requests.request(number, actor=binh).private
    assert requests.requests(RequestQuery(everything=True), actor=binh).total == 3
    elsewhere = Actor("urn:dinh:person:x", "X", (binh.grants[0].__class__("official", NORTH),), None, is_staff=True)
    assert requests.requests(RequestQuery(everything=True), actor=elsewhere).total == 0
    with pytest.raises(NotFound):
        requests.request(own, actor=elsewhere)


def test_everybody_who_follows_hears_each_step_and_closed_is_told_from_fixed(binh: Actor, told: list[Told]) -> None:
    id, number = handed_in()
    requests.follow(number, address="lang.gieng@example.vn", language="en")
    (invitation,) = [one for one in told if one.kind == "request.follow"]
    neighbour = models.Follower.objects.get(role="neighbour")
    assert invitation.params["link"].endswith(f"/r/{neighbour.pk}/")
    told.clear()
    case = requests.request(number).case
    cases.take(case, by=binh)
    jobs.deliver_pending()
    assert {one.to for one in told} == {"tel:+84912345678"}, "who never opened the link is not written to"
    requests.followed(neighbour.pk)
    told.clear()
    cases.reply(case, text="Sáng mai đội đường bộ đến.", by=binh)
    cases.move(case, transition="close_unfixed", by=binh, reason="Đường này sẽ làm lại vào quý sau.")
    jobs.deliver_pending()
    assert {(one.kind, one.to) for one in told} == {
        (kind, to)
        for kind in ("request.replied", "request.ended")
        for to in ("tel:+84912345678", "mailto:lang.gieng@example.vn")
    }
    row = requests.request(number)
    assert (row.counts_as, row.status, row.reason) == ("unfixed", "closed", "Đường này sẽ làm lại vào quý sau.")
    assert row.first_answer_at is not None
    assert requests.requests(RequestQuery(status="fixed")).total == 0
    assert requests.requests(RequestQuery(status="unfixed")).total == 1
    assert [(moment.what, moment.text) for moment in requests.timeline(requests.request(number))] == [
        ("opened", ""), ("moved", ""), ("replied", "Sáng mai đội đường bộ đến."),
        ("moved", "Đường này sẽ làm lại vào quý sau."),
    ]  # fmt: skip
    assert requests.followed(id).request.number == number


def test_the_reporter_opens_it_again_and_the_owner_hears_of_it(binh: Actor, told: list[Told]) -> None:
    id, number = handed_in()
    with pytest.raises(Conflict, match="is not closed"):
        requests.say_not_fixed(id, text="Còn nguyên")
    closed(number, binh)
    told.clear()
    with pytest.raises(Invalid, match="not right"):
        requests.say_not_fixed(id, text=" ")
    requests.say_not_fixed(id, text="Vá xong lại lún.")
    jobs.deliver_pending()
    row = requests.request(number)
    assert (row.status, row.reopened, row.disputed) == ("open", 1, 1)
    assert row.due_at is not None
    assert row.due_at > clock.now() + timedelta(hours=9)
    (heard,) = [one for one in told if one.kind == "case.reopened"]
    assert (heard.to, heard.params["reason"]) == (binh.urn, "Vá xong lại lún.")
    assert requests.timeline(requests.request(number))[-1].what == "reopened"
    closed(number, binh)
    assert requests.say_fixed(id).verdict == "fixed"
    assert requests.rate(id, stars=4, text="Nhanh").request.stars == 4
    assert requests.request(number).confirmed == 1


def test_neighbours_open_it_again_only_together(binh: Actor) -> None:
    _, number = handed_in()
    for n in range(3):
        requests.follow(number, address=f"hang.xom{n}@example.vn", language="vi")
    closed(number, binh)
    neighbours = list(models.Follower.objects.filter(role="neighbour").values_list("pk", flat=True))
    for neighbour in neighbours[:2]:
        requests.say_not_fixed(neighbour, text="Chưa xong")
        requests.say_not_fixed(neighbour, text="Vẫn chưa xong")
    assert requests.request(number).status == "closed"
    requests.say_not_fixed(neighbours[2], text="Chưa xong")
    jobs.deliver_pending()
    assert requests.request(number).status == "open"


def test_nobody_talks_on_without_end_or_opens_again_what_was_closed_long_ago(
    binh: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    link, number = handed_in()
    for n in range(20):
        requests.comment(link, text=f"Còn nữa, lần {n}")
    with pytest.raises(Conflict) as refused:
        requests.comment(link, text="Còn nữa")
    assert refused.value.code == "requests.many_voices"
    link, number = handed_in(description="Ổ gà khác ở đầu cầu")
    closed(number, binh)
    models.Follower.objects.filter(pk=link).update(until=clock.now() + timedelta(days=90))
    later = clock.now() + timedelta(days=61)
    monkeypatch.setattr(clock, "now", lambda: later)
    with pytest.raises(Conflict) as refused:
        requests.say_not_fixed(link, text="Chưa xong")
    assert refused.value.code == "requests.too_late"


def test_a_misroute_is_handed_on_with_its_deadline_and_its_history(binh: Actor, office: str) -> None:
    from dinh.spine.parties import api as parties

    other = parties.save_organisation(id="so-xd", name_vi="Sở Xây dựng", name_en="Construction").urn
    _, number = handed_in()
    before = requests.request(number)
    cases.take(before.case, by=binh)
    cases.hand_on(before.case, organisation=other, by=binh, reason="Đường tỉnh")
    jobs.deliver_pending()
    after = requests.request(number)
    assert (after.organisation, after.due_at) == (other, before.due_at)
    assert [(moment.what, moment.organisation) for moment in requests.timeline(requests.request(number))] == [
        ("opened", office), ("moved", office), ("handed_on", other),
    ]  # fmt: skip


def test_a_question_stops_the_clock_until_the_reporter_answers_by_the_link(binh: Actor) -> None:
    id, number = handed_in()
    case = requests.request(number).case
    cases.ask(case, text="Gần số nhà nào?", by=binh)
    jobs.deliver_pending()
    assert requests.request(number).paused
    ((question, text),) = requests.followed(id).questions
    assert text == "Gần số nhà nào?"
    requests.answer(id, question=question, text="Số 12")
    jobs.deliver_pending()
    assert not requests.request(number).paused
    assert "Gần số nhà nào?" not in str(requests.timeline(requests.request(number))), (
        "what is asked of one person is not for all"
    )


def test_a_link_ends_after_thirty_days_and_comes_again_only_to_the_address_that_follows(
    told: list[Told], monkeypatch: pytest.MonkeyPatch
) -> None:
    id, number = handed_in()
    later = clock.now() + timedelta(days=31)
    monkeypatch.setattr(clock, "now", lambda: later)
    with pytest.raises(Refused, match="has ended"):
        requests.followed(id)
    told.clear()
    requests.send_link_again(number, address="0999 999 999")
    assert told == []
    requests.send_link_again(number, address="0912 345 678")
    assert [one.to for one in told] == ["tel:+84912345678"]
    requests.follow_again(id, told[0].params["link"].partition("?again=")[2])
    assert requests.followed(id).address == "tel:+84•••678" or "•" in requests.followed(id).address


@pytest.mark.parametrize(
    "words",
    ["Vay tiền nhanh tại http://lua-dao.example", "Gọi tôi số 0912345678 mua bán đất", "CCCD 092123456789 đòi nợ"],
)
def test_advertising_and_numbers_of_people_wait_for_an_official_before_they_are_public(
    binh: Actor, told: list[Told], words: str
) -> None:
    requests.subscribe(person="urn:dinh:person:sub", unit=SOUTH, category="", language="vi")
    _, number = handed_in(description=words)
    with pytest.raises(NotFound):
        requests.request(number)
    assert requests.requests(RequestQuery(to_check=True), actor=binh).total == 1
    assert not any(one.kind == "request.nearby" for one in told)
    assert requests.hide([number], why="", by=binh) == 1
    jobs.deliver_pending()
    assert requests.request(number).shown
    assert [one.to for one in told if one.kind == "request.nearby"] == ["urn:dinh:person:sub"]


def test_the_same_words_again_and_many_from_one_sender_wait_too() -> None:
    numbers = [handed_in(description=f"Ổ gà số {n} trên đường tỉnh 934", sender="one")[1] for n in range(9)]
    assert not models.Request.objects.get(number=numbers[7]).hidden
    assert models.Request.objects.get(number=numbers[8]).hidden == "check"
    handed_in(description="Ổ gà ở ngã ba đường vào cảng cá")
    _, twin = handed_in(description="Ổ gà ở ngã ba đường vào cảng cá")
    assert models.Request.objects.get(number=twin).hidden == "check"


def test_subscribers_hear_of_their_place_and_category_once_they_confirmed(told: list[Told]) -> None:
    requests.subscribe(address="a@example.vn", unit=SOUTH, category="lamp", language="vi")
    requests.subscribe(address="b@example.vn", unit=NORTH, category="", language="vi")
    handed_in()
    (row, _) = models.Subscription.objects.order_by("address")
    assert requests.confirm_subscription(row.pk) == (SOUTH, "lamp")
    told.clear()
    handed_in(category="lamp", answers={}, description="Đèn đường tắt cả tuần")
    handed_in(description="Một ổ gà khác ở đây nữa")
    assert [one.to for one in told if one.kind == "request.nearby"] == ["mailto:a@example.vn"]
    requests.unsubscribe(row.pk)
    requests.unsubscribe(row.pk)


def test_who_forgets_a_report_leaves_its_number_and_no_word(binh: Actor) -> None:
    receipt = requests.hand_in(draft(), [("anh.jpg", picture())])
    submissions.work_off()
    row = requests.request(receipt.number)
    requests.comment(receipt.id, text="Gần trường")
    copy = requests.export(receipt.id)
    assert copy["report"]["description"] == "Ổ gà lớn trước chợ Trần Đề"
    assert copy["said"][0]["text"] == "Gần trường"
    requests.forget(receipt.id)
    with pytest.raises(NotFound):
        requests.followed(receipt.id)
    with pytest.raises(NotFound):
        requests.request(receipt.number)
    assert {files.file(photo.file).state for photo in row.photos} == {"erased"}
    assert "chợ" not in str([act.detail for act in cases.acts(row.case)])
    assert cases.case(row.case).title == "Phản ánh thử"
    assert not any(cases.altered_acts(row.case))


def test_figures_tell_nothing_of_fewer_than_five(binh: Actor, office: str) -> None:
    begun = clock.now() - timedelta(minutes=1)
    for n in range(4):
        handed_in(description=f"Ổ gà thứ {n} trước chợ")
    handed_in(private=True)

    def now() -> Any:
        return requests.figures(since=begun, until=clock.now() + timedelta(minutes=1))

    assert now() == []
    numbers = [handed_in(description=f"Ổ gà lớn thứ {n} ở bến phà")[1] for n in range(5)]
    (row,) = now()
    assert (row.organisation, row.received, row.open, row.fixed, row.hours_to_fix) == (office, 9, 9, 0, None)
    closed(numbers[0], binh, step="close_unfixed")
    (row,) = now()
    assert (row.fixed, row.unfixed, row.on_time) == (0, None, None)


def test_counts_are_those_of_each_filter(binh: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = [handed_in(description=f"Ổ gà số {n}", sender=str(n))[1] for n in range(6)]
    for number, step in ((numbers[0], "fix"), (numbers[1], "fix"), (numbers[2], "close_unfixed")):
        closed(number, binh, step=step)
    cases.ask(requests.request(numbers[3]).case, text="Gần số nhà nào?", by=binh)
    jobs.deliver_pending()
    later = clock.now() + timedelta(hours=30)
    monkeypatch.setattr(clock, "now", lambda: later)
    counted = requests.counts(RequestQuery(status="late"))
    assert counted == {"": 6, "open": 3, "closed": 3, "fixed": 2, "unfixed": 1, "late": 2}
    for status, count in counted.items():
        assert requests.requests(RequestQuery(status=status)).total == count


def test_words_find_a_category_with_or_without_diacritics() -> None:
    assert [row.code for row in requests.suggest("duong bi lun, co o ga to")] == ["hole"]
    assert [row.code for row in requests.suggest("Đèn đường không sáng")] == ["lamp"]
    assert requests.suggest("xin chào") == []


def test_nothing_of_another_follower_is_opened_by_a_link_of_ones_own(binh: Actor) -> None:
    _, number = handed_in()
    with pytest.raises(NotFound):
        requests.followed(uuid4())
    requests.follow(number, address="x@example.vn", language="vi")
    neighbour = models.Follower.objects.get(role="neighbour")
    assert requests.export(neighbour.pk)["report"] is None
    with transaction.atomic():
        requests.forget(neighbour.pk)
    assert requests.request(number).description
