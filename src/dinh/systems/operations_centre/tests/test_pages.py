from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from dinh.kernel.clock import now
from dinh.kernel.errors import SourceUnavailable
from dinh.kernel.manifests import CaseTypeSpec, StateSpec, System, Text, TransitionSpec, registry
from dinh.spine.cases import api as cases
from dinh.spine.observations import api as observations
from dinh.spine.parties.api import Actor
from dinh.spine.places import api as places
from dinh.systems.operations_centre.tests import factories

TITLE = "Chuyện riêng của trực ban"
KIND = CaseTypeSpec(
    code="test.case",
    name=Text("Vụ thử", "Test case"),
    states=(StateSpec("new", Text("Mới", "New")), StateSpec("done", Text("Xong", "Done"), "done")),
    initial="new",
    transitions=(TransitionSpec("finish", Text("Xong", "Finish"), ("new",), "done"),),
    to_owner=timedelta(minutes=30),
    to_close=timedelta(hours=4),
)
pytestmark = pytest.mark.django_db
As = Callable[..., Client]


@pytest.fixture(autouse=True)
def _kind_of_work() -> object:
    registry.add(System(slug="test_kind", name=Text("", ""), summary=Text("", ""), case_types=(KIND,)))
    yield
    registry._systems.pop("test_kind")


@pytest.fixture
def case(alert: observations.AlertRow, operator: Actor, official: Actor) -> cases.CaseRow:
    row = cases.open_case(
        type="test.case", title=TITLE, by=operator, subject=alert.urn, place=alert.place, severity="critical",
        organisation="urn:dinh:organisation:so-nnmt",
    )  # fmt: skip
    return cases.take(row.urn, by=official)


