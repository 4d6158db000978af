"""`dinh import table`: every cell taken or told of, nothing twice, the same next month."""

from __future__ import annotations

import json
import os
import re
import zipfile
from collections import Counter
from pathlib import Path

import msgspec
import pytest

from dinh.engines.tables import legacy_fonts, reading
from dinh.gateways.tabular import command, keeping, mapping, naming, suggesting, taking
from dinh.gateways.tabular.judging import Judge
from dinh.gateways.tabular.mapping import Mapping, Use
from dinh.kernel.errors import Invalid, NotFound
from dinh.spine.observations import api as observations
from dinh.spine.parties.api import SYSTEM
from dinh.spine.places import api as places

SOC_TRANG = "urn:dinh:unit:2004:94"
WIDE = """Dân số các huyện

Huyện;2018;2019;Sơ bộ 2020
Tổng số;1.199,5;1.195,7;1.200,1
H. Kế Sách;149,8;149,2;..
Mỹ Tú;90,7;cao;89,3
huyen My Xuyen;150,5;150,1;150,2
Không Đâu;1,5;2,5;3,5
"""


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict[str, object]:
    assert command.run([*map(str, arguments), "--json"]) == 0
    told: dict[str, object] = json.loads(capsys.readouterr().out)
    return told


def districts(tmp_path: Path, **changes: object) -> Path:
    path = tmp_path / "mapping.json"
    value = Use(header="2018", role="value", indicator="test.population", unit="1", factor=1000, period="header")
    whole = Mapping(
        source="book", level="district", within=SOC_TRANG,
        columns=[Use(header="Huyện", role="place"), value, *(Use(header=h, role="value", indicator="test.population",
                 unit="1", factor=1000, period="header") for h in ("2019", "Sơ bộ 2020"))],
    )  # fmt: skip
    path.write_text(mapping.write(msgspec.structs.replace(whole, **changes)), encoding="utf-8")
    return path


