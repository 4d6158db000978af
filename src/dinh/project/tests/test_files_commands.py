"""`dinh files …`: what an operator sees."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dinh.kernel.errors import Invalid
from dinh.project.commands import files__rotate_key, files__scan, files__verify
from dinh.spine.files import api as files

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _store(settings: Any, tmp_path: Path) -> None:
    settings.FILES_HOME, settings.FILES_KEYS = tmp_path / "files", tmp_path / "keys"


def test_a_sound_store_is_told_and_a_damaged_one_named(settings: Any, capsys: pytest.CaptureFixture[str]) -> None:
    row = files.save(b"text", name="a.txt", about="urn:dinh:case:1", by="")
    assert files__rotate_key.run([]) == 0
    assert files__verify.run([]) == 0
    assert "1 contents: sound" in capsys.readouterr().out
    for blob in settings.FILES_HOME.glob("??/*"):
        blob.write_bytes(b"x")
    assert files__verify.run([]) == 1
    told = capsys.readouterr().out
    assert row.urn in told
    assert "NOT SOUND" in told


def test_scanning_again_needs_a_scanner(settings: Any, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    files.save(b"text", name="a.txt", about="urn:dinh:case:1", by="")
    with pytest.raises(Invalid, match="DINH_VIRUS_SCAN"):
        files__scan.run([])
    program = tmp_path / "scan"
    program.write_text("#!/bin/sh\ngrep -q text && echo Found && exit 1\nexit 0\n")
    program.chmod(0o700)
    settings.VIRUS_SCAN = f"command:{program}"
    assert files__scan.run([]) == 1
    assert "held back: urn:dinh:file:" in capsys.readouterr().out
    assert files__scan.run([]) == 0
