"""What the app sends, as a report."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.core import signing

from dinh.kernel.errors import Invalid
from dinh.spine.requests import api as requests
from dinh.spine.submissions import api as submissions
from dinh.systems.citizen_app.web import intake
from dinh.web.handing_in import Form

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _journal(settings: LazySettings, tmp_path: Path) -> Iterator[None]:
    submissions.stop()
    settings.SUBMISSIONS_HOME = tmp_path
    yield
    submissions.stop()


def form(**values: str) -> Form:
    given = {
        "id": str(uuid4()), "category": "road_damage", "description": "Ổ gà lớn trước chợ", "address": "Chợ Trần Đề",
        "answer.size": "large", **values,
    }  # fmt: skip
    return Form({name: [value] for name, value in given.items()}, (), "sender", False)


def test_a_report_is_taken_once_and_leads_to_its_own_page() -> None:
    sent = form(longitude="106.2", latitude="9.5")
    first, again = intake.take(sent), intake.take(sent)
    assert (first.status, again.status) == (201, 200)
    assert first.said["number"] == again.said["number"]
    assert first.said["follow"] == f"/app/r/{sent.get('id')}/"
    submissions.work_off()
    row = requests.request(str(first.said["number"]))
    assert (row.category, row.longitude, row.address) == ("road_damage", 106.2, "Chợ Trần Đề")


def test_only_a_token_of_ours_makes_it_somebodys() -> None:
    token = signing.dumps("urn:dinh:person:mai", salt=intake.ACCOUNT)
    assert intake.draft_of(form(account=token)).person == "urn:dinh:person:mai"
    assert intake.draft_of(form(account=token[:-2] + "xx")).person == ""
    assert intake.draft_of(form(account=signing.dumps("urn:dinh:person:mai", salt="another"))).person == ""


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"latitude": "chín độ"}, "place"),
        ({"category": "flooding", "answer.size": ""}, "answers.depth"),
        ({"category": "street_light", "answer.size": "", "answer.lamps": "nhiều"}, "answers.lamps"),
        ({"category": "street_light", "answer.size": "", "answer.lamps": "0"}, "answers.lamps"),
    ],
)
def test_a_wrong_value_is_named_at_its_field(values: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as raised:
        intake.take(form(**values))
    faults = raised.value.params["fields"]
    assert isinstance(faults, dict)
    assert field in faults


def test_every_question_that_a_category_asks_exists_and_both_languages_name_it() -> None:
    for row in requests.services():
        assert row.name.vi != row.name.en
        for name, schema in row.asks.items():
            assert schema["title"] != schema["title_en"], name
            if "enum" in schema:
                assert set(schema["enum"]) == set(schema["x-names"]) == set(schema["x-names-en"])
    spec_asks = {name for row in requests.services() for name in row.asks}
    assert {"size", "blocked", "depth", "since"} <= spec_asks
