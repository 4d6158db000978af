"""The kinds of submission that this process knows."""

from __future__ import annotations

from typing import Final

from dinh.kernel.errors import Invalid
from dinh.spine.submissions.api import SubmissionKind

kinds: Final[dict[str, SubmissionKind]] = {}


def kind_of(code: str) -> SubmissionKind:
    """Raises Invalid `submissions.no_kind`."""
    known = kinds.get(code)
    if known is None:
        raise Invalid(
            "submissions.no_kind",
            "nobody here takes in '{code}'; there are {known}",
            code=code,
            known=", ".join(sorted(kinds)) or "none",
        )
    return known
