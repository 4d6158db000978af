"""Numbers, times and names as every page writes them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from django.template import Context, Template
from django.utils import translation

from dinh.kernel.manifests import Text
from dinh.web import relative_times
from dinh.web.templatetags import dinh as tags

NOW = datetime(2026, 11, 22, 4, 42, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _vietnamese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tags, "now", lambda: NOW)
    translation.activate("vi")


@pytest.mark.parametrize(
    ("minutes", "vi", "en"),
    [
        (24, "còn 24 phút", "24 min left"),
        (65, "còn 1 giờ 05 phút", "1 h 05 min left"),
        (160, "còn 2 giờ 40 phút", "2 h 40 min left"),
        (-12, "quá 12 phút", "12 min over"),
        (-26 * 60, "quá 26 giờ 00 phút", "26 h 00 min over"),
        (48 * 60, "còn 2 ngày", "2 days left"),
        (0, "còn 0 phút", "0 min left"),
    ],
)
def test_a_deadline_is_told_in_words(minutes: int, vi: str, en: str) -> None:
    assert relative_times.until(NOW + timedelta(minutes=minutes), NOW) == vi
    with translation.override("en"):
        assert relative_times.until(NOW + timedelta(minutes=minutes), NOW) == en


@pytest.mark.parametrize(
    ("seconds", "vi", "en"),
    [
        (5, "vừa xong", "just now"),
        (-5, "vừa xong", "just now"),
        (190, "3 phút trước", "3 min ago"),
        (7200, "2 giờ trước", "2 h ago"),
        (86400 * 4, "4 ngày trước", "4 days ago"),
    ],
)
def test_the_past_is_told_in_words(seconds: int, vi: str, en: str) -> None:
    assert relative_times.ago(NOW - timedelta(seconds=seconds), NOW) == vi
    with translation.override("en"):
        assert relative_times.ago(NOW - timedelta(seconds=seconds), NOW) == en


def test_a_time_of_today_is_short_and_another_day_has_its_date() -> None:
    assert ">11:30</time>" in tags.moment(NOW - timedelta(minutes=12))
    assert ">11:42 21/11/2026</time>" in tags.moment(NOW - timedelta(days=1))
    assert 'datetime="2026-11-22T11:42:00+07:00"' in tags.moment(NOW)


def test_a_late_deadline_looks_late_and_a_near_one_near() -> None:
    assert "deadline--late" in tags.until(NOW - timedelta(minutes=1))
    assert "deadline--soon" in tags.until(NOW + timedelta(minutes=59))
    assert "deadline--ahead" in tags.until(NOW + timedelta(hours=2))


def test_numbers_follow_the_language() -> None:
    assert tags.number(1234.5) == "1.234,5"
    assert tags.number(41) == "41"
    assert tags.number(None) == "–"
    assert tags.signed(1.2) == "+1,2"
    assert tags.signed(-3.0, 0) == "−3"
    assert tags.signed(0.04) == "±0,0"
    assert tags.share(0.974) == "97\N{NARROW NO-BREAK SPACE}%"
    with translation.override("en"):
        assert tags.number(1234.5) == "1,234.5"


def test_names_follow_the_language_whatever_carries_them() -> None:
    @dataclass
    class Row:
        def name(self, language: str) -> str:
            return f"tên-{language}"

    assert tags.in_language(Text("Điều hành", "Operations")) == "Điều hành"
    assert tags.in_language(Row()) == "tên-vi"
    assert tags.in_language("Sóc Trăng") == "Sóc Trăng"
    assert tags.in_language(None) == ""


def test_severity_is_told_by_shape_and_by_word() -> None:
    drawn = Template('{% severity "major" %}').render(Context())
    assert "severity--major" in drawn
    assert "nghiêm trọng" in drawn
    assert "severity--information" in Template('{% severity "odd" %}').render(Context())


def test_text_from_outside_is_escaped_everywhere() -> None:
    evil = '"><script>'
    for tag in (
        "{% icon 'x' label=evil %}",
        "{% sparkline points label=evil %}",
        "{% severity evil %}",
        "{{ evil|in_language }}",
    ):
        assert "<script>" not in Template(tag).render(Context({"evil": evil, "points": [1.0, 2.0]}))


def test_a_sparkline_says_its_figures_and_breaks_where_readings_are_missing() -> None:
    drawn = Template('{% sparkline points target=2 label="Độ mặn" %}').render(
        Context({"points": [1.0, None, 3.0, 4.2]})
    )
    assert 'aria-label="Độ mặn: từ 1,0 đến 4,2, thấp nhất 1,0, cao nhất 4,2"' in drawn
    assert drawn.count("<path d=") == 2
    assert "sparkline__target" in drawn
    assert "Chưa có số liệu" in Template("{% sparkline points %}").render(Context({"points": []}))


def test_initials_are_those_a_vietnamese_reader_expects() -> None:
    assert tags.initials("Nguyễn Thị Trực Ban") == "TB"
    assert tags.initials("") == "?"
