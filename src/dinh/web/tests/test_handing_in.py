"""The door at which people hand in, with a function behind it that takes everything."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from dinh.kernel.errors import Invalid, Phrase, SourceUnavailable
from dinh.web.asgi import PassOn
from dinh.web.handing_in import MANY_AN_HOUR, Answer, Form, HandingIn, Room, sender_of

PATH = "/give"


class Desk:
    def __init__(self) -> None:
        self.forms: list[Form] = []
        self.raises: Exception | None = None

    def take(self, form: Form) -> Answer:
        if self.raises:
            raise self.raises
        self.forms.append(form)
        return Answer(201, {"number": len(self.forms)})


@pytest.fixture
def desk() -> Desk:
    return Desk()


async def give(desk: Desk, application: HandingIn | None = None, **request: Any) -> httpx.Response:
    wanted: Any = application or HandingIn(PATH, desk.take, most_files=2)
    transport = httpx.ASGITransport(app=wanted, client=("203.0.113.7", 1))
    async with httpx.AsyncClient(transport=transport, base_url="https://dinh.example") as client:
        return await client.post(PATH, **request)


async def test_a_form_with_pictures_arrives_whole(desk: Desk) -> None:
    files = [("photo", ("anh.jpg", b"\xff\xd8" * 400_000)), ("photo", ("b.jpg", b"small"))]
    answer = await give(desk, data={"text": "Ổ gà, đường tỉnh", "language": "vi"}, files=files)
    assert (answer.status_code, answer.json()) == (201, {"number": 1})
    (form,) = desk.forms
    assert form.get("text") == "Ổ gà, đường tỉnh"
    assert [(field, name, len(content)) for field, name, content in form.files] == [
        ("photo", "anh.jpg", 800_000), ("photo", "b.jpg", 5),
    ]  # fmt: skip
    assert form.sender == sender_of("203.0.113.7")
    assert "203" not in form.sender


async def test_another_site_cannot_hand_in_in_somebodys_name(desk: Desk) -> None:
    for headers in ({"Origin": "https://other.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
        assert (await give(desk, data={"a": "1"}, headers=headers)).status_code == 403
    assert (await give(desk, data={"a": "1"}, headers={"Origin": "https://dinh.example"})).status_code == 201
    assert len(desk.forms) == 1


@pytest.mark.parametrize(
    ("request_of", "status"),
    [
        ({"json": {"a": 1}}, 415),
        ({"content": b"x", "headers": {"Content-Type": "multipart/form-data"}}, 400),
        (
            {
                "content": b"x",
                "headers": {"Content-Type": "multipart/form-data; boundary=a", "Content-Length": "999999999"},
            },
            413,
        ),
        (
            {
                "content": b"a=1",
                "headers": {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": "1000000"},
            },
            413,
        ),
        ({"content": b"--a\r\nbroken", "headers": {"Content-Type": "multipart/form-data; boundary=a"}}, 201),
    ],
)
async def test_what_is_no_form_is_refused_at_the_door(desk: Desk, request_of: dict[str, Any], status: int) -> None:
    assert (await give(desk, **request_of)).status_code == status


async def test_faults_come_back_at_their_fields_in_the_language_of_the_form(desk: Desk) -> None:
    desk.raises = Invalid("x.incomplete", "wrong: {faults}", faults="…", fields={"place": Phrase("Try again")})
    answer = await give(desk, data={"language": "en"})
    assert (answer.status_code, answer.json()["fields"]) == (422, {"place": "Try again"})
    desk.raises = SourceUnavailable("submissions.disk", "disk full")
    answer = await give(desk, data={"language": "en"})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    desk.raises = ZeroDivisionError()
    assert (await give(desk, data={"language": "en"})).status_code == 503


async def test_many_from_one_address_are_marked_and_taken_all_the_same(desk: Desk) -> None:
    application = HandingIn(PATH, desk.take, most_files=2)
    for _ in range(MANY_AN_HOUR + 1):
        assert (await give(desk, application, data={"a": "1"})).status_code == 201
    assert [form.many for form in desk.forms] == [False] * MANY_AN_HOUR + [True]


async def test_whoever_does_not_fit_waits_in_line_and_is_let_in() -> None:
    room = Room(10)
    await room.take(8)
    second = asyncio.create_task(room.take(5))
    await asyncio.sleep(0.01)
    assert not second.done()
    await room.give(8)
    await second
    third = asyncio.create_task(room.take(50))
    await asyncio.sleep(0.01)
    assert not third.done()
    await room.give(5)
    await third
    assert room.held == 50


async def test_other_addresses_and_reads_pass_on(desk: Desk) -> None:
    application = HandingIn(PATH, desk.take, most_files=2)

    async def nothing(*_: Any) -> Any: ...

    for scope in ({"path": "/give/x", "method": "POST"}, {"path": PATH, "method": "GET"}):
        with pytest.raises(PassOn):
            await application(scope | {"type": "http", "headers": []}, nothing, nothing)
