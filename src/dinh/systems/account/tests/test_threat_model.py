"""THREAT_MODEL.md names the tests that prove its defences: they exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[5]


def test_every_named_test_exists() -> None:
    model = ROOT / "THREAT_MODEL.md"
    if not model.is_file():
        pytest.skip("THREAT_MODEL.md is not beside this source")
    files = [*ROOT.glob("src/dinh/**/tests/test_*.py"), *ROOT.glob("tests/**/test_*.py")]
    known = {
        name
        for file in files
        for name in re.findall(r"^(?:async )?def (test_\w+)", file.read_text(encoding="utf-8"), re.MULTILINE)
    }
    text = model.read_text(encoding="utf-8")
    named = re.findall(r"::(test_\w+)(…)?", text)
    assert len(named) > 30
    for prefix, cut in named:
        assert any(name.startswith(prefix) if cut else name == prefix for name in known), prefix
    there = {file.name for file in files}
    assert {file for file in re.findall(r"(test_\w+\.py)", text) if file not in there} == set()
