"""What leaves the public pages is told at once, and what was never public tells nothing of itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dinh.kernel.errors import Conflict
from dinh.spine.cases import api as cases
from dinh.spine.files import api as files
from dinh.spine.jobs import api as jobs
from dinh.spine.ledger import api as ledger
from dinh.spine.parties.api import Actor
from dinh.spine.requests import api as requests
from dinh.spine.requests import models, withdrawing
from dinh.spine.requests.api import RequestQuery
from dinh.spine.requests.tests.conftest import handed_in, picture

pytestmark = pytest.mark.django_db


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    told: list[str] = []
    monkeypatch.setattr(withdrawing, "listeners", [lambda: told.append("now")])
    return told


def recategorised(number: str, by: Actor) -> None:
    case = cases.case(requests.request(number, actor=by).case)
    cases.recategorise(case.urn, category="bribe", by=by, version=case.version, reason="")
    jobs.deliver_pending()


WAYS: dict[str, Callable[[Any, str, Actor], object]] = {
    "an official hides it": lambda link, number, by: requests.hide([number], why="spam", by=by),
    "an official hides a photo": lambda link, number, by: requests.show_photo(number, 1, shown=False, by=by),
    "its reporter forgets it": lambda link, number, by: requests.forget(link),
    "its reporter makes it private": lambda link, number, by: requests.make_private(link),
    "it goes into a private category": lambda link, number, by: recategorised(number, by),
}


@pytest.mark.parametrize("way", WAYS)
def test_what_was_public_and_is_not_any_more_is_told_in_this_process_and_noted_for_others(
    way: str, binh: Actor, heard: list[str], django_capture_on_commit_callbacks: Any
) -> None:
    link, number = handed_in(photos=[("a.jpg", picture())])
    before = requests.withdrawn_at()
    with django_capture_on_commit_callbacks(execute=True):
        WAYS[way](link, number, binh)
    after = requests.withdrawn_at()
    assert heard == ["now"]
    assert before is None
    assert after is not None


@pytest.mark.parametrize("way", [way for way in WAYS if "private" in way])
def test_photos_of_what_becomes_private_are_personal_from_then_on(way: str, binh: Actor) -> None:
    link, number = handed_in(photos=[("a.jpg", picture())])
    kept = files.files_of(requests.request(number, actor=binh).case)
    assert len(kept) == 2
    assert not any(file.personal for file in kept)
    WAYS[way](link, number, binh)
    assert all(file.personal for file in files.files_of(requests.request(number, actor=binh).case))


def test_what_goes_into_a_private_category_is_private_from_then_on(binh: Actor) -> None:
    _, number = handed_in()
    recategorised(number, binh)
    row = requests.request(number, actor=binh)
    assert (row.private, row.shown, row.category) == (True, False, "bribe")


def test_only_the_reporter_makes_it_private_and_neighbours_read_no_word_of_it_afterwards(binh: Actor) -> None:
    link, number = handed_in()
    requests.follow(number, person=binh.urn, language="vi")
    neighbour = models.Follower.objects.get(request__number=number, role="neighbour").pk
    with pytest.raises(Conflict):
        requests.make_private(neighbour)
    assert requests.followed(neighbour).request.description
    assert requests.make_private(link).request.private
    mine, theirs = requests.followed(link).request, requests.followed(neighbour).request
    assert mine.description
    assert (theirs.description, theirs.address, theirs.longitude, theirs.state) == ("", "", None, mine.state)
    assert requests.request(number, actor=binh).private
    assert [entry.subject for entry in ledger.entries(kind="request.made_private")] == [mine.urn]
    assert requests.hide([number], why="", by=binh) == 0
    assert not requests.requests(RequestQuery(numbers=[number])).rows


def test_showing_again_and_hiding_what_nobody_saw_tells_nothing(
    binh: Actor, heard: list[str], django_capture_on_commit_callbacks: Any
) -> None:
    _, private = handed_in(private=True)
    _, waiting = handed_in(description="Gọi 0912 345 678 để biết thêm")
    with django_capture_on_commit_callbacks(execute=True):
        requests.hide([private, waiting], why="abuse", by=binh)
        requests.hide([waiting], why="", by=binh)
    assert heard == []


def test_the_hour_of_a_private_report_is_not_the_hour_of_a_public_change(binh: Actor) -> None:
    handed_in()
    public = requests.changed_at()
    link, number = handed_in(private=True)
    requests.comment(link, text="Xin đừng nêu tên tôi")
    assert requests.changed_at() == public
    requests.hide([number], why="personal", by=binh)
    requests.forget(link)
    assert requests.changed_at() == public
