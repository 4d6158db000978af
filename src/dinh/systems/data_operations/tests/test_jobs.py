from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from dinh.kernel import clock
from dinh.spine.jobs import api as jobs
from dinh.spine.jobs import models, registrations

pytestmark = pytest.mark.django_db
ENGINEER = "urn:dinh:person:test-engineer"
OFFICIAL = "urn:dinh:person:test-official"


def failing(work: jobs.Running) -> None:
    work.report(3, 10)
    raise ValueError("cột 3 không có")


@pytest.fixture(autouse=True)
def kinds() -> Iterator[None]:
    kept = (dict(registrations.kinds), dict(registrations.listeners))
    registrations.listeners.clear()
    jobs.task_kind("test.sound", lambda work: {"rows": 7, "path": "/work/"})
    jobs.task_kind("test.failing", failing, attempts=1)
    yield
    registrations.kinds.clear()
    registrations.kinds.update(kept[0])
    registrations.listeners.clear()
    registrations.listeners.update(kept[1])


def begin(kind: str = "test.sound", title: str = "Nhập niên giám", by: str = OFFICIAL, **more: Any) -> jobs.TaskRow:
    return jobs.start(kind, {"file": "niên giám.xlsx"}, title=title, by=by, **more)


def body(client: Client, path: str = "/data/jobs/") -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return response.content.decode()


def test_who_manages_the_house_sees_all_tasks_and_everybody_else_their_own(client_of: Callable[..., Client]) -> None:
    begin(title="Việc của cán bộ")
    begin(title="Việc của kỹ sư", by=ENGINEER)
    for path in ("/data/jobs/", "/data/jobs/now/"):
        engineer = body(client_of("engineer"), path)
        assert "Việc của cán bộ" in engineer
        assert "Việc của kỹ sư" in engineer
        official = body(client_of("official"), path)
        assert "Việc của cán bộ" in official
        assert "Việc của kỹ sư" not in official
        assert Client().get(path).status_code == 302
    assert client_of("engineer", second_factor=False).get("/data/jobs/").status_code == 302
    assert "Việc của cán bộ" not in body(client_of("engineer", place="urn:dinh:unit:2025-94"))
    assert "jobs.purge" in body(client_of("administrator"))
    assert "jobs.purge" not in body(client_of("official"))


def test_a_task_is_open_to_whoever_started_it_and_to_nobody_else(client_of: Callable[..., Client]) -> None:
    mine, other = begin(), begin(by=ENGINEER)
    official = client_of("official")
    assert "Nhập niên giám" in body(official, f"/data/jobs/{mine.id}/")
    for name in ("", "cancel/", "retry/"):
        path = f"/data/jobs/{other.id}/{name}"
        assert (official.post(path) if name else official.get(path)).status_code == 404
    assert official.post("/data/jobs/events/retry/").status_code == 403
    assert Client().get(f"/data/jobs/{mine.id}/").status_code == 302
    assert jobs.task(other.id).state == "waiting"


def test_the_page_of_a_task_follows_it_to_its_result(client_of: Callable[..., Client]) -> None:
    row = begin()
    official = client_of("official")
    path = f"/data/jobs/{row.id}/"
    assert 'hx-trigger="every 1s"' in body(official, path)
    jobs.run_due_tasks()
    page = body(official, path)
    assert "hx-trigger" not in page.split('id="task"')[1].split(">")[0], "what has ended changes no more"
    assert 'href="/work/"' in page
    assert "<code>rows</code>" in page
    models.Task.objects.update(result={"path": "//elsewhere.example/"})
    assert "elsewhere" not in body(official, path).split("Kết quả")[0]


def test_whoever_started_a_task_cancels_it_and_tries_what_failed_again(client_of: Callable[..., Client]) -> None:
    waiting, broken = begin(), begin("test.failing", at=clock.now() - timedelta(seconds=1))
    official = client_of("official")
    page = official.post(f"/data/jobs/{waiting.id}/cancel/", {"back": "list"}, follow=True).content.decode()
    assert "đã huỷ" in page
    assert jobs.task(waiting.id).state == "cancelled"
    jobs.run_due_tasks()
    for shown in ("/data/jobs/?state=failed", f"/data/jobs/{broken.id}/"):
        assert "cột 3 không có" in body(official, shown)
    jobs.task_kind("test.failing", lambda work: None)
    assert official.post(f"/data/jobs/{broken.id}/retry/").status_code == 302
    assert jobs.run_due_tasks() == 1
    assert jobs.task(broken.id).state == "done"
    assert official.post(f"/data/jobs/{broken.id}/retry/").status_code == 409


def test_the_list_is_filtered_by_state_and_kind_and_cut_into_pages(
    client_of: Callable[..., Client], django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    for number in range(60):
        begin(title=f"Việc số {number:02}.")
    begin("test.failing", title="Việc hỏng")
    jobs.run_due_tasks()
    engineer = client_of("engineer")
    body(engineer)  # the catalogues of places and sources are read once by each process
    with django_assert_max_num_queries(22):
        first = body(engineer)
    assert "Việc hỏng" in first
    assert first.count("Việc số") == 49
    assert body(engineer, "/data/jobs/?page=2").count("Việc số") == 11
    failed = body(engineer, "/data/jobs/?state=failed&page=9")
    assert "Việc hỏng" in failed
    assert "Việc số" not in failed
    assert "Việc hỏng" not in body(engineer, "/data/jobs/?kind=test.sound&state=done")
    assert "Không có việc nào" in body(engineer, "/data/jobs/?kind=test.sound&state=failed")
    assert "Việc hỏng" in body(engineer, "/data/jobs/?kind=nonsense&state=nonsense&page=-1")


def test_what_waits_says_why(client_of: Callable[..., Client]) -> None:
    begin(at=clock.now() + timedelta(days=1), title="Việc hẹn giờ")
    begin("test.failing", title="Việc mồ côi")
    jobs.task_kind("test.flaky", failing, attempts=3)
    begin("test.flaky", title="Việc thử lại", at=clock.now() - timedelta(minutes=1))
    registrations.kinds.pop("test.failing")
    jobs.run_due_tasks()
    page = body(client_of("engineer", language="en"), "/data/jobs/now/")
    assert "Scheduled" in page
    assert "Nobody does this any more" in page
    assert "Will be tried again" in page
    assert "Try now" in page


def test_events_that_failed_are_shown_and_brought_again(client_of: Callable[..., Client]) -> None:
    def refusing(event: jobs.Event) -> None:
        raise ValueError("máy in hết giấy")

    jobs.listen("ping", "printer", refusing)
    with transaction.atomic():
        jobs.publish("ping", {})
    for _ in range(6):
        models.Cursor.objects.update(retry_at=None)
        jobs.deliver_pending()
    engineer = client_of("engineer")
    assert "máy in hết giấy" in body(engineer)
    jobs.listen("ping", "printer", lambda event: None)
    page = engineer.post("/data/jobs/events/retry/", follow=True).content.decode()
    assert "máy in hết giấy" not in page
    assert jobs.backlog().failed == 0


def test_an_empty_house_says_so_in_both_languages(client_of: Callable[..., Client]) -> None:
    assert "Nothing runs and nothing waits" in body(client_of("engineer", language="en"))
    assert "Không có việc nào đang chạy hay đang chờ" in body(client_of("engineer"))
