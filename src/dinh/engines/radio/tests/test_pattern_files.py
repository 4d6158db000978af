from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dinh.engines.radio.pattern_files import read_pattern, write_pattern
from dinh.engines.radio.patterns import Pattern, sector_pattern
from dinh.kernel.errors import Invalid

CUT = "\n".join(f"{degree} {min(degree, 360 - degree) / 6:.1f}" for degree in range(360))
FILE = f"NAME 80010865\nMAKE Someone\nFREQUENCY 2600\nH_WIDTH 65\nGAIN 15.85 dBd\nTILT ELECTRICAL\nELECTRICAL_TILT 4\nHORIZONTAL 360\n{CUT}\nVERTICAL 360\n{CUT}\n"  # fmt: skip


def test_a_file_is_read_with_its_gain_in_dbi_and_its_tilt() -> None:
    pattern = read_pattern(FILE)
    assert (pattern.name, pattern.tilt_deg) == ("80010865", 4.0)
    assert pattern.gain_dbi == pytest.approx(18.0)
    assert pattern.horizontal_db[90] == pytest.approx(15.0)
    assert pattern.vertical_db[359] == pytest.approx(0.2, abs=0.05)


def test_windows_line_ends_marks_and_decimal_commas_are_read() -> None:
    text = "\ufeff" + FILE.replace("15.85 dBd", "18,0 dBi").replace(".", ",").replace("\n", "\r\n")
    assert read_pattern(text).gain_dbi == pytest.approx(18.0)
    assert read_pattern(FILE.replace(" dBd", "")).gain_dbi == pytest.approx(18.0)  # dBd where no unit stands


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("\n100 16.7\n101 16.8\n", "\n"), "HORIZONTAL lacks 2 angles: 100-101; ask the maker"),
        (("GAIN 15.85 dBd\n", ""), "has no GAIN"),
        (("GAIN 15.85 dBd", "GAIN 15.85 dBm"), "line 5: the unit dBm of GAIN is neither dBi nor dBd"),
        (("HORIZONTAL 360", "HORIZONTAL 180"), "line 8: HORIZONTAL tells of 180 angles"),
        (("\n7 1.2\n", "\n7 -1.2\n"), r"-1\.2 dB at 7 degrees"),
        (("\n7 1.2\n", "\n7 x\n"), "line 16, attenuation: 'x' is not a number"),
        (("\n7 1.2\n", "\n6 1.2\n"), "has the angle 6 twice"),
        (("\n7 1.2\n", "\n7.5 1.2\n"), r"the angle 7\.5 is not a whole degree"),
        (("VERTICAL 360", "SIDEWAYS 360"), "no VERTICAL cut"),
    ],
)
def test_a_faulty_file_says_where_and_what(change: tuple[str, str], says: str) -> None:
    with pytest.raises(Invalid, match=says):
        read_pattern(FILE.replace(*change, 1))


def test_angles_that_lack_at_the_end_are_named() -> None:
    with pytest.raises(Invalid, match="VERTICAL lacks 3 angles: 357-359"):
        read_pattern("\n".join(FILE.splitlines()[:-3]))


@given(st.lists(st.floats(0, 40, width=32), min_size=360, max_size=360), st.floats(-5, 30))
def test_what_is_written_is_read_back(values: list[float], gain: float) -> None:
    cut = np.array(values, dtype=np.float32)
    back = read_pattern(write_pattern(Pattern("x", gain, cut, cut[::-1].copy()), frequency_mhz=2600))
    np.testing.assert_allclose(back.horizontal_db, cut, atol=0.006)
    np.testing.assert_allclose(back.vertical_db, cut[::-1], atol=0.006)
    assert back.gain_dbi == pytest.approx(gain, abs=0.006)


def test_the_parabola_survives_a_file() -> None:
    pattern = sector_pattern(tilt_deg=4)
    assert read_pattern(write_pattern(pattern, frequency_mhz=3700)).tilt_deg == 4
