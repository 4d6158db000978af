"""The API tells of people only with the scope for it, and each such answer is on the record."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from dinh.spine.cases import api as cases
from dinh.spine.ledger import api as ledger
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import SYSTEM

pytestmark = pytest.mark.django_db
CONTACT, ADDRESS = "Ông Tư 0987 654 321", "mailto:hai@hopthu.example"


@pytest.fixture
def case() -> cases.CaseRow:
    return cases.open_case(type="incident", title="Ngập", by=SYSTEM, requester=ADDRESS, fields={"contact": CONTACT})


def ask(path: str, *scopes: str, status: int = 200) -> Any:
    parties.save_organisation(id="machine", name_vi="Máy", name_en="Machine")
    _row, secret = parties.issue_key(label="máy", owner="urn:dinh:organisation:machine", scopes=scopes, by=SYSTEM)
    answer = Client().get(f"/api/v1{path}", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == status, answer.content
    return answer.json()


def test_lists_and_cases_are_masked(case: cases.CaseRow) -> None:
    (row,) = ask("/cases", "cases.view")["items"]
    one = ask(f"/cases/{case.number_text}", "cases.view")
    assert row["requester"] == one["requester"] == "mailto:h•••@hopthu.example"
    assert one["fields"] == {"contact": "•••••"}
    assert one["acts"][0]["detail"]["fields"] == {"contact": "•••••"}
    assert CONTACT not in str(one)
    assert "hai@" not in str(one)
    assert not ledger.entries(kind="personal.read")


def test_what_is_hidden_needs_its_scope_and_leaves_a_leaf(case: cases.CaseRow) -> None:
    path = f"/cases/{case.number_text}?personal=true"
    refused = ask(path, "cases.view", status=403)
    assert refused["code"] == "parties.not_permitted"
    assert not ledger.entries(kind="personal.read")
    one = ask(path, "cases.view", "cases.see_personal")
    assert (one["fields"], one["requester"]) == ({"contact": CONTACT}, ADDRESS)
    (leaf,) = ledger.entries(kind="personal.read")
    assert leaf.subject == case.urn
    assert leaf.data["by"] == "urn:dinh:organisation:machine"
    assert leaf.data["fields"] == ["contact", "requester"]
