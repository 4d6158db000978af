from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from pyarrow import csv as pc
from pyarrow import feather
from pyarrow import parquet as pq

from dinh.kernel.errors import Invalid
from dinh.project import cli
from dinh.spine.observations import api as observations

DINH = Path(sys.executable).parent / "dinh"


def dinh(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([DINH, *arguments], env=os.environ | variables, capture_output=True, text=True, check=False)


def test_the_verbs_of_the_design_are_there() -> None:
    known = set(cli.verbs())
    assert {
        "demo",
        "serve",
        "worker",
        "check",
        "bench",
        "migrate",
        "import boundaries",
        "import indicators",
        "import readings",
        "export readings",
        "ledger verify",
        "ledger export",
    } <= known
    assert all(text for text, _run in cli.verbs().values())


def test_help_lists_every_verb() -> None:
    result = dinh("help")
    assert result.returncode == 0
    assert all(f"  {verb} " in result.stdout for verb in cli.verbs())


def test_an_unknown_verb_is_named_and_ends_with_2() -> None:
    result = dinh("frobnicate")
    assert result.returncode == 2
    assert "frobnicate" in result.stderr
    assert result.stdout == ""


def test_a_wrong_setting_is_told_in_one_line() -> None:
    result = dinh("help", PORT="8000", DINH_DATABASE_URL="mysql://x/y")
    assert result.returncode == 1
    assert "mysql" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.slow
def test_check_says_what_to_mend_and_then_that_all_is_well(tmp_path: Path) -> None:
    variables = {"DINH_HOME": str(tmp_path / "home"), "PORT": "8911", "DINH_DATABASE_URL": ""}
    before = dinh("check", **variables)
    assert before.returncode == 1
    assert "dinh migrate" in before.stdout
    assert dinh("migrate", **variables).returncode == 0
    after = dinh("check", **variables)
    assert "BAD  registers" not in after.stdout
    assert "ok   history" in after.stdout
    assert "ok   ledger" in after.stdout


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("ending", ["parquet", "csv", "arrow"])
def test_readings_are_exported_in_the_format_that_the_ending_names(ending: str, tmp_path: Path) -> None:
    from dinh.project.commands import export__readings
    from dinh.spine.observations.tests import factories
    from dinh.spine.parties.api import SYSTEM

    factories.declare()
    observations.record(
        [factories.reading(20.5), factories.reading(21.5, "2026-11-20T08:10:00+07:00")], by=SYSTEM, channel="file"
    )
    target = tmp_path / f"readings.{ending}"
    span = ["--from", "2026-11-20T00:00:00Z", "--to", "2026-11-21T00:00:00Z"]
    assert export__readings.run([str(target), *span]) == 0
    table = {"parquet": pq.read_table, "csv": pc.read_csv, "arrow": feather.read_table}[ending](target)
    assert sorted(table["value"].to_pylist()) == [20.5, 21.5]
    assert [file.name for file in tmp_path.iterdir()] == [target.name]


def test_an_export_without_a_known_ending_is_refused(tmp_path: Path) -> None:
    from dinh.project.commands import export__readings

    with pytest.raises(Invalid, match=r"readings\.xml"):
        export__readings.run([str(tmp_path / "readings.xml")])
