"""Every reason for which a reading can be refused is explained on the page, in Vietnamese."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from django.utils import translation

import dinh
from dinh.spine.observations import api as observations
from dinh.spine.parties import api as parties
from dinh.systems.data_operations.domain import EXPLANATIONS, explanation

SOURCE = Path(dinh.__file__).parent
WAYS_IN = (
    "spine/observations/intake/*.py",
    "gateways/mqtt/decoding.py",
    "gateways/mqtt/senml.py",
    "kernel/clock.py",
    "kernel/units.py",
    "kernel/urns.py",
)
OTHER_FAMILIES = {"batch", "arrow", "gzip", "observations", "dinh"}
"""Codes that refuse a whole batch, which is not kept; permissions and names of logs."""
CODE = re.compile(r"[a-z]+\.[a-z_]+")


def codes_of(path: Path) -> set[str]:
    return {
        node.value
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value)
    }


def test_the_table_holds_every_code_of_the_ways_in_and_no_other() -> None:
    named = {code for way in WAYS_IN for path in SOURCE.glob(way) for code in codes_of(path)}
    given = {code for code in named if code.partition(".")[0] not in OTHER_FAMILIES}
    assert len(given) > 30
    assert set(EXPLANATIONS) == given


@pytest.mark.parametrize("code", sorted(EXPLANATIONS))
def test_every_code_has_a_vietnamese_sentence_of_its_own(code: str) -> None:
    with translation.override("en"):
        english = explanation(code)
    with translation.override("vi"):
        vietnamese = explanation(code)
    assert english.endswith(".")
    assert vietnamese.endswith(".")
    assert vietnamese != english


def test_a_code_of_a_later_release_is_left_unexplained() -> None:
    assert explanation("value.of_a_later_release") == ""


@pytest.mark.django_db(transaction=True)
def test_the_page_of_a_batch_explains_each_row_beside_what_the_sender_was_told(
    client_of: Callable[..., Client],
) -> None:
    row = {
        "indicator": "test.nowhere_declared",
        "subject": "urn:dinh:asset:x",
        "observed_at": "2026-11-22T11:42:00+07:00",
        "value": 1.0,
        "source": "nobody",
    }
    receipt = observations.record([row], by=parties.SYSTEM, channel="http")
    page = client_of("engineer").get(f"/data/rejected/{observations.rejected()[0].id}/").content.decode()
    assert receipt.rejected[0].code == "indicator.unknown"
    assert "Chỉ tiêu chưa có trong danh mục; hãy khai báo rồi thử lại lô này." in page
    assert "is not in the catalogue" in page
