"""The ASGI side: addresses, entity tags and caching; a tile that is held is answered without a thread."""

from __future__ import annotations

import asyncio
import json
import math
import re
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from django.db import close_old_connections

from dinh.engines.tiles import mercator
from dinh.gateways.tiles import drawing
from dinh.kernel.errors import DinhError, Invalid, NotFound
from dinh.spine.places import api as places

type Message = MutableMapping[str, Any]

MVT = "application/vnd.mapbox-vector-tile"
GEOJSON = "application/geo+json"
_TILE = re.compile(r"/tiles/(assets|units)/(\d{1,2})/(\d{1,7})/(\d{1,7})\.mvt")
_LEVEL = re.compile(r"[a-z][a-z0-9_]{0,59}")
_STATUS = {"not_found": 404, "invalid": 422}
_threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="tiles")


@dataclass(frozen=True, slots=True)
class Answer:
    """`tag` names the version of what is shown; `fresh_s` is how long a browser need not ask again."""

    body: bytes
    kind: str
    tag: str
    fresh_s: int
    status: int = 200


async def application(
    scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
) -> None:
    if scope["method"] not in ("GET", "HEAD"):
        error = {"code": "tiles.method", "message": f"{scope['method']} is not understood here; use GET"}
        await _send(send, Answer(json.dumps(error).encode(), "application/json", "", 0, 405), scope)
        return
    loop = asyncio.get_running_loop()
    await _send(send, await loop.run_in_executor(_threads, _answer, scope["path"], scope["query_string"]), scope)


def _answer(path: str, query_string: bytes) -> Answer:
    try:
        return answer(path, query_string)
    except DinhError as error:
        told = json.dumps({"code": error.code, "message": error.message}, ensure_ascii=False).encode()
        return Answer(told, "application/json", "", 0, _STATUS.get(error.family, 500))
    finally:
        close_old_connections()


def answer(path: str, query_string: bytes = b"") -> Answer:
    """Raises NotFound and Invalid."""
    query = parse_qs(query_string.decode("utf-8", "replace"))
    if found := _TILE.fullmatch(path):
        z, x, y = (int(number) for number in found.groups()[1:])
        if not mercator.exists(z, x, y):
            raise NotFound("tiles.no_tile", "there is no tile {z}/{x}/{y}", z=z, x=x, y=y)
        if found[1] == "assets":
            version = places.version("assets")
            levels = _levels(query)
            return Answer(drawing.assets(z, x, y, levels, version), MVT, f"a{version}", 10)
        version = max(places.version("units"), places.version("boundaries"))
        return Answer(drawing.units(z, x, y, version), MVT, f"u{version}", 300)
    if path == "/tiles/outline.geojson":
        return Answer(drawing.outline(), GEOJSON, f"o{len(drawing.outline())}", 86_400)
    if path == "/tiles/boundaries.geojson":
        version = max(places.version("units"), places.version("boundaries"))
        body = drawing.boundaries(_one(query, "area"), _number(query, "tolerance", 50.0))
        return Answer(body, GEOJSON, f"b{version}", 300)
    raise NotFound(
        "tiles.no_such_address",
        "there is nothing at '{path}'; give /tiles/units/{{z}}/{{x}}/{{y}}.mvt, /tiles/assets/{{z}}/{{x}}/{{y}}.mvt, "
        "/tiles/outline.geojson or /tiles/boundaries.geojson?area=URN",
        path=path[:200],
    )


def _levels(query: dict[str, list[str]]) -> tuple[str, ...]:
    levels = sorted({level for text in query.get("levels", ()) for level in text.split(",") if level})
    for level in levels:
        if not _LEVEL.fullmatch(level):
            raise Invalid(
                "tiles.level", "'{value}' is no level; give names such as gnb_cell,hospital", value=level[:80]
            )
    return tuple(levels)


def _one(query: dict[str, list[str]], name: str) -> str:
    if name not in query:
        raise Invalid("tiles.missing", "{name} is missing; give ?{name}=urn:dinh:unit:2025:92", name=name)
    return query[name][0]


def _number(query: dict[str, list[str]], name: str, default: float) -> float:
    text = query.get(name, [str(default)])[0]
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise Invalid("tiles.number", "{name} is '{value}'; give metres as a number", name=name, value=text[:80])
    return number


async def _send(send: Callable[[Message], Awaitable[None]], answer: Answer, scope: Message) -> None:
    tag = f'"{answer.tag}"'.encode()
    headers = [(b"content-type", answer.kind.encode())]
    body, status = answer.body, answer.status
    if status == 200:
        headers += [(b"etag", tag), (b"cache-control", f"public, max-age={answer.fresh_s}".encode())]
        asked = dict(scope["headers"]).get(b"if-none-match", b"")
        if tag in [part.strip().removeprefix(b"W/") for part in asked.split(b",")]:
            body, status = b"", 304
    else:
        headers.append((b"cache-control", b"no-store"))
    if status != 304:
        headers.append((b"content-length", str(len(body)).encode()))
    headers += [(b"x-content-type-options", b"nosniff")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
