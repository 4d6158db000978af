"""What `tools/new_system` makes passes everything that the tree passes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_a_new_system_passes_lint_types_contracts_and_its_own_tests(tmp_path: Path) -> None:
    ignore = shutil.ignore_patterns("__pycache__", "node_modules", ".git", ".venv", ".dinh", ".mypy_cache", "site")
    root = tmp_path / "tree"
    shutil.copytree(ROOT, root, ignore=ignore, symlinks=True)
    bin_folder = Path(sys.executable).parent
    environment = os.environ | {"PYTHONPATH": f"{root / 'src'}:{root}", "DINH_HOME": str(tmp_path / "home")}
    environment.pop("DINH_DATABASE_URL", None)

    def run(*command: str) -> None:
        result = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
        assert result.returncode == 0, f"{command}\n{result.stdout[-3000:]}{result.stderr[-3000:]}"

    python = sys.executable
    run(python, "tools/new_system", "tide_tables", "--vi", "Bảng thuỷ triều", "--en", "Tide tables")
    folder = "src/dinh/systems/tide_tables"
    run(str(bin_folder / "ruff"), "check", folder)
    run(str(bin_folder / "ruff"), "format", "--check", folder)
    run(str(bin_folder / "mypy"), folder)
    run(str(bin_folder / "lint-imports"), "--no-cache")
    run(python, "tools/lint_templates.py")
    run(python, "-m", "pytest", folder)


def test_a_bad_name_is_refused_and_makes_nothing(tmp_path: Path) -> None:
    result = subprocess.run(
        [sys.executable, "tools/new_system", "Bad-Name"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 2
    assert "Bad-Name" in result.stderr
