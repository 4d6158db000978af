"""Somebody's table becomes readings: through a mapping, every row taken or refused with a reason."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dinh.gateways.http import mapping
from dinh.gateways.http.import_readings import run
from dinh.kernel.errors import Invalid
from dinh.spine.observations import api as observations
from dinh.spine.parties import api as parties

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).parents[5]
EXAMPLE = ROOT / "docs" / "examples" / "air_quality.toml"
SENSORS = Path(os.environ.get("DINH_TEST_DATA", ROOT.parent / "shared" / "data")) / "sensors"
MEASUREMENTS = SENSORS / "vn_aq_stg_aqiin__measurements.parquet"

DECLARED = """
[[source]]
code = "book"
name = { vi = "Sổ", en = "Book" }
owner = ""
licence = "CC-BY-4.0"
simulated = false
[[indicator]]
code = "import.level"
name = { vi = "Mực nước", en = "Level" }
domain = { vi = "Nước", en = "Water" }
unit = "m"
kind = "gauge"
valid_min = -5
valid_max = 20
"""
MAPPING = """
declarations = "declared.toml"
[columns]
subject = "Trạm"
observed_at = "Giờ"
value = "Mực nước"
[constants]
indicator = "import.level"
source = "book"
unit = "cm"
[subject]
template = "urn:dinh:organisation:{slug}"
[time]
zone = "Asia/Ho_Chi_Minh"
format = "%d/%m/%Y %H:%M"
"""
CSV = """Trạm,Giờ,Mực nước
Mỹ Thanh,20/11/2026 08:00,125
Mỹ Thanh,20/11/2026 08:10,cao
Mỹ Thanh,20/11/2026 08:20,126.5
Không có,20/11/2026 08:20,126.5
Mỹ Thanh,khuya,126.5
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "declared.toml").write_text(DECLARED, encoding="utf-8")
    (tmp_path / "mapping.toml").write_text(MAPPING, encoding="utf-8")
    (tmp_path / "levels.csv").write_text(CSV, encoding="utf-8")
    parties.save_organisation(id="my-thanh", name_vi="Mỹ Thanh", name_en="My Thanh")
    return tmp_path


def imported(folder: Path, name: str = "levels.csv") -> None:
    assert (
        run([str(folder / name), "--mapping", str(folder / "mapping.toml"), "--refused", str(folder / "refused")]) == 0
    )


def test_a_csv_with_foreign_names_units_and_times_becomes_readings(folder: Path) -> None:
    imported(folder)
    (newest,) = observations.latest(subject="urn:dinh:organisation:my-thanh")
    assert (newest.value, newest.observed_at.isoformat()) == (1.265, "2026-11-20T01:20:00+00:00")


def test_each_refused_row_is_written_with_its_number_in_the_file_and_as_it_came(folder: Path) -> None:
    imported(folder)
    refused = [json.loads(line) for line in (folder / "refused").read_text(encoding="utf-8").splitlines()]
    told = [(row["row"], row["code"], row["as_it_came"]["Mực nước"]) for row in refused]
    assert told == [(2, "value.not_number", "cao"), (4, "subject.unknown", "126.5"), (5, "field.missing", "126.5")]


def test_a_second_import_adds_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    imported(folder)
    capsys.readouterr()
    imported(folder)
    told = capsys.readouterr().out
    assert "accepted:             0" in told
    assert "duplicates:           2" in told


def test_the_same_rows_as_parquet_arrow_and_ndjson_are_duplicates(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = {
        "indicator": ["import.level"] * 2,
        "subject": ["urn:dinh:organisation:my-thanh"] * 2,
        "observed_at": ["2026-11-20T08:00:00+07:00", "2026-11-20T08:20:00+07:00"],
        "value": [1.25, 1.265],
        "source": ["book"] * 2,
    }
    table = pa.table(rows)
    pq.write_table(table, folder / "levels.parquet")
    with pa.ipc.new_file(folder / "levels.feather", table.schema) as writer:
        writer.write_table(table)
    with pa.ipc.new_stream(str(folder / "levels.arrows"), table.schema) as writer:
        writer.write_table(table)
    lines = [json.dumps(row) for row in table.to_pylist()]
    (folder / "levels.ndjson").write_text("\n".join(lines), encoding="utf-8")
    imported(folder)
    for name in ("levels.parquet", "levels.feather", "levels.arrows", "levels.ndjson"):
        capsys.readouterr()
        assert run([str(folder / name)]) == 0
        assert "duplicates:           2" in capsys.readouterr().out, name


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[columns]\nvalve = 'x'", "valve is no field"),
        ("[colums]\nvalue = 'x'", "there is no 'colums'"),
        ("[time]\nzone = 'Asia/Saigonn'", "Saigonn"),
        ("[subject]\ntemplate = '{name}'", "{slug}"),
        ("[stations]\nfile = 'x'", "longitude"),
        ("[columns", "TOML"),
    ],
)
def test_a_wrong_mapping_is_refused_with_its_place_and_remedy(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "mapping.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Invalid) as caught:
        mapping.read(path)
    assert says in caught.value.message


def test_a_column_that_is_not_there_is_named(folder: Path) -> None:
    (folder / "levels.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(Invalid, match="Trạm"):
        imported(folder)


def test_a_file_that_is_not_what_its_name_says_is_refused_in_one_sentence(folder: Path) -> None:
    for name in ("x.parquet", "x.feather", "x.ndjson", "x.xyz", "absent.csv"):
        if name != "absent.csv":
            (folder / name).write_bytes(b"\x00nonsense")
        with pytest.raises(Invalid, match=name):
            imported(folder, name)


def test_names_that_differ_only_in_letters_a_slug_drops_stay_two_subjects() -> None:
    one = mapping.subject_urn("urn:dinh:asset:aq-{slug}-{hash}", "Haiphong, HaI Phong, Vietnam")
    other = mapping.subject_urn("urn:dinh:asset:aq-{slug}-{hash}", "Haiphong, Hai Phong, Vietnam")
    assert one != other


@pytest.mark.slow
@pytest.mark.skipif(not MEASUREMENTS.exists(), reason=f"the measurements are not in {SENSORS}")
def test_half_a_million_real_measurements_are_accounted_for_and_a_second_import_adds_none(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for accepted, duplicates in ((407_713, 0), (0, 407_713)):
        assert run([str(MEASUREMENTS), "--mapping", str(EXAMPLE)]) == 0
        told = {
            line.split(":")[0].strip(): line.split(":")[1].split("(")[0].strip()
            for line in capsys.readouterr().out.splitlines()
            if ":" in line
        }
        assert told["rows"] == "546,079"
        assert told["accepted"] == f"{accepted:,}"
        assert told["duplicates"] == f"{duplicates:,}"
        assert told["corrections"] == "0"
        assert told["unit.incompatible"] == "138,366"
    assert len({row.subject for row in observations.series_of(indicator="air.pm25")}) > 250
