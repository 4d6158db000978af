"""Vendors' pattern files are read as meant, or refused with the line, the value and what to do."""

from __future__ import annotations

import contextlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dinh.engines.radio.antennas import Cuts, Method, PlanetPattern, read_planet, write_planet
from dinh.kernel.errors import Invalid

HORIZONTAL = [min(12.0 * (min(a, 360 - a) / 65.0) ** 2, 30.0) for a in range(360)]
VERTICAL = [min(12.0 * (min(abs(a - 6), 360 - abs(a - 6)) / 8.0) ** 2, 25.0) for a in range(360)]


def rows(values: list[float]) -> list[str]:
    return [f"{angle} {value:.2f}" for angle, value in enumerate(values)]


def a_file(**changed: str) -> list[str]:
    head = {"NAME": "Panel 65 6T", "MAKE": "Made up", "FREQUENCY": "3500", "GAIN": "17.50 dBi", "TILT": "ELECTRICAL",
            "ELECTRICAL_TILT": "6"} | changed  # fmt: skip
    lines = [f"{word} {said}" for word, said in head.items()]
    return [*lines, "HORIZONTAL 360", *rows(HORIZONTAL), "VERTICAL 360", *rows(VERTICAL)]


def read(lines: list[str]) -> PlanetPattern:
    return read_planet("\n".join(lines).encode())


def test_a_file_is_read_with_its_head_and_both_cuts() -> None:
    found = read(a_file())
    assert (found.name, found.gain_dbi, found.frequency_hz) == ("Panel 65 6T", 17.5, (3.5e9, 3.5e9))
    assert found.electrical_tilt_deg == 6.0
    assert found.others == (("MAKE", "Made up"),)
    assert found.horizontal_db == pytest.approx(HORIZONTAL, abs=0.006)
    assert found.vertical_db.argmin() == 6


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_marks_line_ends_tabs_and_decimal_commas_make_no_difference(end: str, encoding: str) -> None:
    lines = [line.replace(" ", "\t") if line[0].isdigit() else line for line in a_file(GAIN="17,5 dBi")]
    lines = [line.replace(".", ",") if line[0].isdigit() else line for line in lines]
    data = end.join([*lines, ""]).encode(encoding)
    found = read_planet(data)
    assert found.gain_dbi == 17.5
    assert np.array_equal(found.horizontal_db, read(a_file()).horizontal_db)


def test_a_gain_over_a_dipole_counts_over_the_isotropic_antenna() -> None:
    assert read(a_file(GAIN="15.35 dBd")).gain_dbi == pytest.approx(17.5)
    assert read_planet("\n".join(a_file(GAIN="15.35")).encode(), gain_unit="dBd").gain_dbi == pytest.approx(17.5)


def test_a_last_line_at_360_repeats_the_first() -> None:
    lines = a_file()
    lines[lines.index("HORIZONTAL 360")] = "HORIZONTAL 361"
    lines.insert(lines.index("VERTICAL 360"), "360 0.00")
    assert len(read(lines).horizontal_db) == 360


def test_a_table_from_minus_180_is_turned_to_begin_in_front() -> None:
    lines = a_file()
    start = lines.index("HORIZONTAL 360") + 1
    lines[start : start + 360] = [f"{angle} {HORIZONTAL[angle % 360]:.2f}" for angle in range(-180, 180)]
    assert np.array_equal(read(lines).horizontal_db, read(a_file()).horizontal_db)


def without(lines: list[str], line: str) -> list[str]:
    position = lines.index(line)
    return [*lines[:position], *lines[position + 1 :]]


def replaced(lines: list[str], line: str, by: str) -> list[str]:
    position = lines.index(line)
    return [*lines[:position], by, *lines[position + 1 :]]


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (a_file(GAIN="17.5"), r"line 4, «GAIN 17\.5»: dBi and dBd differ by 2\.15 dB"),
        (a_file(GAIN="17.5 dB"), r"line 4, «GAIN 17\.5 dB»: dBi and dBd differ"),
        (a_file(GAIN="high"), "line 4, «GAIN high»: write the gain as a number"),
        (a_file(FREQUENCY="3,500"), "line 3, «FREQUENCY 3,500»: write MHz without separators"),
        (without(a_file(), "90 23.01"), r"line 367, «HORIZONTAL 359 / 360»: the table has fewer lines"),
        (replaced(a_file(), "90 23.01", "90.5 23.01"), r"line 98, «89° → 90\.5°»: angles must go round"),
        (replaced(a_file(), "90 23.01", "89 23.01"), r"line 98, «89° → 89°»: angles must go round"),
        (replaced(without(a_file(), "90 23.01"), "HORIZONTAL 360", "HORIZONTAL 359"), "line 98, «89° → 91°»: angles must go"),
        (replaced(a_file(), "90 23.01", "90 -23.01"), r"line 98, «-23\.01»: attenuation is 0 dB or more"),
        (replaced(a_file(), "90 23.01", "90 deep"), "line 98, «90 deep»: write the angle and the attenuation"),
        (replaced(a_file(), "HORIZONTAL 360", "HORIZONTAL 359"), r"line 367, «359 0\.00»: the table above it has more lines"),
        (replaced(a_file(), "HORIZONTAL 360", "HORIZONTAL all"), "line 7, «HORIZONTAL all»: write the number of lines"),
        (replaced(a_file(), "90 23.01", "1e999 23.01"), r"line 98, «1e999»: an angle is given in degrees"),
        (a_file(ELECTRICAL_TILT="600"), r"line 6, «ELECTRICAL_TILT 600»: an electrical tilt"),
        (a_file(GAIN="9" * 400 + " dBi"), "line 4, «GAIN 999"),
        (a_file(FREQUENCY="3800-3400"), "line 3, «FREQUENCY 3800-3400»"),
        (a_file(COMMENT="x" * 1_000_001), "line 1, .* a pattern file has less than 1 MB"),
        (a_file()[: a_file().index("VERTICAL 360")], "line 367, «VERTICAL»: add the table"),
        (a_file()[:-3], r"line 725, «VERTICAL 357 / 360»: the table has fewer lines"),
        (without(a_file(), "GAIN 17.50 dBi"), "«GAIN»: add a line with the gain"),
    ],
)  # fmt: skip
def test_what_would_become_another_antenna_is_refused(lines: list[str], says: str) -> None:
    with pytest.raises(Invalid, match=says):
        read(lines)


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(Invalid, match="HORIZONTAL"):
        read_planet(b"")


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with contextlib.suppress(Invalid):
        read_planet(b"NAME x\nGAIN 1 dBi\nHORIZONTAL 4\n" + data)


