from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from dinh.kernel import clock
from dinh.kernel.errors import Conflict
from dinh.spine.jobs import api, delivery, models
from dinh.spine.ledger import api as ledger

pytestmark = pytest.mark.django_db


def publish(name: str, number: int) -> None:
    with transaction.atomic():
        api.publish(name, {"n": number})


def make_due() -> None:
    models.Cursor.objects.update(retry_at=clock.now() - timedelta(seconds=1))
    models.Failure.objects.update(retry_at=clock.now() - timedelta(seconds=1))


def test_each_listener_hears_its_events_in_order_and_once() -> None:
    heard: list[tuple[str, int]] = []
    api.listen("alert.opened", "cases", lambda event: heard.append(("cases", event.payload["n"])))
    api.listen("*", "all", lambda event: heard.append(("all", event.payload["n"])))
    publish("alert.opened", 1)
    publish("case.opened", 2)
    publish("alert.opened", 3)
    assert api.backlog().pending == 5
    assert api.deliver_pending() == 5
    assert api.deliver_pending() == 0
    assert [n for who, n in heard if who == "cases"] == [1, 3]
    assert [n for who, n in heard if who == "all"] == [1, 2, 3]
    assert api.backlog() == api.Backlog(pending=0, failed=0, oldest_at=None)


def test_what_a_handler_publishes_is_delivered_too() -> None:
    heard: list[int] = []

    def again(event: api.Event) -> None:
        heard.append(event.payload["n"])
        if event.payload["n"] < 3:
            api.publish("ping", {"n": event.payload["n"] + 1})

    api.listen("ping", "again", again)
    publish("ping", 1)
    assert api.deliver_pending() == 3
    assert heard == [1, 2, 3]


def test_a_failing_listener_holds_up_nobody_and_writes_nothing() -> None:
    heard: list[int] = []

    def failing(event: api.Event) -> None:
        ledger.append("act", "urn:dinh:case:1", {"n": event.payload["n"]})
        raise ValueError("the printer is out of paper")

    api.listen("ping", "failing", failing)
    api.listen("ping", "sound", lambda event: heard.append(event.payload["n"]))
    publish("ping", 1)
    publish("ping", 2)
    assert api.deliver_pending() == 2
    assert heard == [1, 2]
    assert ledger.head().size == 0
    assert api.backlog().pending == 2
    cursor = models.Cursor.objects.get(pk="failing")
    assert cursor.attempts == 1
    assert cursor.retry_at is not None


def test_a_failure_is_tried_again_with_growing_pauses_then_set_aside_and_kept() -> None:
    tried: list[int] = []

    def failing_at_one(event: api.Event) -> None:
        tried.append(event.payload["n"])
        if event.payload["n"] == 1:
            raise ValueError("the printer is out of paper")

    api.listen("ping", "failing", failing_at_one)
    publish("ping", 1)
    publish("ping", 2)
    pauses = []
    for _ in range(delivery.ATTEMPTS - 1):
        api.deliver_pending()
        assert api.deliver_pending() == 0, "waits before it tries again"
        cursor = models.Cursor.objects.get(pk="failing")
        assert cursor.retry_at is not None
        pauses.append(cursor.retry_at - clock.now())
        make_due()
    assert pauses == sorted(pauses)
    assert pauses[-1] > 4 * pauses[0]
    api.deliver_pending()
    assert tried == [1] * delivery.ATTEMPTS + [2]
    (failure,) = api.failures()
    assert failure.error == "ValueError: the printer is out of paper"
    assert api.backlog() == api.Backlog(pending=0, failed=1, oldest_at=None)

    assert delivery.retry_failed() == 0, "not due yet"
    make_due()
    assert delivery.retry_failed() == 0
    assert api.failures()[0].attempts == delivery.ATTEMPTS + 1
    api.listen("ping", "failing", lambda event: tried.append(-event.payload["n"]))
    assert api.retry_failed() == 1
    assert tried[-1] == -1
    assert api.backlog().failed == 0


def test_events_are_kept_until_everybody_is_past_them_and_three_days_old() -> None:
    api.listen("ping", "quick", lambda event: None)
    api.listen("ping", "slow", _raise)
    for number in range(3):
        publish("ping", number)
    publish("nobody", 9)
    models.Event.objects.filter(payload__n__in=[0, 9]).update(at=clock.now() - timedelta(days=4))
    api.deliver_pending()
    delivery.purge()
    assert sorted(e.payload["n"] for e in models.Event.objects.all()) == [0, 1, 2]
    models.Cursor.objects.filter(pk="slow").update(number=models.Event.objects.order_by("-number")[0].number)
    delivery.purge()
    assert sorted(e.payload["n"] for e in models.Event.objects.all()) == [1, 2]


def _raise(event: api.Event) -> None:
    raise ValueError


@pytest.mark.django_db(transaction=True)
def test_publishing_outside_of_a_transaction_is_refused() -> None:
    with pytest.raises(Conflict) as caught:
        api.publish("ping", {})
    assert caught.value.code == "jobs.no_transaction"


@pytest.mark.django_db(transaction=True)
def test_observers_hear_after_the_commit_and_nothing_of_what_is_rolled_back() -> None:
    heard: list[int] = []

    def observer(event: api.Event) -> None:
        heard.append(event.payload["n"])
        raise ValueError("an observer's fault is its own")

    api.on_delivered(observer)
    with transaction.atomic():
        api.publish("ping", {"n": 1})
        assert heard == []
    assert heard == [1]
    with transaction.atomic():
        api.publish("ping", {"n": 2})
        transaction.set_rollback(True)
    assert heard == [1]
    assert api.deliver_pending() == 0
