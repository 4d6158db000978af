"""Static files as the shell serves them."""

from __future__ import annotations

import gzip
from pathlib import Path

import httpx
import pytest

from dinh.web import assets, static_files


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "static" / "built"
    (folder / "assets").mkdir(parents=True)
    monkeypatch.setattr(static_files, "BUILT", folder)
    monkeypatch.setattr(assets, "BUILT", folder)
    return folder


def client() -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=static_files.application)
    return httpx.AsyncClient(transport=transport, base_url="http://test")


async def test_a_hashed_file_may_be_kept_for_a_year(built: Path) -> None:
    (built / "assets" / "house-abc.css").write_text("a{}")
    async with client() as asking:
        response = await asking.get("/static/built/assets/house-abc.css")
    assert response.text == "a{}"
    assert response.headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in response.headers["cache-control"]
    assert response.headers["x-content-type-options"] == "nosniff"


async def test_the_compressed_sibling_is_sent_to_those_who_take_it(built: Path) -> None:
    path = built / "assets" / "house-abc.js"
    path.write_text("let a = 1")
    path.with_name("house-abc.js.gz").write_bytes(gzip.compress(b"let a = 1"))
    async with client() as asking:
        packed = await asking.get("/static/built/assets/house-abc.js", headers={"accept-encoding": "gzip, br;q=0"})
        plain = await asking.get("/static/built/assets/house-abc.js", headers={"accept-encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.text == plain.text == "let a = 1"
    assert packed.headers["etag"] != plain.headers["etag"]


async def test_a_known_etag_is_answered_without_the_file(built: Path) -> None:
    (built / "manifest.json").write_text("{}")
    async with client() as asking:
        first = await asking.get("/static/built/manifest.json")
        again = await asking.get("/static/built/manifest.json", headers={"if-none-match": first.headers["etag"]})
        (built / "manifest.json").write_text('{"a": 1}')
        changed = await asking.get("/static/built/manifest.json", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert changed.json() == {"a": 1}
    assert "no-cache" in first.headers["cache-control"]


@pytest.mark.parametrize(
    "path",
    [
        "built/../../../settings.py",
        "built/%2e%2e/%2e%2e/static_files.py",
        "../static_files.py",
        "%2e%2e/%2e%2e/project/settings.py",
        "built/assets",
        "built/assets/",
        "",
        "built/%00",
        "..%5csettings.py",
    ],
)
async def test_nothing_outside_the_static_folders_is_served(built: Path, path: str) -> None:
    async with client() as asking:
        assert (await asking.get(f"/static/{path}")).status_code == 404


async def test_only_reading_is_possible(built: Path) -> None:
    async with client() as asking:
        assert (await asking.post("/static/house/icon.svg")).status_code == 405


async def test_files_of_the_parts_are_found_and_large_ones_come_whole(built: Path) -> None:
    large = bytes(range(256)) * 4096
    (built / "assets" / "map-abc.bin").write_bytes(large)
    async with client() as asking:
        sign = await asking.get("/static/house/icon.svg")
        whole = await asking.get("/static/built/assets/map-abc.bin")
        head = await asking.head("/static/built/assets/map-abc.bin")
    assert sign.headers["content-type"].startswith("image/svg+xml")
    assert whole.content == large
    assert head.headers["content-length"] == str(len(large))
    assert head.content == b""
