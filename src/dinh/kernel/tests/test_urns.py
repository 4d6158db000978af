from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dinh.kernel.errors import Invalid
from dinh.kernel.urns import NGSI_TYPES, Urn, parse_urn

IDS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._:\-]{0,40}", fullmatch=True)


@given(st.sampled_from(sorted(NGSI_TYPES)), IDS)
def test_both_spellings_name_the_same_thing(kind: str, identifier: str) -> None:
    urn = Urn(kind, identifier)
    assert parse_urn(str(urn)) == urn
    assert parse_urn(urn.ngsi) == urn


@given(st.text(max_size=200))
def test_any_other_text_is_refused_with_the_value(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse_urn(f"x{text}")
    assert caught.value.code == "urn.malformed"


def test_a_unit_carries_the_period_of_its_code() -> None:
    assert parse_urn("urn:dinh:unit:2004:94") != parse_urn("urn:dinh:unit:2025:94")


def test_an_unknown_kind_is_told_with_the_kinds_there_are() -> None:
    with pytest.raises(Invalid, match="asset") as caught:
        parse_urn("urn:dinh:gadget:1")
    assert caught.value.code == "urn.unknown_kind"
