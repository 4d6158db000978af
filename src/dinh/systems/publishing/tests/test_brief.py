from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pypdf
import pytest
from django.test import Client
from pytest_django import Settings

from dinh.kernel import clock
from dinh.kernel.errors import Invalid
from dinh.kernel.manifests import Direction, IndicatorSpec, Kind, Text
from dinh.spine.observations import api as observations
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import SYSTEM, Actor, Grant
from dinh.spine.places import api as places
from dinh.spine.publications import api as publications
from dinh.systems.publishing import actions, commands, printing, tasks
from dinh.systems.publishing.domain import brief
from dinh.systems.publishing.domain.facts import AlertFact, Day, DepartmentFact, IndicatorFact, QualityFact
from dinh.web import typesetting

DAY = date(2026, 11, 25)
START = datetime(2026, 11, 24, 17, tzinfo=UTC)
BINH = Actor("urn:dinh:person:binh", "Nguyễn Bình", (Grant("leader", None),), is_staff=True)


@pytest.fixture(autouse=True)
def _small_province(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    monkeypatch.setattr(places, "area", lambda urn: [])
    row = places.PlaceRow(
        settings.AREA, "unit", "province", "Sóc Trăng", "Sóc Trăng", "Sóc Trăng", "94", None, None, None
    )
    monkeypatch.setattr(places, "place", lambda urn: row)


def indicator(**changes: Any) -> IndicatorFact:
    values: dict[str, Any] = {
        "name": Text("Độ mặn cao nhất", "Highest salinity"),
        "unit": "g/L",
        "places": 2,
        "direction": Direction.LOWER,
        "target": 4.0,
        "value": 4.234,
        "missing": None,
        "day": 0.61,
        "week": -1.05,
        "trend": tuple(4 + index / 100 for index in range(96)),
        "simulated": True,
        "stale": False,
    }
    return IndicatorFact(**(values | changes))


def day(**changes: Any) -> Day:
    values: dict[str, Any] = {
        "area": Text("Sóc Trăng", "Sóc Trăng"),
        "date": DAY,
        "start": START,
        "end": START + timedelta(days=1),
        "whole": True,
        "indicators": [indicator()],
        "alerts": [],
        "more_alerts": False,
        "departments": [],
        "quality": None,
    }
    return Day(**(values | changes))


def full_day() -> Day:
    """More of everything than one page has room for in large letters."""
    long = "Sở Nông nghiệp và Môi trường thành phố Cần Thơ, Chi cục Thủy lợi khu vực"
    alert = AlertFact(
        Text("Độ mặn vượt 4 g/l tại cửa sông", "Salinity above 4 g/l at the river mouth"), Text("Trần Đề", "Trần Đề"),
        "critical", START, timedelta(hours=30, minutes=5), ended=False, owned=False, simulated=True,
    )  # fmt: skip
    return day(
        indicators=[indicator(), indicator(value=None, missing="out_of_service", day=None, trend=())] * 6,
        alerts=[alert] * 40,
        departments=[DepartmentFact(Text(f"{long} {n}", f"{long} {n}"), n, 1, 1234, n) for n in range(40)],
        quality=QualityFact(0.99, None, 1.0, 0.9, 1234567, [(Text(long, long), 0.5)] * 2, [Text(long, long)] * 3),
    )


def text_of(pdf: bytes) -> str:
    return " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


def version_of(facts: Day) -> publications.VersionRow:
    return publications.create(
        slug="ban-tin", kind=brief.KIND, title=brief.title(facts), summary=brief.summary(facts), body=brief.body(facts),
        simulated=facts.simulated, automatic=True, by=SYSTEM,
    )  # fmt: skip


def said(facts: Day, language: str) -> str:
    return json.dumps([brief.summary(facts), brief.body(facts)], ensure_ascii=False)


def test_a_judgement_knows_which_way_is_good() -> None:
    assert (indicator().meets_target, indicator().course) == (False, -1)
    better = indicator(direction=Direction.HIGHER)
    assert (better.meets_target, better.course) == (True, 1)
    assert (indicator(direction=Direction.NEITHER).meets_target, indicator(day=None).course) == (None, None)
    assert indicator(day=0.001).course == 0, "what is not seen in the figure is no change"
    assert indicator(value=4.004).meets_target, "the figure that is shown is the one that is judged"


def test_what_is_missing_says_why_and_is_never_nought() -> None:
    facts = day(indicators=[indicator(value=None, missing="out_of_service", day=None, week=None, trend=())])
    (item,) = next(block for block in brief.body(facts) if block["type"] == "figures")["items"]
    assert item["value"] is None
    assert item["missing"] == {"vi": "thiết bị ngừng hoạt động", "en": "out of service"}
    text = said(day(indicators=[]), "vi")
    for words in ("Không có cảnh báo nào", "Không có vụ việc nào", "Không có số đo nào", "Chưa khai báo chỉ tiêu"):
        assert words in text


def test_the_summary_counts_what_the_tables_show() -> None:
    assert brief.summary(full_day())["en"].startswith("0 of 6 indicators with a target meet it; 40 alerts, 40 of them")
    assert "780 cases opened, 40 closed, 780 overdue" in brief.summary(full_day())["en"]
    table = [block for block in brief.body(full_day()) if block["type"] == "table"][1]
    assert [cell["vi"] for cell in table["rows"][-1]] == ["Tổng cộng", "780", "40", "49.360", "780"]


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_brief_is_one_tagged_page_in_its_language_with_its_letters(language: str) -> None:
    version = version_of(full_day())
    data = printing.data_of(publications.publication("ban-tin"), version, language)
    made = typesetting.typeset(printing.page(), data)
    reader = pypdf.PdfReader(io.BytesIO(made))
    assert len(reader.pages) == 1
    box = reader.pages[0].mediabox
    assert (round(float(box.width)), round(float(box.height))) == (595, 842)
    assert str(reader.root_object["/Lang"]) == language
    marks: Any = reader.root_object["/MarkInfo"]
    assert marks["/Marked"]
    assert "Sóc Trăng" in str(reader.metadata.title if reader.metadata else "")
    text = text_of(made)
    for word in ("Sóc Trăng", "Trần Đề"):
        assert word in text
    assert ("Số liệu mô phỏng" in text) == (language == "vi")
    assert ("Simulated data" in text) == (language == "en")
    assert ("4,23" if language == "vi" else "4.23") in text.replace(" ", "")
    resources: Any = reader.pages[0]["/Resources"]
    fonts = [font.get_object() for font in resources["/Font"].values()]
    assert fonts
    assert all("BeVietnamPro" in str(font["/BaseFont"]) for font in fonts)
    assert all("/FontFile" in str(font["/DescendantFonts"][0]["/FontDescriptor"]) for font in fonts)
    assert typesetting.typeset(printing.page(), data) == made, "the same data gives the same bytes"


def declared() -> None:
    name = Text("Độ mặn", "Salinity")
    spec = IndicatorSpec("salinity", name, name, "g/L", Kind.GAUGE, Direction.LOWER, target=4.0, headline=1)
    observations.declare_indicators([spec], by=SYSTEM)
    observations.save_source(
        code="s", name_vi="Trạm (mô phỏng)", name_en="Stations (simulated)", owner="", licence="CC0-1.0",
        simulated=True, period=timedelta(hours=1),
    )  # fmt: skip
    parties.save_organisation(id="thu", name_vi="Thử", name_en="Trial")


@pytest.mark.django_db
def test_the_brief_of_yesterday_comes_once_after_six_and_waits_for_a_second_person(
    monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    declared()
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 25, 22, 59, tzinfo=UTC))
    tasks.daily_brief()
    assert not publications.work(actor=BINH)
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 25, 23, 1, tzinfo=UTC))
    tasks.daily_brief()
    tasks.daily_brief()
    (work,) = publications.work(actor=BINH)
    slug = work.version.slug
    assert slug == "ban-tin-soc-trang-2026-11-25"
    assert (work.version.state, work.version.automatic) == ("in_review", True)
    assert client.get(f"/publications/{slug}/").status_code == 404
    publications.approve(slug, revision=1, by=BINH)
    publications.publish(slug, by=BINH)
    page = client.get(f"/publications/{slug}/").content.decode()
    assert "không có số đo" in page
    assert "do người thứ hai" in page
    made = client.get(f"/publications/{slug}/v1.pdf")
    assert made["Content-Type"] == "application/pdf"
    assert "Bản tin hằng ngày Sóc Trăng" in text_of(made.content)
    monkeypatch.setattr(printing, "typeset", None)
    assert client.get(f"/publications/{slug}/v1.pdf").content == made.content, "kept, not typeset again"
    tasks.daily_brief()
    assert len(publications.versions(slug)) == 1


