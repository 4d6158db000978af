"""Whether a request may stand in public before an official has seen it. The office gets it either way."""

from __future__ import annotations

import re
import unicodedata
from datetime import timedelta
from typing import Final

from dinh.kernel.vietnamese_text import fold
from dinh.spine.requests import models
from dinh.spine.requests.api import Draft
from dinh.spine.submissions.api import Submission

MANY_AN_HOUR: Final = 8
SAME_WORDS: Final = timedelta(days=1)
_LINK: Final = re.compile(
    r"https?:/|www\.|\b[a-z0-9-]{2,}\.(?:com|net|org|vn|xyz|top|vip|shop|info|link|click|me|ly|io|gg|cc|biz|site|online|club|pro|app)\b",
    re.IGNORECASE,
)
_NUMBER: Final = re.compile(r"(?<!\d)(?:\+?84|0)[\s./-]{0,3}[1-9](?:[\s./-]{0,3}\d){8}(?!\d)|(?<!\d)\d{12}(?!\d)")
"""Phone numbers and the twelve digits of an identity number: somebody's, and not for everybody."""


def why_not_shown(draft: Draft, submission: Submission) -> str:
    """check, or '' where nothing speaks against it."""
    words = _as_read(f"{draft.description} {draft.address}")
    if draft.many or _LINK.search(words) or _NUMBER.search(words):
        return "check"
    since = submission.at - SAME_WORDS
    if submission.sender:
        lately = models.Request.objects.filter(sender=submission.sender, at__gte=submission.at - timedelta(hours=1))
        if lately.count() >= MANY_AN_HOUR:
            return "check"
    said = fold(draft.description)
    if len(said) >= 20:
        twins = models.Request.objects.filter(
            at__gte=since, at__lte=submission.at, category=draft.category, description=draft.description
        )
        if twins.exists():
            return "check"
    return ""


def _as_read(words: str) -> str:
    """As a reader takes them: wide digits are digits, and signs that nobody sees part nothing."""
    plain = unicodedata.normalize("NFKC", words)
    return "".join(sign for sign in plain if unicodedata.category(sign) != "Cf")
