from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def store_home(settings: Any, tmp_path: Path) -> Path:
    """A store and keys of each test's own."""
    settings.FILES_HOME = tmp_path / "files"
    settings.FILES_KEYS = tmp_path / "keys"
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "uploads"
    (tmp_path / "uploads").mkdir()
    return tmp_path
