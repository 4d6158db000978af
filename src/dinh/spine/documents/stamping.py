"""Stamps of time by RFC 3161, asked for over HTTP."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import httpx
from asn1crypto import tsp
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError, set_tsp_headers

from dinh.kernel.errors import SourceUnavailable

TIMEOUT_S: Final = 10.0
LARGEST: Final = 100_000
FAULTS: Final = (TimestampRequestError, httpx.HTTPError, httpx.InvalidURL)


class _Server(TimeStamper):
    def __init__(self, url: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._url = url

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        async with httpx.AsyncClient(timeout=TIMEOUT_S, follow_redirects=False) as client:
            answer = await client.post(self._url, content=req.dump(), headers=set_tsp_headers({}))
        kind = answer.headers.get("Content-Type", "").partition(";")[0]
        if not answer.is_success or kind != "application/timestamp-reply" or len(answer.content) > LARGEST:
            raise TimestampRequestError(f"it answered {answer.status_code}, {kind or 'of no kind'}")
        try:
            response = tsp.TimeStampResp.load(answer.content)
            _ = response.native  # lazily read otherwise, and then outside of this place
        except (ValueError, TypeError, KeyError) as error:
            raise TimestampRequestError("what it answered is no stamp of time") from error
        return response


@lru_cache(maxsize=2)
def server(url: str) -> TimeStamper:
    """Kept, because it knows from its first answer how much room a stamp takes."""
    return _Server(url)


def unavailable(why: Exception) -> SourceUnavailable:
    return SourceUnavailable(
        "documents.timestamp",
        "the time-stamp server of DINH_TIMESTAMP_URL gave no stamp: {why}; try again, or let DINH_TIMESTAMP_FAILURE=sign "
        "seal without one",
        why=str(why) or type(why).__name__,
    )
