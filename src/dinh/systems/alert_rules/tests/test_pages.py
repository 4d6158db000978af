"""The pages of rules: what they say, who may what, and with how many questions to the registers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from dinh.kernel import clock
from dinh.kernel.errors import NotFound
from dinh.kernel.manifests import IndicatorSpec, Kind, RuleSpec, Severity, Text
from dinh.kernel.specs import RuleKind
from dinh.spine.observations import api as observations
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import SYSTEM

pytestmark = pytest.mark.django_db
STATION = "urn:dinh:organisation:station"


@pytest.fixture(autouse=True)
def _declared() -> None:
    parties.save_organisation(id="station", name_vi="Trạm Mỹ Thanh", name_en="My Thanh station")
    for code in ("t.water", "t.rain"):
        observations.declare_indicators(
            [IndicatorSpec(code, Text(f"Chỉ tiêu {code}", code), Text("Nước", "Water"), "m", Kind.GAUGE, decimals=2)],
            by=SYSTEM,
        )
    observations.save_source(
        code="met", name_vi="Khí tượng", name_en="Met", owner="", licence="CC-BY-4.0", simulated=False, period=None
    )
    observations.save_rule(rule("own.high", above=1.8, clear_at=1.5), by=SYSTEM, reason="")


def rule(code: str, kind: RuleKind = RuleKind.THRESHOLD, **more: Any) -> RuleSpec:
    return RuleSpec(code, "t.water", Text("Nước cao", "High water"), Severity.MAJOR, kind=kind, **more)


def made_rules() -> list[RuleSpec]:
    return [one for one in observations.rules() if one.code.startswith("own.") and one.code != "own.high"]


def record(*values: float) -> None:
    start = clock.now() - timedelta(minutes=50)
    rows = [
        {"indicator": "t.water", "subject": STATION, "value": value, "source": "met",
         "observed_at": (start + number * timedelta(minutes=10)).isoformat()}
        for number, value in enumerate(values)
    ]  # fmt: skip
    assert not observations.record(rows, by=SYSTEM, channel="test").rejected


FORM = {
    "kind": "threshold", "name_vi": "Mặn", "name_en": "Salty", "indicator": "t.water", "severity": "minor",
    "side": "above", "limit": "2,5", "clear_at": "", "lasting": "0", "within": "", "case_type": "", "from_time": "",
    "until_time": "",
}  # fmt: skip


def test_the_list_says_what_a_rule_does_and_how_often_it_fired(client_of: Callable[..., Client]) -> None:
    record(1.0, 2.0, 1.0, 2.0)
    page = client_of("operator").get("/rules/").content.decode()
    assert "Nước cao" in page
    assert "Chỉ tiêu t.water: trên 1,80 m" in page
    assert 'data-value="2"' in page
    assert "Quy tắc mới" not in page, "an operator reads rules"
    assert "/rules/own.high/" not in client_of("operator").get("/rules/?kind=rate").content.decode()
    assert "/rules/own.high/" in client_of("operator").get("/rules/?q=nuoc+CAO&fired=7").content.decode()


def test_the_list_asks_the_registers_as_often_for_many_rules_as_for_one(
    client_of: Callable[..., Client], django_assert_max_num_queries: Any
) -> None:
    client = client_of("engineer")
    client.get("/rules/")
    for number in range(20):
        observations.save_rule(rule(f"own.{number}", above=3.0 + number), by=SYSTEM)
    client.get("/rules/")
    with django_assert_max_num_queries(20):
        client.get("/rules/")


@pytest.mark.parametrize(
    ("role", "path", "status"),
    [
        (None, "/rules/", 302), ("operator", "/rules/", 200), ("operator", "/rules/new/", 403),
        ("engineer", "/rules/new/", 200), ("official", "/rules/maintenance/", 403), ("operator", "/rules/maintenance/", 200),
        ("operator", "/rules/own.high/", 200), ("operator", "/rules/own.high/edit/", 403), (None, "/rules/own.high/", 302),
        ("engineer", "/rules/no.such/", 404),
    ],
)  # fmt: skip
def test_who_sees_what(client_of: Callable[..., Client], role: str | None, path: str, status: int) -> None:
    client = client_of(role) if role else Client()
    assert client.get(path).status_code == status


def test_an_operator_changes_no_rule(client_of: Callable[..., Client]) -> None:
    client = client_of("operator")
    for verb in ("switch", "restore", "remove"):
        assert client.post(f"/rules/own.high/{verb}/", {"reason": "x"}).status_code == 403
    assert client.post("/rules/new/", FORM).status_code == 403
    assert client.post("/rules/try/", FORM).status_code == 403
    assert observations.rule_row("own.high").state == "on"


@pytest.mark.parametrize("kind", [kind.value for kind in RuleKind])
def test_every_kind_has_its_form_in_both_languages(client_of: Callable[..., Client], kind: str) -> None:
    for language in ("vi", "en"):
        assert client_of("engineer", language=language).get(f"/rules/new/?kind={kind}").status_code == 200


def test_a_draft_is_tried_without_javascript_and_kept_only_when_asked(client_of: Callable[..., Client]) -> None:
    record(1.0, 3.0, 3.0, 1.0, 3.0)
    client = client_of("engineer")
    page = client.post("/rules/new/", FORM | {"try": "1"}).content.decode()
    assert "Quy tắc sẽ báo 2 lần." in page
    assert "Tại 1 trạm" in page
    assert "Trạm Mỹ Thanh" in page
    assert made_rules() == []
    fragment = client.post("/rules/try/", FORM).content.decode()
    assert "Quy tắc sẽ báo 2 lần." in fragment
    source = fragment.partition('<dinh-chart src="')[2].partition('"')[0].replace("&amp;", "&")
    data = client.get(source).json()
    assert len(data["spans"]) == len(data["fired"]) == 2
    assert "usual" not in data
    assert data["thresholds"] == [{"name": "Ngưỡng", "value": 2.5, "severity": "minor"}]
    assert client.post("/rules/new/", FORM | {"save": "1"}).status_code == 302
    (made,) = made_rules()
    assert (made.above, made.severity, made.code[:9]) == (2.5, "minor", "own.salty")


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("missing", {"silent": "45"}),
        ("rate", {"per": "60", "window": "30"}),
        ("unusual", {"unusual_side": "high", "weeks": "4", "least_days": "7", "limit": "5"}),
        ("combination", {"join": "all", "c0_indicator": "t.water", "c0_side": "above", "c0_limit": "1.8",
                         "c1_indicator": "t.rain", "c1_side": "not_below", "c1_limit": "5", "window": "30", "at": "subject"}),
    ],
)  # fmt: skip
def test_each_kind_is_kept_and_comes_back_into_its_form(
    client_of: Callable[..., Client], kind: str, more: dict[str, str]
) -> None:
    client = client_of("engineer")
    times = {"from_time": "22:00", "until_time": "05:00", "weekdays": ["0", "6"]}
    assert client.post("/rules/new/", FORM | {"kind": kind} | more | times | {"save": "1"}).status_code == 302
    (made,) = made_rules()
    assert (made.kind, made.hours, made.weekdays) == (kind, (1320, 300), (0, 6))
    page = client.get(f"/rules/{made.code}/edit/")
    form = page.context["form"]
    sent = {name: value for name in form.fields if (value := form[name].value()) not in (None, "")}
    assert client.post(f"/rules/{made.code}/edit/", sent | {"kind": kind, "save": "1"}).status_code == 302
    assert observations.rule_row(made.code).spec == made
    assert len(observations.rule_versions(made.code)) == 1, "nothing was changed"
    assert client.get(f"/rules/{made.code}/").status_code == 200


def test_a_form_that_cannot_be_meant_says_why(client_of: Callable[..., Client]) -> None:
    client = client_of("engineer")
    assert "Hãy nhập một số" in client.post("/rules/new/", FORM | {"limit": "cao", "save": "1"}).content.decode()
    page = client.post("/rules/new/", FORM | {"clear_at": "9", "save": "1"}).content.decode()
    assert "clear_at" in page
    assert made_rules() == []


def test_switching_off_asks_why_and_removing_keeps_what_has_fired(client_of: Callable[..., Client]) -> None:
    client = client_of("engineer")
    client.post("/rules/own.high/switch/", {"on": "0", "reason": ""})
    assert observations.rule_row("own.high").state == "on"
    client.post("/rules/own.high/switch/", {"on": "0", "reason": "hiệu chuẩn"})
    assert observations.rule_row("own.high").state == "off"
    assert "hiệu chuẩn" in client.get("/rules/own.high/").content.decode()
    client.post("/rules/own.high/remove/", {"reason": "thừa"})
    with pytest.raises(NotFound):
        observations.rule_row("own.high")


def test_an_operator_announces_maintenance_and_ends_it(client_of: Callable[..., Client]) -> None:
    client = client_of("operator")
    start = clock.now().replace(second=0, microsecond=0) - timedelta(hours=2)
    local = start.astimezone(clock.VIETNAM)
    times = {"from_at": f"{local:%Y-%m-%dT%H:%M}", "until_at": f"{local + timedelta(hours=5):%Y-%m-%dT%H:%M}"}
    sent = {"rule": "own.high", "reason": "Thay cảm biến"} | times
    assert client.post("/rules/maintenance/", sent).status_code == 302
    (window,) = observations.maintenance()
    assert window.from_at == start, "what a browser sends is Vietnamese time"
    record(3.0)
    page = client.get("/rules/maintenance/").content.decode()
    assert "Thay cảm biến" in page
    assert "1 cảnh báo được giữ lại" in page
    client.post(f"/rules/maintenance/{window.id}/end/")
    assert observations.maintenance() == ()
    assert client.post(f"/rules/maintenance/{window.id}/end/").status_code == 302
    assert "chưa nêu" in client.post("/rules/maintenance/", sent | {"rule": ""}).content.decode()
