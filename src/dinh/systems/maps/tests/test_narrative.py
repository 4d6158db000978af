from __future__ import annotations

import pytest

from dinh.systems.maps.domain.narrative import said


@pytest.mark.parametrize("number", range(44))
def test_every_kind_of_turn_is_said_in_both_languages(number: int) -> None:
    says, icon = said({"type": number, "street_names": ["Phố Huế"], "bearing_after": 100})
    assert icon
    for text in (says.vi, says.en):
        assert text.endswith(".")
        assert not set("{}") & set(text)
    assert says.vi != says.en


def test_a_roundabout_a_street_that_goes_on_and_a_sign() -> None:
    assert said({"type": 26, "roundabout_exit_count": 3})[0].vi == "Vào vòng xuyến, ra ở lối thứ 3."
    assert said({"type": 26, "roundabout_exit_count": 3})[0].en == "At the roundabout take the third exit."
    turn = {"type": 15, "street_names": ["Phố Huế"], "before": ["Phố Huế"]}
    assert said(turn)[0].vi == "Rẽ trái để đi tiếp theo Phố Huế."
    assert said(turn)[0].en == "Turn left to stay on Phố Huế."
    assert said({"type": 10, "street_names": ["Phố {way}"]})[0].en == "Turn right onto Phố {way}."
    exit_ = {"type": 20, "sign": {"exit_toward_elements": [{"text": "Hải Phòng"}]}}
    assert said(exit_)[0].vi == "Ra lối bên phải hướng Hải Phòng."
    assert said({"type": 1, "bearing_after": 359})[0].vi == "Đi về hướng bắc."
    assert said({"type": 999})[0].en == "Go on."
