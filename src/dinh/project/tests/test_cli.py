from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dinh.project import cli

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
