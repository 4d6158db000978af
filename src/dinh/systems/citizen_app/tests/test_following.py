"""The page behind the link: secret, and all that its holder may do, before and after an office has it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import LazySettings
from django.contrib.auth import get_user_model
from django.test import Client

from dinh.kernel import clock
from dinh.spine.cases import api as cases
from dinh.spine.jobs import api as jobs
from dinh.spine.notices import api as notices
from dinh.spine.notices import models as kept
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import Actor, Grant
from dinh.spine.requests import api as requests
from dinh.spine.submissions import api as submissions
from dinh.systems.citizen_app.tests.conftest import given, worked_off
from dinh.systems.citizen_app.web import receipt

pytestmark = pytest.mark.django_db
OFFICIAL = Actor("urn:dinh:person:son", "Thạch Minh Sơn", (Grant("official", None),), is_staff=True)


@pytest.fixture
def id(client: Client) -> UUID:
    made = uuid4()
    client.post("/app/report/", given(id=made))
    worked_off()
    return made


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch, settings: LazySettings) -> list[str]:
    """Paths of the links that were sent again."""
    links: list[str] = []

    def notify(kind: str, *, params: dict[str, Any], **_: Any) -> int:
        if kind == "request.follow":
            links.append(params["link"].removeprefix(settings.PUBLIC_URL))
        return 1

    monkeypatch.setattr(notices, "notify", notify)
    return links


@pytest.fixture
def _clock() -> Iterator[None]:
    yield
    clock.move_to(None)


def end(id: UUID) -> None:
    case = requests.followed(id).request.case
    cases.take(case, by=OFFICIAL)
    cases.move(case, transition="fix", by=OFFICIAL, reason="Đã nhắc chủ quán.")
    jobs.deliver_pending()


def say(client: Client, id: UUID, what: str, **more: Any) -> Any:
    return client.post(f"/app/r/{id}/say/{what}/", more)


def test_the_page_is_kept_by_nobody_on_the_way_and_found_by_no_search(client: Client, id: UUID) -> None:
    answers = [client.get(f"/app/r/{id}/{part}") for part in ("", "now", "data.json", "forget/")]
    answers.append(client.get(f"/app/r/{uuid4()}/"))
    for answer in answers:
        assert "no-store" in answer["Cache-Control"]
        assert answer["Referrer-Policy"] == "no-referrer"
        assert "noindex" in answer["X-Robots-Tag"]
    assert answers[-1].status_code == 404
    page = answers[0].content.decode()
    assert "••• 678" in page
    assert "0912" not in page


def test_before_an_office_has_it_the_number_is_there_already(client: Client) -> None:
    made = uuid4()
    client.post("/app/report/", given(id=made))
    page = client.get(f"/app/r/{made}/?new=1").content.decode()
    assert "đang chuyển đến cơ quan" in page
    assert "PA-" in page
    assert receipt.data_of(made)["number"].startswith("PA-")


def test_what_was_refused_says_why_and_that_nothing_is_lost(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    made = uuid4()
    template = "there is no category '{code}' to report in; there are {known}"
    fault = {"code": "requests.no_category", "template": template, "params": {"code": "<i>", "known": "noise"}}
    row = submissions.SubmissionRow(made, "PA-1", "request", clock.now(), "refused", fault=fault)
    monkeypatch.setattr(submissions, "of", lambda id: row if id == made else None)
    page = client.get(f"/app/r/{made}/").content.decode()
    assert "&lt;i&gt;" in page
    assert "1022" in page
    assert "Gửi phản ánh mới" in page


def test_the_reporter_answers_opens_again_thanks_and_rates(client: Client, id: UUID) -> None:
    assert say(client, id, "not_fixed", text="chưa").status_code == 409
    case = requests.followed(id).request.case
    cases.ask(case, text="Quán nào vậy?", by=OFFICIAL)
    assert "Quán nào vậy?" in client.get(f"/app/r/{id}/").content.decode()
    assert say(client, id, "answer", question=1, text="Quán đầu hẻm").status_code == 303
    end(id)
    short = say(client, id, "not_fixed", text=" ")
    assert short.status_code == 422
    assert say(client, id, "not_fixed", text="Tối qua vẫn ồn").status_code == 303
    jobs.deliver_pending()
    assert requests.followed(id).request.status == "open"
    end(id)
    assert say(client, id, "fixed").status_code == 303
    assert say(client, id, "rating", stars="9").status_code == 422
    assert say(client, id, "rating", stars="5", text="Cảm ơn").status_code == 303
    page = client.get(f"/app/r/{id}/").content.decode()
    assert "Bạn đã chấm 5 sao" in page


def test_its_reporter_takes_it_off_the_public_pages_by_one_button(client: Client, id: UUID) -> None:
    number = requests.followed(id).request.number
    assert client.get(f"/app/reports/{number}/").status_code == 200
    assert "Từ nay chỉ cho cơ quan xem" in client.get(f"/app/r/{id}/").content.decode()
    assert say(client, id, "private").status_code == 303
    assert client.get(f"/app/reports/{number}/").status_code == 404
    page = client.get(f"/app/r/{id}/").content.decode()
    assert "Loa kéo hát" in page
    assert "Từ nay chỉ cho cơ quan xem" not in page


def test_no_session_counts_behind_the_link_and_no_token_is_asked(id: UUID) -> None:
    """With no referrer a browser sends `Origin: null`; Django's own check would refuse every form there."""
    strict = Client(enforce_csrf_checks=True, headers={"origin": "null"})
    assert say(strict, id, "comment", text="Bổ sung: từ 22 giờ").status_code == 303


