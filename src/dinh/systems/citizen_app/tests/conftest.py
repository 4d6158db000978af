"""One commune with its office, and a journal that is this test's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings

from dinh.spine.jobs import api as jobs
from dinh.spine.submissions import api as submissions


@pytest.fixture(autouse=True)
def _journal(settings: LazySettings, tmp_path: Path) -> Iterator[None]:
    submissions.stop()
    settings.SUBMISSIONS_HOME = tmp_path / "submissions"
    yield
    submissions.stop()


def worked_off() -> None:
    submissions.work_off()
    jobs.deliver_pending()


def given(**changes: Any) -> dict[str, Any]:
    """A report as the form sends it."""
    values = {
        "category": "noise", "description": "Loa kéo hát đến nửa đêm", "address": "Hẻm 5, gần chợ", "phone": "0912 345 678",
        "name": "Trần Thị Mẫu",
    }  # fmt: skip
    return values | changes
