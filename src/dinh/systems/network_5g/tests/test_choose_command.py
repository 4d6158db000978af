from __future__ import annotations

import json
from pathlib import Path

import pytest

from dinh.kernel.errors import Invalid
from dinh.systems.network_5g.commands import choosing

CANDIDATES = "name,latitude,longitude,cost\nA,9.50,105.50,1\nB,9.55,105.56,1\nC,9.60,105.62,3\n"
DEMAND = "latitude,longitude,population\n9.501,105.501,900\n9.551,105.561,500\n9.601,105.621,800\n9.602,105.621,100\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "candidates.csv").write_text(CANDIDATES, encoding="utf-8")
    (tmp_path / "demand.csv").write_text(DEMAND, encoding="utf-8")
    return tmp_path


def ran(folder: Path, *more: str) -> int:
    return choosing.run(
        [
            "--candidates",
            str(folder / "candidates.csv"),
            "--demand",
            str(folder / "demand.csv"),
            "--radius-km",
            "2",
            *more,
        ]
    )


def test_the_most_people_are_covered_and_each_site_is_explained(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ran(folder, "--count", "2", "--json", "--out", str(folder / "chosen.csv")) == 0
    told = json.loads(capsys.readouterr().out)
    assert {site["name"] for site in told["sites"]} == {"A", "C"}
    assert (told["covered"], told["total"], told["proven"]) == (1800, 2300, True)
    assert {site["runner_up"] for site in told["sites"]} == {"B"}
    assert (folder / "chosen.csv").read_text(encoding="utf-8").startswith("name,latitude,longitude,alone,adds,only")


def test_a_budget_and_a_target_are_answered_too(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ran(folder, "--budget", "2", "--json") == 0
    assert {site["name"] for site in json.loads(capsys.readouterr().out)["sites"]} == {"A", "B"}
    assert ran(folder, "--target-percent", "75") == 0
    assert "no better choice exists" in capsys.readouterr().out


def test_faulty_lists_choose_nothing_and_tell_every_fault(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "demand.csv").write_text(DEMAND + "105.5,9.5,10\n9.5,105.5,\n", encoding="utf-8")
    assert ran(folder, "--count", "1") == 1
    told = capsys.readouterr().err
    assert "are the two columns swapped?" in told
    assert "is empty or no number" in told
    (folder / "demand.csv").write_text("latitude,longitude\n9.5,105.5\n9.6,105.6\n", encoding="utf-8")
    with pytest.raises(Invalid, match="no column «Dân số / people»"):
        ran(folder, "--count", "1")


def test_a_cost_is_given_to_each_candidate_or_to_none(folder: Path) -> None:
    (folder / "candidates.csv").write_text(CANDIDATES.replace("105.56,1", "105.56,"), encoding="utf-8")
    with pytest.raises(Invalid, match="1 candidates have no cost, the first is B"):
        ran(folder, "--budget", "2")
