"""Whether a request may stand in public before an official has seen it. The office gets it either way."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from dinh.kernel.vietnamese_text import fold
from dinh.spine.requests import models
from dinh.spine.requests.api import HELD, Draft
from dinh.spine.submissions.api import Submission

MANY_AN_HOUR: Final = 8
SAME_WORDS: Final = timedelta(days=1)
SHORTEST_SAID: Final = 20
"""Shorter words, such as «Ổ gà», many say."""
_LINK: Final = re.compile(
    r"https?:/|www\.|\b[a-z0-9-]{2,}\.(?:com|net|org|vn|xyz|top|vip|shop|info|link|click|me|ly|io|gg|cc|biz|site|online|club|pro|app)\b",
    re.IGNORECASE,
)
_PHONE: Final = re.compile(r"(?<!\d)(?:\+?84|0)[\s./-]{0,3}[1-9](?:[\s./-]{0,3}\d){8}(?!\d)")
_IDENTITY: Final = re.compile(r"(?<!\d)\d{12}(?!\d)")
"""The twelve digits of an identity number: somebody's, and not for everybody."""


def held_for(draft: Draft, submission: Submission) -> Sequence[str]:
    """Names of `HELD`, all that apply; none where nothing speaks against it."""
    words = _as_read(f"{draft.description} {draft.address}")
    speaks = {
        "link": _LINK.search(words) is not None,
        "phone": _PHONE.search(words) is not None,
        "identity": _IDENTITY.search(words) is not None,
        "many": draft.many or _many_of(submission),
        "same": _said_before(draft, submission),
    }
    return [name for name in HELD if speaks[name]]


def _many_of(submission: Submission) -> bool:
    lately = models.Request.objects.filter(sender=submission.sender, at__gte=submission.at - timedelta(hours=1))
    return bool(submission.sender) and lately.count() >= MANY_AN_HOUR


def _said_before(draft: Draft, submission: Submission) -> bool:
    twins = models.Request.objects.filter(
        at__gte=submission.at - SAME_WORDS,
        at__lte=submission.at,
        category=draft.category,
        description=draft.description,
    )
    return len(fold(draft.description)) >= SHORTEST_SAID and twins.exists()


def _as_read(words: str) -> str:
    """As a reader takes them: wide digits are digits, and signs that nobody sees part nothing."""
    plain = unicodedata.normalize("NFKC", words)
    return "".join(sign for sign in plain if unicodedata.category(sign) != "Cf")