cut = arrays(np.float64, st.sampled_from([4, 36, 360]), elements=st.integers(0, 3000).map(lambda x: x / 100.0))


@given(cut, cut, st.integers(-500, 4000))
def test_what_is_written_is_read_back(horizontal: np.ndarray, vertical: np.ndarray, gain: int) -> None:
    pattern = PlanetPattern(
        "Ăng-ten 65°", gain / 100.0, horizontal, vertical, (3.4e9, 3.8e9), 4.0, (("COMMENT", "thử"),)
    )
    found = read_planet(write_planet(pattern))
    assert np.array_equal(found.horizontal_db, horizontal)
    assert np.array_equal(found.vertical_db, vertical)
    assert (found.name, found.gain_dbi, found.frequency_hz, found.electrical_tilt_deg, found.others) == (
        pattern.name, pattern.gain_dbi, pattern.frequency_hz, pattern.electrical_tilt_deg, pattern.others,
    )  # fmt: skip


def test_a_written_file_on_disk_is_read_by_its_bytes(tmp_path: Path) -> None:
    (tmp_path / "panel.msi").write_bytes(write_planet(read(a_file())))
    assert read_planet((tmp_path / "panel.msi").read_bytes()).gain_dbi == 17.5


flat = Cuts(17.5, np.array(HORIZONTAL), np.array([min(12.0 * (min(a, 360 - a) / 8.0) ** 2, 25.0) for a in range(360)]))


@pytest.mark.parametrize("method", list(Method))
def test_every_method_returns_the_cuts_where_they_were_measured(method: Method) -> None:
    cuts = Cuts(flat.peak_dbi, flat.horizontal_db, flat.vertical_db, method)
    angle = np.arange(-180.0, 180.0)
    ahead = np.arange(-90.0, 91.0)
    assert cuts.gain_dbi(angle, np.zeros(1)) == pytest.approx(17.5 - flat.horizontal_db[angle.astype(int) % 360])
    assert cuts.gain_dbi(np.zeros(1), ahead) == pytest.approx(17.5 - flat.vertical_db[-ahead.astype(int) % 360])


def test_weighing_takes_less_than_summing_and_never_less_than_the_greater_cut_needs() -> None:
    azimuth, elevation = np.meshgrid(np.arange(-180.0, 180.0, 5.0), np.arange(-90.0, 91.0, 5.0))
    summed = Cuts(17.5, flat.horizontal_db, flat.vertical_db, Method.SUMMING).gain_dbi(azimuth, elevation)
    weighed = Cuts(17.5, flat.horizontal_db, flat.vertical_db, Method.CROSS_WEIGHTED).gain_dbi(azimuth, elevation)
    assert (weighed >= summed - 1e-9).all()
    assert weighed.max() <= 17.5


def test_each_cut_is_weighed_by_the_other() -> None:
    # 3 dB aside and 6 dB up are 0.501187 and 0.251189: weights 0.251189·0.498813 = 0.125297 and 0.501187·0.748811 = 0.375294,
    # (3·0.125297 + 6·0.375294) / √(0.125297² + 0.375294²) = 6.6412 dB, between the greater cut and the sum of 9 dB.
    aside, upright = np.full(4, 3.0), np.full(4, 6.0)
    cuts = Cuts(0.0, aside, upright, Method.CROSS_WEIGHTED)
    assert float(cuts.gain_dbi(np.array(90.0), np.array(45.0))) == pytest.approx(-6.6412, abs=1e-3)


def test_the_ground_is_at_90_degrees_of_the_vertical_table() -> None:
    cuts = read(a_file()).in_space()
    down, up = (float(cuts.gain_dbi(np.array(0.0), np.array(elevation))) for elevation in (-6.0, 6.0))
    assert down == 17.5
    assert up < 0.0


def test_interpolation_uses_the_back_of_the_vertical_table() -> None:
    vertical = np.zeros(360)
    vertical[170] = 9.0  # 10° below the horizon, behind
    cuts = Cuts(0.0, np.zeros(360), vertical, Method.INTERPOLATED)
    assert float(cuts.gain_dbi(np.array(180.0), np.array(-10.0))) == -9.0
    assert float(cuts.gain_dbi(np.array(90.0), np.array(-10.0))) == -4.5