def test_ones_data_is_given_out_and_deleted_only_after_a_tick(client: Client, id: UUID) -> None:
    held = json.loads(client.get(f"/app/r/{id}/data.json").content)
    assert held["report"]["description"] == "Loa kéo hát đến nửa đêm"
    assert client.post(f"/app/r/{id}/forget/").status_code == 422
    done = client.post(f"/app/r/{id}/forget/", {"sure": "on"})
    assert f'data-forgotten="{id}"' in done.content.decode()
    assert client.get(f"/app/r/{id}/").status_code == 404
    assert client.get(f"/app/r/{id}/data.json").status_code == 404


@pytest.mark.usefixtures("_clock")
def test_a_link_that_ended_asks_for_the_address_and_tells_everybody_the_same(
    client: Client, id: UUID, sent: list[str]
) -> None:
    number = requests.followed(id).request.number
    clock.move_to(clock.now() + timedelta(days=31))
    over = client.get(f"/app/r/{id}/")
    assert over.status_code == 410
    assert f'value="{number}"' in over.content.decode()
    words = set()
    for address in ("0912 345 678", "0999 999 999"):
        page = client.post("/app/again/", {"number": number, "address": address}).content.decode()
        words.add(page.replace(address, ""))
    assert len(words) == 1
    assert client.get(f"/app/r/{id}/").status_code == 410, "who merely kept the old link has to read the message"
    (link,) = sent
    assert client.get(link)["Location"] == f"/app/r/{id}/"
    assert client.get(f"/app/r/{id}/").status_code == 200


@pytest.mark.usefixtures("_clock")
def test_a_sign_that_is_forged_old_or_of_another_report_revives_nothing(
    client: Client, id: UUID, sent: list[str]
) -> None:
    other = uuid4()
    client.post("/app/report/", given(id=other, description="Cây ngã chắn lối đi", phone="0912 345 679"))
    worked_off()
    numbers = {one: requests.followed(one).request.number for one in (id, other)}
    clock.move_to(clock.now() + timedelta(days=31))
    client.post("/app/again/", {"number": numbers[other], "address": "0912 345 679"})
    (link,) = sent
    sign = link.partition("?again=")[2]
    for wrong in (sign, "x", f"{sign}x", ""):
        client.get(f"/app/r/{id}/?again={wrong}")
        assert client.get(f"/app/r/{id}/").status_code == 410, wrong
    clock.move_to(clock.now() + timedelta(days=4))
    client.get(link)
    assert client.get(f"/app/r/{other}/").status_code == 410


@pytest.mark.usefixtures("_clock")
def test_a_link_of_an_account_that_ended_says_to_sign_in_and_is_sent_again_where_the_account_is_reached(
    client: Client, sent: list[str]
) -> None:
    person = parties.save_person(username="la", name="Thạch La", email=None, organisation=None, grants=[]).urn
    kept.Address.objects.create(person=person, kind="phone", value="+84987654321", verified_at=clock.now())
    mine, made = Client(), uuid4()
    mine.force_login(get_user_model().objects.get(username="la"))
    mine.post("/app/report/", given(id=made))
    worked_off()
    number = requests.followed(made).request.number
    clock.move_to(clock.now() + timedelta(days=31))
    over = client.get(f"/app/r/{made}/").content.decode()
    assert f"/app/mine/{number}/" in over
    assert "Đăng nhập" in over
    assert client.get(f"/app/mine/{number}/").status_code == 302
    assert client.get(f"/app/r/{made}/").status_code == 410, "another's try opens nothing"
    for address in ("0999 999 999", "0987 654 321", "0912 345 678"):
        client.post("/app/again/", {"number": number, "address": address})
    assert [link.partition("?")[0] for link in sent] == [f"/app/r/{made}/"] * 2, (
        "the proven one, and the one left with it"
    )
    assert mine.get(f"/app/mine/{number}/")["Location"] == f"/app/r/{made}/"
    assert client.get(f"/app/r/{made}/").status_code == 200


def test_a_device_learns_how_its_own_reports_stand_and_nothing_of_others(client: Client, id: UUID) -> None:
    asked = [str(id), str(uuid4())]
    states = client.post("/app/mine/states", json.dumps({"ids": asked}), content_type="application/json").json()[
        "states"
    ]
    assert states[asked[0]]["mark"] == "open"
    assert set(states[asked[1]]) == {"state", "mark"}
    for body in ("{", "[" * 100_000 + "]" * 100_000):
        assert client.post("/app/mine/states", body, content_type="application/json").status_code == 422


@pytest.mark.slow
def test_the_receipt_is_a_sheet_with_the_link_as_a_code(client: Client, id: UUID) -> None:
    answer = client.get(f"/app/r/{id}/receipt.pdf")
    assert answer.content.startswith(b"%PDF")
    assert f"/app/r/{id}/" in receipt.data_of(id)["link"]