def text(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    return answer.content.decode()


def test_the_public_picture_names_the_area_the_alerts_and_the_quality_of_data(
    anyone: Client, alert: observations.AlertRow
) -> None:
    page = text(anyone, "/")
    for words in (
        "Sóc Trăng",
        "Độ mặn vượt ngưỡng",
        "chưa có người nhận",
        "Đúng",
        "Đủ",
        "Sạch",
        "Sống",
        "mô phỏng",
        "g/l",
    ):
        assert words in page


def test_the_picture_is_complete_in_english(alert: observations.AlertRow) -> None:
    reader = Client()
    reader.cookies["django_language"] = "en"
    page = text(reader, "/")
    for words in ("To be handled", "Salinity over the limit", "no owner yet", "Correct", "Nearly late"):
        assert words in page
    assert "Cần xử lý" not in page


def test_the_public_never_sees_owners_or_titles_of_cases(
    anyone: Client, case: cases.CaseRow, alert: observations.AlertRow
) -> None:
    id = alert.urn.rpartition(":")[2]
    for path in ("/", "/wall/", "/fragments/attention/", "/fragments/wall/", f"/fragments/card/?alert={alert.urn}", f"/alerts/{id}/",
                 "/export/alerts.csv", "/export/alerts.json", f"/search?q={quote('riêng')}", "/map/alerts.geojson"):  # fmt: skip
        page = text(anyone, path)
        assert TITLE not in page, path
        assert "Lê Văn Cường" not in page, path
        assert case.number_text not in page, path
    assert "Sở Nông nghiệp" in text(anyone, "/")


def test_staff_see_who_has_it_and_by_when(as_: As, operator: Actor, case: cases.CaseRow) -> None:
    page = text(as_(operator), "/")
    assert "Lê Văn Cường" in page
    assert "còn 3 giờ" in page
    assert "Của tôi" in page


def test_an_official_of_another_commune_sees_the_alert_but_not_whose_it_is(
    as_: As, case: cases.CaseRow, alert: observations.AlertRow
) -> None:
    elsewhere = next(row.urn for row in places.area(factories.AREA) if row.urn != alert.place)
    stranger = factories.person("xa-khac", "official", "Cán bộ xã khác", place=elsewhere)
    desk = as_(stranger)
    for path in ("/", "/fragments/attention/", f"/fragments/card/?alert={alert.urn}", "/export/alerts.csv"):
        page = text(desk, path)
        assert "Độ mặn vượt ngưỡng" in page, path
        assert "Lê Văn Cường" not in page, path
        assert case.number_text not in page, path


def test_an_alert_without_an_owner_is_counted_and_said_loudly(anyone: Client, alert: observations.AlertRow) -> None:
    assert 'data-unowned="1"' in text(anyone, "/fragments/attention/?severity=critical")


def test_filters_narrow_the_list_and_nothing_left_is_said(anyone: Client, alert: observations.AlertRow) -> None:
    assert "Độ mặn vượt ngưỡng" in text(anyone, "/fragments/attention/?severity=critical")
    assert "Không có việc nào khớp bộ lọc" in text(anyone, "/fragments/attention/?state=acknowledged")
    assert "Không có việc nào khớp bộ lọc" in text(
        anyone, f"/fragments/attention/?domain={quote('Mạng 5G')}&severity=critical"
    )


def test_a_past_moment_shows_what_was_known_then(anyone: Client, alert: observations.AlertRow) -> None:
    before = (alert.since - timedelta(minutes=20)).strftime("%Y-%m-%dT%H:%M:%SZ")
    page = text(anyone, f"/?at={before}")
    assert "Đang xem quá khứ" in page
    assert "Về hiện tại" in page
    assert "Độ mặn vượt ngưỡng" not in text(anyone, f"/fragments/attention/?at={before}")
    assert json.loads(text(anyone, f"/map/alerts.geojson?at={before}"))["features"] == []
    card = text(anyone, f"/fragments/card/?at={before}&alert={alert.urn}")
    assert "Độ mặn" not in card


def test_values_of_the_map_are_those_of_the_moment(anyone: Client, picture: list[places.PlaceRow]) -> None:
    present = json.loads(text(anyone, f"/map/values.json?indicator={factories.SALINITY}"))
    hour_ago = (now() - timedelta(minutes=100)).strftime("%Y-%m-%dT%H:%M:%SZ")
    past = json.loads(text(anyone, f"/map/values.json?indicator={factories.SALINITY}&at={hour_ago}"))
    east = next(place.parent for place in picture if place.name_vi == "Trạm Trần Đề")
    assert present["values"][east] > past["values"][east]
    assert present["simulated"] is True
    assert len(present["steps"]) == 6


def test_alerts_at_one_place_are_one_mark_with_the_worst_shape(anyone: Client, alert: observations.AlertRow) -> None:
    features = json.loads(text(anyone, "/map/alerts.geojson"))["features"]
    mark = next(f for f in features if f["properties"]["place_urn"] == alert.subject)
    assert mark["properties"]["severity"] == "critical"


@pytest.mark.parametrize("path", ["/?severity=terrible", "/?at=tomorrow", "/wall/?at=x", "/map/values.json?indicator="])
def test_what_cannot_be_asked_is_answered_in_words_never_with_a_fault(
    anyone: Client, path: str, picture: object
) -> None:
    assert anyone.get(path).status_code in {200, 404, 422}


def test_a_source_that_fails_leaves_the_rest_of_the_page(
    anyone: Client, picture: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: object, **kwargs: object) -> object:
        raise SourceUnavailable("test.down", "the history does not answer")

    monkeypatch.setattr(observations, "figures", broken)
    page = text(anyone, "/")
    assert "Lúc này chưa đọc được chỉ tiêu" in page
    assert "Cần xử lý" in page


def test_before_anything_is_loaded_the_page_says_what_to_do(
    anyone: Client, db: None, monkeypatch: pytest.MonkeyPatch, settings: object
) -> None:
    settings.AREA = "urn:dinh:unit:2004:none"  # type: ignore[attr-defined]
    page = text(anyone, "/")
    assert "dinh import units" in page


def test_a_commune_shows_its_figures_assets_and_what_it_was(anyone: Client, alert: observations.AlertRow) -> None:
    assert alert.place is not None
    page = text(anyone, f"/places/unit/{alert.place.removeprefix('urn:dinh:unit:')}/")
    for words in ("xã Trần Đề", "thị trấn Trần Đề", "Trạm Trần Đề", "Độ mặn cao nhất", "01/07/2025"):
        assert words in page


def test_an_old_unit_says_when_it_ended_and_what_it_became(anyone: Client, alert: observations.AlertRow) -> None:
    assert alert.place is not None
    old = places.came_from(alert.place)[0].place
    page = text(anyone, f"/places/unit/{old.urn.removeprefix('urn:dinh:unit:')}/")
    assert "hết hiệu lực" in page
    assert "xã Trần Đề" in page


def test_from_asset_to_series_to_its_readings(anyone: Client, alert: observations.AlertRow) -> None:
    page = text(anyone, f"/places/asset/{alert.subject.rpartition(':')[2]}/")
    assert f"/series/{alert.series}/chart.json" in page
    history = text(anyone, f"/series/{alert.series}/")
    assert "mo-phong" in history
    chart = json.loads(text(anyone, f"/series/{alert.series}/chart.json?range=24h"))
    assert len(chart["lines"][0]["points"]) == 9
    assert chart["thresholds"][0]["value"] == 4.0
    assert chart["simulated"] is True


def test_the_alert_page_draws_what_led_to_it(anyone: Client, alert: observations.AlertRow) -> None:
    id = alert.urn.rpartition(":")[2]
    assert "Ngưỡng" in text(anyone, f"/alerts/{id}/")
    chart = json.loads(text(anyone, f"/alerts/{id}/chart.json"))
    assert chart["from"] < chart["mark"] < chart["to"]
    assert anyone.get("/alerts/99999999/").status_code == 404


def test_the_catalogue_is_searched_without_marks(anyone: Client, picture: object) -> None:
    page = text(anyone, "/indicators/?q=do+man")
    assert "Độ mặn cao nhất" in page
    assert "Vùng phủ dân số" not in page
    assert "Không có chỉ tiêu nào khớp" in text(anyone, "/indicators/?q=zzzz")


def test_an_indicator_shows_target_threshold_communes_and_licence(anyone: Client, picture: object) -> None:
    page = text(anyone, f"/indicators/{factories.SALINITY}/?range=7d")
    for words in ("Trần Đề", "CC-BY-4.0", "Mục tiêu", "4,0", "Độ mặn vượt ngưỡng"):
        assert words in page
    assert anyone.get("/indicators/no.such/").status_code == 404
    assert anyone.get(f"/indicators/{factories.SALINITY}/?range=5m").status_code == 422


def test_search_finds_places_indicators_and_alerts_and_cases_for_staff_only(
    anyone: Client, as_: As, operator: Actor, case: cases.CaseRow
) -> None:
    assert "xã Trần Đề" in text(anyone, "/search?q=tran+de")
    assert "Độ mặn cao nhất" in text(anyone, "/search?q=do+man")
    assert TITLE in text(as_(operator), f"/search?q={quote('chuyen rieng')}")
    fragment = anyone.get("/search?q=tran+de", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in fragment


def test_an_operator_acknowledges_and_takes_and_others_may_not(
    anyone: Client, as_: As, operator: Actor, official: Actor, alert: observations.AlertRow
) -> None:
    id = alert.urn.rpartition(":")[2]
    assert anyone.post(f"/alerts/{id}/acknowledge/").status_code == 302
    assert observations.alert(alert.urn).state == "open"
    assert as_(official).post(f"/alerts/{id}/acknowledge/").status_code == 403
    desk = as_(operator)
    answer = desk.post(f"/alerts/{id}/acknowledge/", headers={"HX-Request": "true"})
    assert answer.status_code == 204
    assert "dinh:alerts" in answer["HX-Trigger"]
    assert observations.alert(alert.urn).acknowledged_by == operator.urn
    assert desk.post(f"/alerts/{id}/take/").status_code == 422
    row = cases.open_case(type="test.case", title=TITLE, by=operator, subject=alert.urn, place=alert.place)
    assert (
        desk.post(f"/alerts/{id}/take/", {"version": row.version, "next": "https://elsewhere.example/"})["Location"]
        == f"/alerts/{id}/"
    )
    assert cases.case(row.urn).owner == operator.urn


def test_who_has_seen_an_alert_is_told_where_ones_grant_reaches(
    anyone: Client, as_: As, operator: Actor, alert: observations.AlertRow
) -> None:
    observations.acknowledge(alert.urn, by=operator)
    elsewhere = factories.person("truc-noi-khac", "operator", "Phạm Thị Dung", place="urn:dinh:unit:2025:01")
    path = f"/alerts/{alert.urn.rpartition(':')[2]}/"
    seen_by = "Trần Thị Bình"
    assert seen_by in text(as_(operator), path).split("<main", 1)[1]
    assert seen_by not in text(as_(elsewhere), path)
    assert seen_by not in text(anyone, path)


@pytest.mark.parametrize("form", ["csv", "xlsx", "json"])
def test_what_is_shown_can_be_taken_away(anyone: Client, alert: observations.AlertRow, form: str) -> None:
    for path in ("/export/alerts", "/export/figures", "/indicators/export", f"/indicators/{factories.SALINITY}/data"):
        answer = anyone.get(f"{path}.{form}")
        assert answer.status_code == 200, path
        assert "attachment" in answer["Content-Disposition"]
        if form == "xlsx":
            assert load_workbook(io.BytesIO(answer.content)).worksheets[0].max_row > 1
        elif form == "json":
            assert json.loads(answer.content)["rows"]
        else:
            assert answer.content.startswith(b"\xef\xbb\xbf")
    assert anyone.get("/export/alerts.pdf").status_code == 404


def test_raw_readings_are_for_staff(anyone: Client, as_: As, operator: Actor, alert: observations.AlertRow) -> None:
    assert anyone.get(f"/series/{alert.series}/data.csv").status_code == 403
    assert as_(operator).get(f"/series/{alert.series}/data.csv").status_code == 200


def test_the_number_of_queries_does_not_grow_with_the_list(
    as_: As, operator: Actor, alert: observations.AlertRow
) -> None:
    desk = as_(operator)

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            text(desk, "/")
        return len(found)

    def open_some(numbers: range) -> None:
        for number in numbers:
            cases.open_case(type="test.case", title=f"Việc {number}", by=operator, place=alert.place)

    open_some(range(2))
    queries()
    few = queries()
    open_some(range(2, 14))
    assert queries() == few
    assert "Việc 13" in text(desk, "/")


def test_the_wall_shows_five_at_most_and_counts_the_rest(
    as_: As, operator: Actor, alert: observations.AlertRow
) -> None:
    for number in range(9):
        cases.open_case(type="test.case", title=f"Việc {number}", by=operator, place=alert.place)
    page = text(as_(operator), "/wall/")
    assert page.count('class="wall__case ') == 5
    assert "việc nữa" in page
