"""Sends through Đình's HTTP gateway, again and again until it is taken."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

ARROW: Final = "application/vnd.apache.arrow.stream"
NDJSON: Final = "application/x-ndjson"
FIRST_WAIT_S: Final = 0.5
LONGEST_WAIT_S: Final = 15.0


@dataclass
class Tally:
    """What Đình answered, and what went wrong on the way."""

    accepted: int = 0
    duplicates: int = 0
    corrections: int = 0
    rejected: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    trouble: str = ""

    def add(self, answer: Any) -> None:
        self.accepted += int(answer.get("accepted", 0))
        self.duplicates += int(answer.get("duplicates", 0))
        self.corrections += int(answer.get("corrections", 0))
        rejected: Sequence[Any] = answer.get("rejected", ())
        self.rejected += len(rejected)
        self.codes.update(str(item.get("code", "")) for item in rejected)


class HttpGateway:
    """One address and key. A batch is sent until Đình has answered; what is sent twice is a duplicate there."""

    def __init__(self, url: str, key: str, stop: asyncio.Event) -> None:
        self._client = httpx.AsyncClient(
            base_url=url.rstrip("/"), headers={"Authorization": f"Bearer {key}"}, timeout=60.0, trust_env=False
        )
        self._stop = stop
        self.tally = Tally()

    async def close(self) -> None:
        await self._client.aclose()

    async def send(self, body: bytes, form: str) -> bool:
        """True once the batch was answered for; False when stopped, or when Đình will never take it."""
        wait_s = FIRST_WAIT_S
        while not self._stop.is_set():
            try:
                answer = await self._client.post(
                    "/api/v1/observations", content=body, headers={"Content-Type": form, "Accept": "application/json"}
                )
            except (httpx.HTTPError, OSError) as error:
                self._complain(f"{type(error).__name__}: {error}")
            else:
                if answer.status_code in {200, 207, 422} and self._understood(answer):
                    self.tally.trouble = ""
                    return True
                self._complain(f"{answer.status_code}: {answer.text[:200]}")
                if answer.status_code in {400, 413, 415, 422}:
                    return False  # sending the same again would be refused again
                wait_s = max(wait_s, _told_to_wait(answer))
            await pause(self._stop, wait_s)
            wait_s = min(wait_s * 2, LONGEST_WAIT_S)
        return False

    def _understood(self, answer: httpx.Response) -> bool:
        try:
            content = json.loads(answer.content)
        except ValueError:
            return False
        if not isinstance(content, dict) or "accepted" not in content:
            return False
        self.tally.add(content)
        return True

    def _complain(self, trouble: str) -> None:
        if trouble != self.tally.trouble:
            self.tally.trouble = trouble
            print(f"simulator: not taken yet ({trouble})", flush=True)


def _told_to_wait(answer: httpx.Response) -> float:
    try:
        return min(float(answer.headers.get("Retry-After", 0)), LONGEST_WAIT_S)
    except ValueError:
        return 0.0


async def pause(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), max(seconds, 0.001))
    except TimeoutError:
        return
