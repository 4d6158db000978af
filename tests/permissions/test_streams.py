"""What is answered before Django: the live stream, tiles and the intake say nothing that is not for whoever asks."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from typing import Any, Final

import pytest

from dinh.kernel.manifests import registry
from dinh.project.asgi import application
from dinh.web import live

from .conftest import Walk

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.timeout(600)]

PATHS: Final = {
    "/app/report/send": ("/app/report/send", b""),
    "/live": ("/live", b"series={series},{person_series}&last=x-0"),
    "/api/v1/observations": ("/api/v1/observations", b""),
    "/tiles/": ("/tiles/assets/8/203/121.mvt", b""),
}
"""An example of every path that an application answers before Django, with its query."""
PASSED_ON: Final = frozenset({("/api/v1/observations", "GET"), ("/app/report/send", "GET")})
"""Answered by Django after all, and walked with the rest."""


def test_every_path_before_django_is_asked() -> None:
    declared = {path for manifest in registry.manifests() for path in (manifest.asgi_paths if manifest.asgi else ())}
    assert declared | {"/live"} == set(PATHS)


async def _asked(path: str, query: bytes, *, method: str, headers: list[tuple[bytes, bytes]]) -> tuple[int, bytes]:
    """Status and the first bytes; the stream is left once it said hello and one change."""
    sent: list[MutableMapping[str, Any]] = []
    enough = asyncio.Event()

    body = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> dict[str, Any]:
        if body:
            return body.pop()
        await enough.wait()
        return {"type": "http.disconnect"}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)
        if b"changed" in message.get("body", b"") or not message.get("more_body", True):
            enough.set()

    scope = {
        "type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": query,
        "headers": [(b"host", b"testserver"), *headers], "client": ("203.0.113.9", 1), "server": ("testserver", 80),
        "scheme": "http", "root_path": "", "http_version": "1.1", "asgi": {"version": "3.0"},
    }  # fmt: skip
    async with asyncio.timeout(10):
        asking = asyncio.create_task(application(scope, receive, send))
        if path == "/live":
            await asyncio.sleep(0.05)
            live.tell(live.WHATS)
        await asking
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:])


@pytest.mark.parametrize(
    ("declared", "method"),
    [(path, method) for path in sorted(PATHS) for method in ("GET", "POST") if (path, method) not in PASSED_ON],
)
async def test_nothing_secret_is_told_before_django(walk: Walk, declared: str, method: str) -> None:
    path, query = PATHS[declared]
    ids = walk.sides["A"].ids
    filled = query.replace(b"{series}", ids["series"].encode()).replace(
        b"{person_series}", ids["person_series"].encode()
    )
    for visitor in walk.visitors:
        if not visitor.name.endswith(("anyone", "@B")):
            continue
        headers = [(b"cookie", visitor.cookie.encode())] if visitor.cookie else []
        status, body = await _asked(path, filled, method=method, headers=headers)
        assert status < 500, (visitor.name, declared, body[:300])
        assert b"bimat" not in body.lower()
        assert b"nguoi-a" not in body
    live.stop()
    live._hub = None
