"""Warnings that come from others: where they hold, until when, and what takes them back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from dinh.kernel import clock
from dinh.kernel.errors import Conflict, Invalid, Refused
from dinh.spine.ledger import api as ledger
from dinh.spine.parties.api import SYSTEM
from dinh.systems.local_news import models
from dinh.systems.local_news.actions import alerts, feeds
from dinh.systems.local_news.commands import import_cap
from dinh.systems.local_news.domain.cap import Area, Circle, Pair
from dinh.systems.local_news.exports import cap_writing
from dinh.systems.local_news.queries import alerts as queries
from dinh.systems.local_news.queries import placing
from dinh.systems.local_news.tests.factories import (
    AN,
    MY_TU,
    TRAN_DE,
    VINH_CHAU,
    about,
    feed,
    message,
    moment,
    sent,
    someone,
)  # fmt: skip

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("units")]


def shown(unit: str = "") -> list[str]:
    return [row.identifier for row in queries.in_force(unit=unit)]


def test_a_warning_stands_for_its_commune_and_no_other() -> None:
    got = sent(message())
    assert (got.what, got.communes) == ("new", 1)
    assert shown(TRAN_DE) == ["a1"]
    assert shown(VINH_CHAU) == []
    assert queries.in_force()[0].urgent


def test_the_same_message_again_changes_nothing() -> None:
    assert sent(message()).what == "new"
    assert sent(message()).what == "known"
    assert models.Alert.objects.count() == 1


def test_an_update_takes_the_place_of_what_it_names_and_a_cancel_takes_it_away() -> None:
    first = message()
    update = message("a2", kind="Update", references=about(first), sent=moment(minutes=5), severity="Extreme")
    sent(first)
    sent(update)
    assert shown() == ["a2"]
    sent(message("a3", kind="Cancel", references=about(first, update), sent=moment(minutes=1)))
    assert shown() == []


@pytest.mark.parametrize("status", ["Test", "Exercise", "System"])
def test_what_is_only_practised_takes_down_nothing_real(status: str) -> None:
    first = message()
    sent(message("a0", kind="Cancel", references=about(first), sent=moment(minutes=5), status=status))
    assert sent(first).what == "new"
    sent(message("a2", kind="Update", references=about(first), sent=moment(minutes=1), status=status))
    assert "a1" in shown()
    sent(message("a3", kind="Cancel", references=about(first), sent=moment(minutes=1)))
    assert "a1" not in shown()


def test_a_warning_without_an_end_may_name_the_last_day_of_the_calendar() -> None:
    written = cap_writing.write(
        message(expires=datetime(9999, 12, 31, 23, 59, 59, tzinfo=timezone(timedelta(hours=-5))))
    )
    assert alerts.receive(written, channel="desk").what == "new"
    (row,) = queries.in_force()
    assert row.until_at < clock.now() + timedelta(days=31)
    late = cap_writing.write(message("a2", sent=datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)))
    assert alerts.receive(late, channel="desk").what == "new"
    early = cap_writing.write(message("a3", sent=datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=7)))))
    with pytest.raises(Invalid, match="alert/sent"):
        alerts.receive(early, channel="desk")


def test_a_message_that_comes_after_its_own_update_is_replaced_from_the_start() -> None:
    first = message()
    sent(message("a2", kind="Update", references=about(first), sent=moment(minutes=5)))
    assert sent(first).what == "replaced"
    assert shown() == ["a2"]


def test_one_feed_cannot_cancel_what_came_by_another_or_is_the_houses_own() -> None:
    own, other = message("own"), message("other")
    sent(own, channel="own")
    sent(other, channel="feed:1")
    sent(message("x", kind="Cancel", references=about(own, other), sent=moment(minutes=1)), channel="feed:2")
    assert sorted(shown()) == ["other", "own"]


def test_what_is_over_to_come_or_a_test_is_not_shown_and_an_exercise_is_marked() -> None:
    sent(message("over", sent=moment(hours=9), expires=moment(hours=1)))
    sent(message("later", effective=moment(hours=-1)))
    sent(message("test", status="Test"))
    sent(message("drill", status="Exercise", severity="Extreme"))
    sent(message("real", severity="Minor"))
    assert shown() == ["real", "drill"]
    assert [row.exercise for row in queries.in_force()] == [False, True]


def test_nobody_warns_until_2099_and_what_names_no_end_lasts_a_day() -> None:
    sent(message("long", expires=moment(days=-9999)))
    sent(message("open", expires=None))
    ends = {row.identifier: row.until_at - clock.now() for row in queries.in_force()}
    assert timedelta(days=29) < ends["long"] <= timedelta(days=30)
    assert timedelta(hours=23) < ends["open"] < timedelta(hours=24)


@pytest.mark.parametrize(
    ("area", "how"),
    [
        (Area("x", polygons=(((9.45, 106.1), (9.6, 106.1), (9.6, 106.3), (9.45, 106.3), (9.45, 106.1)),)), "shape"),
        (Area("x", circles=(Circle((9.52, 106.2), 3.0),)), "shape"),
        (Area("x", geocodes=(Pair("VN-GSO", "31673"),)), "code"),
        (Area("x", geocodes=(Pair("urn:dinh:unit", "urn:dinh:unit:2004:951"),)), "code"),
        (Area("Các xã Trần Đề, Liêu Tú"), "name"),
    ],
)
def test_an_area_is_laid_on_communes_by_shape_code_or_name(area: Area, how: str) -> None:
    units, by = placing.where([area])
    assert TRAN_DE in units
    assert MY_TU not in units
    assert by == how


def test_a_whole_province_is_every_commune_and_another_country_none() -> None:
    assert len(placing.where([Area("x", geocodes=(Pair("VN-GSO", "92"),))])[0]) == 43
    everywhere = (((8.0, 102.0), (24.0, 102.0), (24.0, 110.0), (8.0, 110.0), (8.0, 102.0)),)
    assert len(placing.where([Area("Việt Nam", polygons=everywhere)])[0]) == 43
    assert placing.where([Area("Yerong Creek", circles=(Circle((-35.4, 147.0), 25.0),))]) == (frozenset(), "nowhere")


def test_a_message_of_a_feed_that_says_nothing_of_its_place_is_for_the_feeds_place() -> None:
    row = models.Feed.objects.get(pk=feed(kind="warnings", place=MY_TU))
    alerts.receive(cap_writing.write(message(areas=())), channel=f"feed:{row.pk}", feed=row)
    assert shown(MY_TU) == ["a1"]
    foreign = message("far", areas=(Area("Yerong Creek", geocodes=(Pair("SAME", "006037"),)),))
    alerts.receive(cap_writing.write(foreign), channel=f"feed:{row.pk}", feed=row)
    assert shown() == ["a1"]


def test_switching_a_feed_of_warnings_off_takes_its_warnings_down() -> None:
    row = models.Feed.objects.get(pk=feed(kind="warnings"))
    alerts.receive(cap_writing.write(message()), channel=f"feed:{row.pk}", feed=row)
    assert shown() == ["a1"]
    feeds.switch(row.pk, False, by=AN)
    assert shown() == []
    assert queries.received()[0][0].state == "quiet"


def test_a_message_in_another_encoding_is_kept_as_text() -> None:
    text = cap_writing.write(message()).decode().replace("utf-8", "utf-16")
    assert alerts.receive(text.encode("utf-16"), channel="desk").what == "new"
    assert "Mưa lớn a1" in models.Alert.objects.get().xml


def test_what_is_not_for_the_public_is_refused_with_the_element() -> None:
    with pytest.raises(Invalid, match="alert/scope is 'Private'"):
        sent(message(scope="Private", addresses="ubnd@example.vn"))
    with pytest.raises(Invalid, match="warns nobody"):
        sent(message(kind="Ack", references=about(message("b"))))


def test_hiding_is_on_the_record_and_only_for_who_manages_the_whole_area() -> None:
    number = sent(message()).number
    with pytest.raises(Refused):
        alerts.hide(number, why="Nhầm.", by=someone("xa", "official", MY_TU))
    with pytest.raises(Invalid):
        alerts.hide(number, why=" ", by=AN)
    alerts.hide(number, why="Nhầm tỉnh.", by=AN)
    assert shown() == []
    (leaf,) = ledger.entries(subject=alerts.urn_of(number), kind="local_news.alert_hidden", limit=5)
    assert leaf.data["why"] == "Nhầm tỉnh."
    own = sent(message("own"), channel="own").number
    with pytest.raises(Conflict, match="withdraw its publication"):
        alerts.hide(own, why="x", by=SYSTEM)


def test_a_message_comes_in_from_a_file_on_the_command_line(tmp_path, capsys) -> None:  # type: ignore[no-untyped-def]
    good, bad = tmp_path / "a.cap", tmp_path / "b.cap"
    good.write_bytes(cap_writing.write(message()))
    bad.write_bytes(b"<alert/>")
    assert import_cap.run([str(good)]) == 0
    assert import_cap.run([str(bad), str(tmp_path / "none.cap")]) == 1
    said = capsys.readouterr()
    assert "for 1 communes: Mưa lớn a1" in said.out
    assert "cap.not_cap" in said.err
    assert "No such file" in said.err


def test_what_ended_ninety_days_ago_is_deleted() -> None:
    sent(message())
    models.Alert.objects.update(until_at=moment(days=91), came_at=moment(days=91))
    feeds.tidy()
    assert not models.Alert.objects.exists()
