"""What all drivers that speak HTTP have in common: no redirects, a bound on time, and what an answer means."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from dinh.kernel import clock
from dinh.spine.notices.drivers import TIMEOUT_S, NotSent

OURS = frozenset({401, 403, 407})
"""The other side does not let us in: the settings are wrong, not the message, so it waits for them to be mended."""


def post(
    address: str,
    *,
    json: Mapping[str, Any] | None = None,
    content: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    auth: tuple[str, str] | None = None,
) -> httpx.Response:
    """Raises NotSent for everything but 2xx."""
    try:
        answer = httpx.post(
            address,
            json=json,
            content=content,
            headers=headers,
            auth=auth,
            timeout=TIMEOUT_S,
            follow_redirects=False,
        )
    except httpx.TimeoutException as error:
        raise NotSent("timeout", f"no answer within {TIMEOUT_S:g} s") from error
    except httpx.HTTPError as error:
        raise NotSent("unreachable", f"{type(error).__name__}: {error}") from error
    except (httpx.InvalidURL, ValueError) as error:
        raise NotSent("rejected", f"{type(error).__name__}: {error}", permanent=True) from error
    if answer.is_success:
        return answer
    says = f"HTTP {answer.status_code}: {answer.text[:300]}"
    if answer.status_code in OURS:
        raise NotSent("not_let_in", says)
    if answer.status_code in {408, 425, 429} or answer.status_code >= 500:
        raise NotSent("busy", says, wait=retry_after(answer.headers.get("Retry-After", "")))
    if answer.status_code in {404, 410}:
        raise NotSent("gone", says, permanent=True)
    raise NotSent("rejected", says, permanent=True)


def retry_after(text: str) -> timedelta | None:
    """RFC 9110, 10.2.3: seconds or a date."""
    if text.isascii() and text.isdigit() and len(text) < 8:
        return timedelta(seconds=int(text))
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(timedelta(0), moment - clock.now())
