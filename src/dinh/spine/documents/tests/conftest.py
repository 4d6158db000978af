from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import LazySettings

from dinh.spine.documents.tests import papers


@pytest.fixture
def office(db: None, settings: LazySettings, tmp_path: Path) -> None:
    """A house with a seal of its own, and an office that issues."""
    settings.SEAL_HOME = tmp_path / "seal"
    papers.prepare_office()
