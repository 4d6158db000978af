"""THREAT_MODEL.md names the tests that prove its defences: they exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[5]
FOLDERS = {
    "account": ROOT / "src/dinh/systems/account/tests",
    "parties": ROOT / "src/dinh/spine/parties/tests",
    "cases": ROOT / "src/dinh/spine/cases/tests",
    "web": ROOT / "src/dinh/web/tests",
    "permissions": ROOT / "tests/permissions",
    "observations": ROOT / "src/dinh/spine/observations/tests",
    "maps": ROOT / "src/dinh/systems/maps/tests",
    "journeys": ROOT / "tests/journeys",
    "local_news": ROOT / "src/dinh/systems/local_news/tests",
    "citizen_app": ROOT / "src/dinh/systems/citizen_app/tests",
    "verification": ROOT / "src/dinh/systems/verification/tests",
    "network_5g": ROOT / "src/dinh/systems/network_5g/tests",
    "submissions": ROOT / "src/dinh/spine/submissions/tests",
    "documents": ROOT / "src/dinh/spine/documents/tests",
    "public_services": ROOT / "src/dinh/systems/public_services/tests",
}


def test_every_named_test_exists() -> None:
    model = ROOT / "THREAT_MODEL.md"
    if not model.is_file():
        pytest.skip("THREAT_MODEL.md is not beside this source")
    known = [
        name
        for folder in FOLDERS.values()
        for file in folder.glob("test_*.py")
        for name in re.findall(r"^(?:async )?def (test_\w+)", file.read_text(encoding="utf-8"), re.MULTILINE)
    ]
    text = model.read_text(encoding="utf-8")
    named = re.findall(r"::(test_\w+)(…)?", text)
    assert len(named) > 30
    for prefix, cut in named:
        assert any(name.startswith(prefix) if cut else name == prefix for name in known), prefix
    for folder, file in re.findall(r"`(account|cases|maps|parties|web|permissions)/(test_\w+\.py)", text):
        assert (FOLDERS[folder] / file).is_file(), file
