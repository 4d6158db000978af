"""What the front-end build made: scripts, styles and icons by the names that templates use."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import structlog

BUILT: Final = Path(__file__).resolve().parent / "static" / "built"
log = structlog.get_logger("dinh.web")


@dataclass(frozen=True, slots=True)
class Asset:
    """Paths below /static/built/ of one entry: its script, its styles, and modules to fetch along."""

    script: str | None
    styles: tuple[str, ...]
    preloads: tuple[str, ...]


def build() -> float:
    """Tells one build from another, a second late at most; what is kept of a build is kept under this."""
    return _stamp(BUILT, int(time.monotonic()))


@lru_cache(maxsize=1)
def _stamp(built: Path, _second: int) -> float:
    try:
        return sum((built / name).stat().st_mtime for name in ("manifest.json", "icons.json"))
    except FileNotFoundError:
        return 0.0


def asset(name: str) -> Asset | None:
    """The entry `house` or `<system>/<file>`; None when it was not built."""
    return _asset(name, BUILT, build())


@lru_cache(maxsize=256)
def _asset(name: str, built: Path, build: float) -> Asset | None:
    manifest = _read(built / "manifest.json", build)
    entry = next((item for item in manifest.values() if item.get("isEntry") and item.get("name") == name), None)
    if entry is None:
        log.error("asset missing", name=name, remedy="run `make assets`")
        return None
    styles: dict[str, None] = {}
    preloads: dict[str, None] = {}
    _gather(manifest, entry, styles, preloads)
    return Asset(script=entry["file"], styles=tuple(styles), preloads=tuple(preloads))


def _gather(
    manifest: dict[str, Any], entry: dict[str, Any], styles: dict[str, None], preloads: dict[str, None]
) -> None:
    for name in entry.get("imports", ()):
        chunk = manifest[name]
        if chunk["file"] not in preloads:
            preloads[chunk["file"]] = None
            _gather(manifest, chunk, styles, preloads)
    for path in entry.get("css", ()):
        styles[path] = None


def icon(name: str) -> str | None:
    """The inner SVG of an icon on a 24 × 24 grid; None when it was not built."""
    found = _read(BUILT / "icons.json", build()).get(name)
    return found if isinstance(found, str) else None


@lru_cache(maxsize=4)
def _read(path: Path, _build: float) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return content
