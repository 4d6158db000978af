"""What the front-end build made: scripts, styles and icons by the names that templates use."""

from __future__ import annotations

import json
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


def asset(name: str) -> Asset | None:
    """The entry `house` or `<system>/<file>`; None when it was not built."""
    manifest = _read(BUILT / "manifest.json")
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
    found = _read(BUILT / "icons.json").get(name)
    return found if isinstance(found, str) else None


def _read(path: Path) -> dict[str, Any]:
    try:
        stamp = path.stat().st_mtime_ns
    except FileNotFoundError:
        return {}
    return _parsed(path, stamp)


@lru_cache(maxsize=4)
def _parsed(path: Path, _stamp: int) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content
