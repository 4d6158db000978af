"""The officials' desk: what they keep in order, where they may, and what stands beside the case."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client

from dinh.kernel import clock
from dinh.kernel.errors import Invalid
from dinh.spine.cases import api as cases
from dinh.spine.jobs import api as jobs
from dinh.spine.ledger import api as ledger
from dinh.spine.observations import api as observations
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import SYSTEM, Actor, Grant
from dinh.spine.requests import api as requests
from dinh.spine.submissions import api as submissions
from dinh.systems.citizen_app import tasks, texts
from dinh.systems.citizen_app.tests.world import NORTH, SOUTH, ended, official, picture, reported, signed_in, standing

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _ground(monkeypatch: pytest.MonkeyPatch, settings: LazySettings, tmp_path: Path, db: None) -> Iterator[None]:
    with standing(monkeypatch, settings, tmp_path):
        yield


@pytest.fixture
def binh() -> Actor:
    return official("binh", SOUTH)


def held(word: str, **changes: object) -> str:
    return reported(f"{word} gọi 0912 345 678", **changes)[1]  # type: ignore[arg-type]


def test_what_waits_is_shown_to_those_whose_place_it_is_with_what_held_it(binh: Actor) -> None:
    here, there, private = held("đây"), held("kia", latitude=9.7), reported("kín", private=True)[1]
    desk = signed_in("binh").get("/app/desk/")
    assert [entry.card.request.number for entry in desk.context["entries"]] == [here]
    assert list(desk.context["entries"][0].held) == ["có số điện thoại"]
    everything = signed_in("binh").get("/app/desk/?queue=all").content.decode()
    assert here in everything
    assert private in everything
    assert there not in everything
    assert Client().get("/app/desk/").status_code == 302
    parties.save_person(
        username="ky-su", name="Kỹ sư", email=None, organisation=None, grants=[Grant("engineer", SOUTH)]
    )
    assert signed_in("ky-su").get("/app/desk/").status_code == 403


def test_each_reason_for_which_it_waits_is_kept_shown_and_counted_and_narrows_the_desk(binh: Actor) -> None:
    link = reported("www.re.vn và căn cước 079123456789")[1]
    phone = held("một")
    first = reported("hai", description="Nước ngập đến nửa bánh xe")[1]
    again = reported("ba", description="Nước ngập đến nửa bánh xe")[1]
    many = reported("bốn", many=True)[1]
    desk = signed_in("binh")
    kept = {
        entry.card.request.number: list(entry.card.request.held_for)
        for entry in desk.get("/app/desk/").context["entries"]
    }
    assert kept == {link: ["link", "identity"], phone: ["phone"], again: ["same"], many: ["many"]}
    assert first not in kept
    narrower = desk.get("/app/desk/?why=same").context
    assert [entry.card.request.number for entry in narrower["entries"]] == [again]
    assert {chip["code"]: chip["count"] for chip in narrower["narrower"]} == {
        "link": 1, "phone": 1, "identity": 1, "many": 1, "same": 1,
    }  # fmt: skip
    page = desk.get("/app/desk/").content.decode()
    for words in ("có địa chỉ web", "có số căn cước", "gửi nhiều từ một nơi", "trùng nguyên văn"):
        assert words in page, words


def test_what_was_taken_off_is_found_again_with_who_did_it_when_and_why(binh: Actor) -> None:
    official("bac", NORTH)
    spam, abuse, waits = held("một"), reported("hai")[1], held("ba")
    desk = signed_in("binh")
    answer = desk.post(f"/app/reports/{spam}/hide/", {"why": "spam", "next": "/app/desk/?queue=hidden"})
    assert answer["Location"] == "/app/desk/?queue=hidden"
    requests.hide([abuse], why="abuse", by=binh)
    hidden = desk.get("/app/desk/?queue=hidden")
    assert {entry.card.request.number for entry in hidden.context["entries"]} == {spam, abuse}
    assert {chip["code"]: chip["count"] for chip in hidden.context["chips"]} == {"check": 1, "hidden": 2, "all": 3}
    page = hidden.content.decode()
    assert waits not in page
    assert "binh" in page
    assert clock.now().astimezone(clock.VIETNAM).strftime("%H:%M")[:2] in page
    assert "Đã giữ lại vì: có số điện thoại" in page
    only = desk.get("/app/desk/?queue=hidden&why=abuse")
    assert [entry.card.request.number for entry in only.context["entries"]] == [abuse]
    assert signed_in("bac").get("/app/desk/?queue=hidden").context["total"] == 0
    desk.post("/app/desk/act/", {"only": spam})
    row = requests.request(spam)
    assert (row.shown, row.judged_by) == (True, binh.urn)
    assert row.judged_at is not None


def test_many_are_shown_or_taken_off_at_once_each_with_a_leaf(binh: Actor, client: Client) -> None:
    numbers = [held(word) for word in ("một", "hai", "ba")]
    desk = signed_in("binh")
    desk.post("/app/desk/act/", {"number": numbers[:2], "why": ""})
    assert client.get("/app/reports/").context["total"] == 2
    desk.post("/app/desk/act/", {"only": numbers[2], "number": numbers[:2], "why": "spam"})
    assert client.get("/app/reports/").context["total"] == 3, "the button of one report touches no other"
    desk.post("/app/desk/act/", {"number": numbers, "why": "abuse"})
    assert client.get("/app/reports/").context["total"] == 0
    assert [entry.data["why"] for entry in ledger.entries(kind="request.hidden")] == ["abuse"] * 3
    desk.post("/app/desk/act/", {"number": numbers, "why": "because"})
    assert {requests.request(number, actor=binh).hidden for number in numbers} == {"abuse"}
    answer = desk.post("/app/desk/act/", {"number": numbers, "why": "", "next": "//evil.example/"})
    assert answer["Location"] == "/app/desk/"


def test_one_that_is_out_of_reach_keeps_all_of_them_as_they_are(binh: Actor) -> None:
    mine, theirs = held("đây"), held("kia", latitude=9.7)
    desk = signed_in("binh")
    for other in (theirs, "PA-260101-0001"):
        answer = desk.post("/app/desk/act/", {"number": [mine, other], "why": ""}, follow=True)
        (said,) = answer.context["messages"]
        assert str(said).replace(other, "–") == "không có phản ánh công khai “–”; hãy xem lại mã", (
            "as of one that is not there"
        )
    chief = official("bac", NORTH, "leader")
    assert requests.request(mine, actor=binh).hidden == "check"
    assert requests.request(theirs, actor=chief).hidden == "check"


def test_on_the_page_itself_only_those_keep_order_whose_place_it_is(binh: Actor, client: Client) -> None:
    official("bac", NORTH)
    link, number = reported("một", photos=1)
    requests.comment(link, text="Thằng Tèo làm đấy")
    voice = next(moment.id for moment in requests.timeline(requests.request(number)) if moment.what == "comment")
    acts = {
        f"/app/reports/{number}/hide/": {"why": "personal"},
        f"/app/reports/{number}/photos/1/": {"shown": "0"},
        f"/app/reports/{number}/voices/{voice}/": {"shown": "0"},
    }
    for path, given in acts.items():
        assert client.post(path, given).status_code == 302
        assert signed_in("bac").post(path, given).status_code == 403, path
    assert "Thằng Tèo" in client.get(f"/app/reports/{number}/").content.decode()
    mine = signed_in("binh")
    assert "moderation" in mine.get(f"/app/reports/{number}/").content.decode()
    mine.post(f"/app/reports/{number}/voices/{voice}/", {"shown": "0"})
    mine.post(f"/app/reports/{number}/photos/1/", {"shown": "0"})
    page = client.get(f"/app/reports/{number}/").content.decode()
    assert "Thằng Tèo" not in page
    assert f"/app/photos/{number}/1" not in page
    mine.post(f"/app/reports/{number}/hide/", {"why": "personal"})
    assert client.get(f"/app/reports/{number}/").status_code == 404
    for path, given in acts.items():
        assert signed_in("bac").post(path, given).status_code == 404, (
            "what is hidden is hidden from the neighbour's office too"
        )


def test_a_photo_of_after_the_work_is_checked_like_any_other(binh: Actor) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    _, number = reported("một")
    mine = signed_in("binh")
    mine.post(f"/app/reports/{number}/after/", {"photo": SimpleUploadedFile("x.jpg", b"<script>")})
    assert not requests.request(number).photos
    mine.post(f"/app/reports/{number}/after/", {"photo": SimpleUploadedFile("x.jpg", picture())})
    assert [photo.after for photo in requests.request(number).photos] == [True]


def test_beside_its_case_stands_the_report_and_beside_other_cases_nothing(binh: Actor) -> None:
    _, number = reported("một", photos=1)
    row = requests.request(number)
    case = row.case.rpartition(":")[2]
    panel = signed_in("binh").get(f"/app/desk/case/{case}/")
    assert "Ổ gà lớn một" in panel.content.decode()
    assert f"/app/photos/{number}/1-small" in panel.content.decode()
    assert f'hx-get="/app/desk/case/{case}/"' in signed_in("binh").get(f"/work/cases/{case}/").content.decode()
    other = cases.open_case(type="incident", title="Khác", by=SYSTEM, place=SOUTH).number_text
    assert signed_in("binh").get(f"/app/desk/case/{other}/").status_code == 204
    official("bac", NORTH)
    assert signed_in("bac").get(f"/app/desk/case/{case}/").status_code == 404


def test_a_report_goes_into_another_category_with_its_deadline_and_in_public_too(binh: Actor, client: Client) -> None:
    _, number = reported("một")
    before = requests.request(number)
    case = before.case.rpartition(":")[2]
    path = f"/app/desk/case/{case}/category/"
    mine = signed_in("binh")
    assert mine.get(path).status_code == 200
    assert mine.post(path, {"category": "nonsense"}).status_code == 422
    assert mine.post(path, {"category": "manhole", "reason": "Nắp cống"})["Location"] == f"/work/cases/{case}/"
    jobs.deliver_pending()
    after = requests.request(number)
    assert after.category == "manhole"
    assert after.due_at is not None
    assert before.due_at is not None
    assert after.due_at < before.due_at
    assert client.get("/app/reports/?category=manhole").context["total"] == 1
    official("bac", NORTH)
    assert signed_in("bac").post(path, {"category": "tree"}).status_code == 404


def test_what_could_not_be_worked_off_is_told_and_tried_again_by_administrators(
    binh: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise Invalid("cases.no_type", "there is no kind of case '{code}'; there are {codes}", code="x", codes="y")

    with monkeypatch.context() as broken:
        broken.setattr(cases, "open_case", refuse)
        _, number = reported("một")
    row = submissions.numbered(number)
    assert row is not None
    assert row.state == "refused"
    parties.save_person(
        username="quan-tri", name="Quản trị", email=None, organisation=None, grants=[Grant("administrator", None)]
    )
    admin = signed_in("quan-tri")
    page = admin.get("/app/desk/submissions/", headers={"accept-language": "en"}).content.decode()
    assert number in page
    assert "&#x27;x&#x27;" in page, "the values stand in the sentence"
    assert signed_in("binh").get("/app/desk/submissions/").status_code == 403
    admin.post(f"/app/desk/submissions/{row.id}/again/")
    submissions.work_off()
    assert requests.request(number).category == "road_damage"


def test_offices_have_texts_to_begin_from_and_their_own_stay(binh: Actor) -> None:
    assert texts.keep(SYSTEM) == len(texts.TEXTS)
    draft = texts.TEXTS[0]
    cases.save_template(
        organisation="", type="citizen_report", use=draft.use, title=draft.title, text_vi="Lời của chúng tôi", by=SYSTEM
    )
    assert texts.keep(SYSTEM) == 0
    kept = cases.templates(organisation=None, type="citizen_report", use=draft.use)
    assert "Lời của chúng tôi" in {row.text_vi for row in kept}


def test_each_day_that_is_over_is_recorded_once_and_medians_only_of_enough(
    binh: Actor, monkeypatch: pytest.MonkeyPatch, settings: LazySettings
) -> None:
    recorded: list[dict[str, object]] = []
    settings.AREA = SOUTH
    monkeypatch.setattr(observations, "record", lambda rows, **_: recorded.extend(rows))
    monkeypatch.setattr(observations, "save_source", lambda **_: None)
    monkeypatch.setattr(observations, "latest", lambda **_: [])
    for number in range(4):
        ended(reported(f"số {number}")[1], binh)
    reported("kín", private=True)
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=1))
    tasks.record_figures()
    assert {row["indicator"] for row in recorded} == {"reports.received"}
    assert [row["value"] for row in recorded][-1] == 4.0, "private ones are in no figure"
    recorded.clear()
    monkeypatch.setattr(clock, "now", lambda: now)
    ended(reported("số 5")[1], binh, "close_unfixed")
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=1))
    tasks.record_figures()
    last = {str(row["indicator"]): row["value"] for row in recorded}
    assert last["reports.unfixed_share"] == 20.0
    assert "reports.hours_to_fix" not in last, "four repairs are no median"