def test_good_cells_are_taken_bad_ones_told_and_nothing_twice(
    ground: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, refused = tmp_path / "danso.csv", tmp_path / "refused.csv"
    file.write_bytes(WIDE.encode("utf-16"))
    told = run(capsys, file, "--mapping", districts(tmp_path), "--out-refused", refused, "--save-mapping", "Dân số")
    assert (told["rows"], told["accepted"], told["missing"], told["totals"], told["preliminary"]) == (5, 8, 1, 1, 3)
    assert told["refused"] == {"number.not_number": 1, "place.unknown": 1}
    lines = refused.read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == "Huyện;2018;2019;Sơ bộ 2020;lý do / reason"
    assert [line.split(";")[0] for line in lines[1:]] == ["Mỹ Tú", "Không Đâu"]
    held, _ = observations.readings(
        indicator="test.population", start=_year(2018), end=_year(2021), within=SOC_TRANG, limit=100
    )
    by_place = {(row["subject"], row["observed_at"].year + 1): row["value"] for row in held.to_pylist()}
    ke_sach = next(
        row.urn for row in places.find("Kế Sách", kinds=("unit",), within=SOC_TRANG) if row.level == "district"
    )
    assert by_place[ke_sach, 2018] == 149_800
    assert by_place[ke_sach, 2020] is None
    again = run(capsys, file)  # the mapping is found by the headers
    assert again["mapping"] == "Dân số (version 1)"
    assert (again["accepted"], again["duplicates"], again["corrections"]) == (0, 8, 0)


def _year(year: int):  # type: ignore[no-untyped-def]
    from datetime import date

    from dinh.kernel.clock import start_of_day

    return start_of_day(date(year, 1, 1))


def test_next_years_columns_are_known_by_the_mapping_of_this_year(
    ground: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "danso.csv"
    file.write_text(WIDE, encoding="utf-8")
    run(capsys, file, "--mapping", districts(tmp_path), "--save-mapping", "Dân số")
    file.write_text("Huyện;2018;2019;2020;2021\nKế Sách;149,8;149,2;150;151,5\n", encoding="utf-8")
    told = run(capsys, file)
    assert (told["mapping"], told["accepted"], told["duplicates"], told["corrections"]) == (
        "Dân số (version 1)",
        1,
        2,
        1,
    )


def test_a_long_table_in_an_old_font_names_place_indicator_period_and_unit(
    ground: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = ["Địa phương;Chỉ tiêu;Kỳ;Đơn vị tính;Giá trị", "Sóc Trăng;Dân số;quý I/2019;1;1.199.653", "Tỉnh Cà Mau;Diện tích;2019;ha;522,1",
            "Sóc Trăng;Chiều cao;2019;m;1,5", "Sóc Trăng;Dân số;hôm qua;1;2,5"]  # fmt: skip
    file = tmp_path / "dai.csv"
    file.write_bytes(legacy_fonts.to_tcvn3("\n".join(rows)).encode("latin-1"))
    told = run(capsys, file, "--source", "book")
    assert told["encoding"] == "tcvn3"
    assert (told["accepted"], told["refused"]) == (2, {"indicator.unknown": 1, "period.not_date": 1})
    held, _ = observations.readings(indicator="test.area", start=_year(2019), end=_year(2020), limit=10)
    assert held.column("value").to_pylist() == [pytest.approx(5.221)]


def test_a_preview_records_nothing_and_an_ambiguous_column_waits_for_a_choice(
    ground: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a.csv"
    file.write_text("Tỉnh;Năm;Dân số\nSóc Trăng;2019;1.199\nCà Mau;2019;1.194\n", encoding="utf-8")
    told = run(capsys, file, "--source", "book", "--preview")
    assert (told["accepted"], told["refused"]) == (0, {"number.ambiguous": 2})
    chosen = tmp_path / "m.json"
    run(capsys, file, "--source", "book", "--preview", "--write-mapping", chosen)
    chosen.write_text(
        chosen.read_text(encoding="utf-8").replace('"version": 1', '"version": 1, "decimal": ","', 1), "utf-8"
    )
    if '"decimal"' not in chosen.read_text(encoding="utf-8"):
        chosen.write_text(chosen.read_text(encoding="utf-8").replace("{", '{"decimal": ",",', 1), encoding="utf-8")
    assert run(capsys, file, "--mapping", chosen, "--preview")["accepted"] == 2
    assert observations.readings(indicator="test.population", start=_year(2019), end=_year(2020))[0].num_rows == 0


def test_totals_may_be_figures_of_the_area_above(
    ground: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "danso.csv"
    file.write_text(WIDE, encoding="utf-8")
    told = run(capsys, file, "--mapping", districts(tmp_path, totals="above", above=SOC_TRANG))
    assert (told["accepted"], told["totals"]) == (11, 0)


def test_places_come_in_by_coordinates_of_vn_2000(
    ground: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "tram.csv"
    file.write_text(
        "Mã;Tên;X;Y\nTR1;Trạm Mỹ Thanh;1041000,5;562000,25\nTR2;Trạm lạc;12;13\nTR3;;1041000;562000\n", encoding="utf-8"
    )
    written = tmp_path / "m.json"
    with pytest.raises(Invalid, match="meridian"):
        command.run([str(file), "--write-mapping", str(written)])
    body = mapping.read(written.read_bytes())
    written.write_text(mapping.write(msgspec.structs.replace(body, meridian=105.5, place_level="water_gauge")), "utf-8")
    assert command.run([str(file), "--mapping", str(written)]) == 0
    assert "1 new" in capsys.readouterr().out
    row = places.place("urn:dinh:asset:tr1")
    assert row.longitude == pytest.approx(106.066, abs=0.01)
    assert row.latitude == pytest.approx(9.412, abs=0.01)
    assert row.unit is not None
    assert command.run([str(file), "--mapping", str(written)]) == 0
    assert "0 new, 0 changed, 1 unchanged, 2 refused" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "level", "urn"),
    [
        ("Soc Trang", "province", SOC_TRANG), ("TP. Hồ Chí Minh", "province", "urn:dinh:unit:2004:79"),
        ("tỉnh SÓC TRĂNG", "", SOC_TRANG), ("Soc Trang Province", "", SOC_TRANG), ("94", "", SOC_TRANG),
        ("Thua Thien-Hue", "province", "urn:dinh:unit:2004:46"),
    ],
)  # fmt: skip
def test_a_name_in_any_spelling_is_its_place(ground: None, text: str, level: str, urn: str) -> None:
    assert naming.Names({}, level=level).of(text, 0).urn == urn


def test_a_name_of_several_places_is_told_with_those_it_may_mean(ground: None) -> None:
    found = naming.Names({}, level="commune").of("Tân Hưng", 0)
    assert found.code == "place.ambiguous"
    assert len(found.candidates) > 1
    chosen = naming.Names({"tan hung": found.candidates[0][0]}, level="commune").of("TÂN HƯNG", 0)
    assert chosen.urn == found.candidates[0][0]
    assert naming.Names({}, level="province").of("TP. Cần Thơ", 1).urn == "urn:dinh:unit:2025:92"
    assert naming.Names({}).of("H. Kế Sách", 0).urn != naming.Names({}).of("xã Kế Sách", 1).urn


def test_a_mapping_that_is_no_mapping_says_where(ground: None) -> None:
    for body in (
        "{",
        '{"columns": [{"header": "a", "role": "king"}]}',
        '{"version": 2}',
        '{"columns": 3}',
        '{"colour": 1}',
    ):
        with pytest.raises(Invalid, match="mapping"):
            mapping.read(body)
    with pytest.raises(NotFound):
        keeping.saved("keiner", by=SYSTEM)


def test_refused_cells_run_no_formulas() -> None:
    assert taking.escaped("=1+1") == "'=1+1"
    assert taking.escaped("@x") == "'@x"
    assert [taking.escaped(text) for text in ("-1,5", "-", "+3", "Sóc Trăng")] == ["-1,5", "-", "+3", "Sóc Trăng"]


STATISTICS = Path(os.environ.get("DINH_TEST_DATA", Path(__file__).parents[5].parent / "shared" / "data")) / "statistics"
YEARBOOKS = STATISTICS / "gso_vietnam_statistics_346csv_2019.zip"


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_every_table_of_the_yearbooks_with_a_row_of_soc_trang_comes_in_once(ground: None) -> None:
    """104 tables of the General Statistics Office: a mapping is suggested, saved, found again by name, and used twice."""
    if not YEARBOOKS.exists():
        pytest.skip(f"{YEARBOOKS} is absent; set DINH_TEST_DATA to the folder of real test data")
    observations.start()
    totals: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    names: Counter[str] = Counter()
    soc_trang = tables = 0
    with zipfile.ZipFile(YEARBOOKS) as archive:
        files = {name: archive.read(name) for name in sorted(archive.namelist()) if name.endswith(".csv")}
    chosen = {
        Path(name).stem: data for name, data in files.items() if re.search(rb"Soc Trang|S\xc3\xb3c Tr\xc4\x83ng", data)
    }
    for name, data in chosen.items():
        table = reading.read(data)
        known = {spec.code: spec for spec in observations.indicators()}
        found = suggesting.suggest(table, known, source="book", prefix="gso", title=name)
        observations.declare_indicators(found.declare, by=SYSTEM)
        keeping.save(name[:120], found.mapping, table.headers, by=SYSTEM)
        tally = _imported(name, data)
        counts = tally.counts()
        refused.update(counts.pop("refused"))
        totals.update(counts)
        names.update(problem.value for problem in tally.told.kept)
        tables += bool(tally.accepted)
        soc_trang += observations.series_of(subject=SOC_TRANG, limit=1)[0].subject == SOC_TRANG
    assert (len(chosen), tables, soc_trang) == (104, 104, 104)
    assert totals["rows"] == 7034
    assert totals["accepted"] == 150_305
    assert totals["missing"] == 6_794
    assert (totals["totals"], totals["duplicates"], totals["corrections"]) == (691, 0, 0)
    assert refused == {"place.unknown": 82}
    assert names["Ha Tay"] == 70  # a province until 2008, which the catalogue of units does not hold
    again = Counter[str]()
    for name, data in chosen.items():
        counts = _imported(name, data).counts()
        again.update({key: counts[key] for key in ("accepted", "duplicates", "corrections")})
    assert again == {"accepted": 0, "duplicates": 150_305, "corrections": 0}


def _imported(name: str, data: bytes) -> taking.Tally:
    kept = keeping.saved(name[:120], by=SYSTEM).mapping
    table = reading.read(data, command.wishes_of(kept))
    judge = Judge(table, kept, {spec.code: spec for spec in observations.indicators()}, by=SYSTEM)
    tally = taking.Tally()
    for _, part in taking.parts(table, len(judge.values)):
        taking.take(part, judge, tally, by=SYSTEM, channel="table")
    return tally
