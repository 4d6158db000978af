"""Addresses, entity tags and refusals of the tiles."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dinh.gateways.tiles import answers
from dinh.kernel.errors import DinhError


async def ask(
    path: str, query: bytes = b"", method: str = "GET", headers: Any = ()
) -> tuple[int, dict[bytes, bytes], bytes]:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        raise AssertionError

    scope = {"type": "http", "method": method, "path": path, "query_string": query, "headers": list(headers)}
    await answers.application(scope, receive, send)
    return sent[0]["status"], dict(sent[0]["headers"]), sent[1]["body"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "query", "code"),
    [
        ("/tiles/units/3/8/0.mvt", b"", "tiles.no_tile"),
        ("/tiles/units/99/0/0.mvt", b"", "tiles.no_tile"),
        ("/tiles/units/a/0/0.mvt", b"", "tiles.no_such_address"),
        ("/tiles/", b"", "tiles.no_such_address"),
        ("/tiles/assets/3/4/4.mvt", b"levels=%3Cscript%3E", "tiles.level"),
        ("/tiles/boundaries.geojson", b"", "tiles.missing"),
        ("/tiles/boundaries.geojson", b"area=urn:dinh:unit:2004:94&tolerance=x", "tiles.number"),
        ("/tiles/boundaries.geojson", b"area=urn:dinh:unit:2004:94&tolerance=-1", "tiles.tolerance"),
        ("/tiles/boundaries.geojson", b"area=urn:dinh:unit:2004:94&tolerance=nan", "tiles.number"),
        ("/tiles/boundaries.geojson", b"area=urn:dinh:unit:none", "places.no_place"),
    ],
)
def test_a_wrong_address_is_told_what_is_right(path: str, query: bytes, code: str) -> None:
    with pytest.raises(DinhError) as refusal:
        answers.answer(path, query)
    assert refusal.value.code == code


@pytest.mark.django_db(transaction=True)
async def test_an_unchanged_tile_is_not_sent_again() -> None:
    path = "/tiles/outline.geojson"
    status, headers, body = await ask(path)
    assert (status, headers[b"content-type"]) == (200, b"application/geo+json")
    assert int(headers[b"content-length"]) == len(body)
    assert headers[b"cache-control"].startswith(b"public, max-age=")
    status, _, body = await ask(path, headers=[(b"if-none-match", b'W/"x", ' + headers[b"etag"])])
    assert (status, body) == (304, b"")
    status, headers, body = await ask(path, method="HEAD")
    assert (status, body) == (200, b"")
    status, _, body = await ask("/tiles/units/3/8/0.mvt")
    assert (status, json.loads(body)["code"]) == (404, "tiles.no_tile")
    status, _, body = await ask("/tiles/boundaries.geojson", b"area=x&tolerance=9999999")
    assert (status, json.loads(body)["code"]) == (422, "tiles.tolerance")
    assert (await ask(path, method="POST"))[0] == 405