@pytest.mark.django_db
def test_published_without_a_person_only_where_that_is_set_and_it_says_so(settings: Settings, client: Client) -> None:
    declared()
    settings.BRIEF_AUTOPUBLISH = True
    made = actions.make_brief_by_itself(DAY)
    assert (made.state, made.checked_by) == ("published", SYSTEM.urn)
    assert "lập và kiểm tra tự động" in client.get(f"/publications/{made.slug}/").content.decode()
    assert actions.make_brief_by_itself(DAY).number == 1


@pytest.mark.django_db
def test_figures_stay_as_they_were_published_whatever_comes_later(client: Client, settings: Settings) -> None:
    declared()
    settings.BRIEF_AUTOPUBLISH = True
    observations.record(
        [
            {"indicator": "salinity", "subject": "urn:dinh:organisation:thu", "source": "s", "value": 3.0 + hour / 10,
             "observed_at": START + timedelta(hours=hour)}
            for hour in (0, 12, 23)
        ],
        by=SYSTEM,
        channel="test",
    )  # fmt: skip
    made = actions.make_brief_by_itself(DAY)
    before = client.get(f"/publications/{made.slug}/v1.json").content
    observations.record(
        [{"indicator": "salinity", "subject": "urn:dinh:organisation:thu", "source": "s", "value": 9.0,
          "observed_at": START + timedelta(hours=23)}],
        by=SYSTEM,
        channel="test",
    )  # fmt: skip
    assert client.get(f"/publications/{made.slug}/v1.json").content == before


@pytest.mark.django_db
def test_the_command_writes_the_file_and_names_what_is_wrong(tmp_path: Path) -> None:
    declared()
    out = tmp_path / "ban-tin.pdf"
    assert commands.brief(["--day", "2026-11-20", "--out", str(out), "--language", "en"]) == 0
    assert "Daily brief of Sóc Trăng, 20 Nov 2026" in text_of(out.read_bytes())
    with pytest.raises(Invalid, match="write it like"):
        commands.brief(["--day", "hôm qua", "--out", str(out)])
    with pytest.raises(Invalid, match=r"\.pdf"):
        commands.brief(["--out", str(tmp_path / "x.txt")])
    with pytest.raises(Invalid, match="has not begun"):
        commands.brief(["--day", "2999-01-01", "--out", str(out)])
