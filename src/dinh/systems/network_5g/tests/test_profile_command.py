from __future__ import annotations

import json
from pathlib import Path

import pytest

from dinh.kernel.errors import Invalid, NotFound
from dinh.systems.network_5g.commands import profile

FILE = """small
Tx LAT:,9.6
Tx LON:,105.9
Rx LAT:,9.61
Rx LON:,105.91
Average annual values dN (N-units/km):,45
Average annual sea-level surface refractivity No (N-units):,325
{Begin of Profile}
Number of Points:,3
0,10,2,0,4
1,12,2,0,4
2,9,2,0,4
{End of Profile}
{Begin of Measurements}
600,30,,1.5,2,,,,,,,,,,50,,,
2600,30,,1.5,1,,,,,,,,,,10,,60,119
{End of Measurements}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "path.csv"
    path.write_text(FILE, encoding="utf-8")
    return path


def test_each_measurement_is_predicted_with_what_was_found_on_the_way(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert profile.run([str(file), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["model"] == "ITU-R P.1812-6"
    first, second = told["measurements"]
    assert (first["frequency_ghz"], first["polarisation"], first["measured_basic_transmission_loss_db"]) == (0.6, "vertical", None)  # fmt: skip
    assert second["measured_basic_transmission_loss_db"] == 119
    assert 90 < first["basic_transmission_loss_db"] < 110
    assert first["quantities"]["Lb"] == first["basic_transmission_loss_db"]
    assert {"Lbfs", "Ld50", "Lba", "Lbs", "theta", "beta0"} <= first["quantities"].keys()


def test_people_read_a_table_with_the_difference(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert profile.run([str(file)]) == 0
    told = capsys.readouterr().out
    assert "small: 2 km, 3 points" in told
    assert "119.0000" in told
    assert "Lbfs" in told


def test_a_file_that_is_not_there_or_not_a_profile_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="cannot be read: No such file"):
        profile.run([str(tmp_path / "none.csv")])
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("a;b\n1;2\n", encoding="utf-8")
    with pytest.raises(Invalid, match="no line 'Tx LAT:'"):
        profile.run([str(wrong)])
