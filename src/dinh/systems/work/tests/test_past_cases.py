"""Cases of another system, taken over with their real times."""

from __future__ import annotations

import os
import statistics
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from dinh.kernel.errors import Invalid, NotFound
from dinh.spine.cases import api as cases
from dinh.spine.ledger import api as ledger
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import SYSTEM
from dinh.systems.work.feeds import past_cases

pytestmark = pytest.mark.django_db
MAPPING = """
[columns]
key = "id"
title = "what"
opened_at = "opened"
closed_at = "closed"
due_at = "due"
department = "office"
[constants]
type = "task"
[times]
form = "%d/%m/%Y %H:%M"
[departments]
prefix = "old-"
"""
FILE = """id,what,opened,closed,due,office
1,Ổ gà,01/03/2025 08:00,01/03/2025 10:00,02/03/2025 08:00,Giao thông
2,Đèn hỏng,01/03/2025 09:00,05/03/2025 09:00,02/03/2025 09:00,Giao thông
3,Rác,01/03/2025 09:00,,02/03/2025 09:00,Môi trường
4,Sai giờ,02/03/2025 09:00,01/03/2025 09:00,,Môi trường
5,Không rõ,hôm qua,,,
"""
REAL = Path(__file__).resolve().parents[6] / "shared" / "data" / "reports" / "boston311_2015_121145.csv.gz"
EXAMPLE = Path(__file__).resolve().parents[5] / "docs" / "examples" / "boston_311.toml"


def test_past_cases_keep_their_times_and_what_cannot_be_is_refused_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "map.toml").write_text(MAPPING, encoding="utf-8")
    (tmp_path / "old.csv").write_text(FILE, encoding="utf-8")
    arguments = [str(tmp_path / "old.csv"), "--mapping", str(tmp_path / "map.toml")]
    assert past_cases.run(arguments) == 0
    told = capsys.readouterr()
    assert "5 rows" in told.out
    assert "3 taken, 0 there already, 2 refused" in told.out
    assert "cases.past_order" in told.err
    assert "line 6: opened: 'hôm qua'" in told.err
    ended = cases.case("urn:dinh:case:2025-000001")
    assert ended.opened_at == datetime(2025, 3, 1, 1, 0, tzinfo=UTC)
    assert [act.at for act in cases.acts(ended.urn)] == [ended.opened_at, ended.closed_at]
    assert not cases.altered_acts(ended.urn)
    page = cases.cases(cases.CaseQuery(at=datetime(2025, 3, 1, 2, 30, tzinfo=UTC)), actor=SYSTEM)
    assert page.total == 3, "rewound to that morning all three were open"
    assert cases.escalate_overdue() == 0, "history does not escalate"
    office = next(row for row in parties.organisations("giao thong"))
    (row,) = (
        row
        for row in cases.department_figures(
            since=datetime(2025, 1, 1, tzinfo=UTC), until=datetime(2026, 1, 1, tzinfo=UTC), actor=SYSTEM
        )
        if row.organisation == office.urn
    )
    assert (row.opened, row.closed, row.minutes_to_close, row.on_time) == (2, 2, (120 + 4 * 1440) / 2, 0.5)
    leaves = ledger.head().size
    assert past_cases.run(arguments) == 0
    assert "0 taken, 3 there already" in capsys.readouterr().out
    assert ledger.head().size == leaves


def test_a_mapping_that_cannot_work_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    broken = tmp_path / "map.toml"
    broken.write_text('[columns]\nkey = "id"\ncolour = "x"\n', encoding="utf-8")
    with pytest.raises(Invalid, match="strange: colour"):
        past_cases.run([str(tmp_path / "a.csv"), "--mapping", str(broken)])
    broken.write_text(MAPPING, encoding="utf-8")
    with pytest.raises(NotFound):
        past_cases.run([str(tmp_path / "a.csv"), "--mapping", str(broken)])
    (tmp_path / "a.csv").write_text("id,what\n1,x\n", encoding="utf-8")
    with pytest.raises(Invalid, match="no column closed, due, office, opened"):
        past_cases.run([str(tmp_path / "a.csv"), "--mapping", str(broken)])


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_year_of_a_city_gives_the_figures_that_sql_gives(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every fifth request, or with DINH_TEST_WHOLE=1 all 121,145."""
    if not REAL.is_file():
        pytest.skip("the year of requests of a city lies beside the project, in shared/data/reports; it is not there")
    each = 1 if os.environ.get("DINH_TEST_WHOLE") else 5
    file = tmp_path / "requests.csv"
    duckdb.sql(
        f"COPY (SELECT * EXCLUDE n FROM (SELECT *, row_number() OVER () AS n FROM read_csv('{REAL}', all_varchar = true))"
        f" WHERE n % {each} = 0) TO '{file}' (HEADER)"
    )
    assert past_cases.run([str(file), "--mapping", str(EXAMPLE)]) == 0
    assert f"{121_145 // each} rows" in capsys.readouterr().out
    relation = duckdb.sql(
        f"""
        WITH given AS (
            SELECT Department AS office, strptime(OPEN_DT, '%m/%d/%Y %I:%M:%S %p') AS opened,
                   strptime(CLOSED_DT, '%m/%d/%Y %I:%M:%S %p') AS closed, strptime(TARGET_DT, '%m/%d/%Y %I:%M:%S %p') AS due
            FROM read_csv('{file}', all_varchar = true) WHERE trim(coalesce(CASE_TITLE, '')) <> ''
        )
        SELECT office, count(closed) AS closed,
               median(date_diff('second', timezone('America/New_York', opened), timezone('America/New_York', closed)))
                 FILTER (closed IS NOT NULL) / 60.0 AS minutes,
               count(*) FILTER (closed > due) / nullif(count(closed), 0) AS late
        FROM given WHERE closed IS NULL OR timezone('America/New_York', closed) >= timezone('America/New_York', opened)
        GROUP BY office
        """
    )
    assert relation is not None
    expected = {office: (closed, minutes, late) for office, closed, minutes, late in relation.fetchall()}
    names = {row.urn: row.name_vi for row in parties.organisations(limit=1000)}
    found = cases.department_figures(
        since=datetime(2014, 12, 1, tzinfo=UTC), until=datetime(2017, 1, 1, tzinfo=UTC), actor=SYSTEM
    )
    assert len(found) == len(expected) > 10
    for row in found:
        closed, minutes, late = expected[names[row.organisation]]
        assert row.closed == closed
        if closed:
            assert row.minutes_to_close == pytest.approx(minutes)
            assert row.on_time == pytest.approx(1 - late)
    assert statistics.fmean(row.on_time or 0 for row in found) > 0.5
