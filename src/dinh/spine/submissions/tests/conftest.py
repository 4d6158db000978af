from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import LazySettings

from dinh.kernel.manifests import Text
from dinh.spine.submissions import accepting, kinds
from dinh.spine.submissions import api as submissions
from dinh.spine.submissions.api import Submission, SubmissionKind


class Office:
    """A kind of submission that only these tests declare; it notes what it worked off."""

    def __init__(self) -> None:
        self.done: list[Submission] = []
        self.raises: Exception | None = None
        self.raises_for: dict[UUID, Exception] = {}

    def work(self, submission: Submission, prepared: Any) -> str:
        if (error := self.raises_for.get(submission.id, self.raises)) is not None:
            raise error
        self.done.append(submission)
        return f"urn:dinh:paper:{submission.number}"


@pytest.fixture
def office(settings: LazySettings, tmp_path: Path) -> Iterator[Office]:
    accepting.stop()
    settings.SUBMISSIONS_HOME = tmp_path
    found = Office()
    submissions.declare(SubmissionKind("paper", Text("Giấy thử", "Test paper"), "GT", found.work))
    yield found
    accepting.stop()
    kinds.kinds.pop("paper")
