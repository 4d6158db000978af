"""Which graph of roads is in force: a folder by its digest, and one small file that names it.

The file is replaced at once, so that whoever asks sees the old graph or the new one, never half of one.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec
from django.conf import settings

POINTER: Final = "current.json"
_DIGEST: Final = re.compile(r"[0-9a-f]{40}")
_KEPT_S: Final = 600.0
"""How long the graph before the present one stays: a question may still be under way on it."""
_LEFT_S: Final = 24 * 3600.0
"""How old a folder must be that an import which was broken off left."""


@dataclass(frozen=True, slots=True)
class Graph:
    """`bounds` are west, south, east, north of its roads; `built_at` is ISO 8601."""

    digest: str
    file: str
    built_at: str
    bounds: tuple[float, float, float, float]
    ways: int
    generated: bool
    source: str
    licence: str

    @property
    def folder(self) -> Path:
        return home() / self.digest


def home() -> Path:
    return Path(settings.HOME) / "maps"


_read: tuple[int, Graph | None] = (-1, None)


def current() -> Graph | None:
    """None before the first import. What the file names must be a digest: nothing else becomes part of a path."""
    global _read
    try:
        path = home() / POINTER
        stamp = path.stat().st_mtime_ns
        if _read[0] != stamp:
            _read = (stamp, _parsed(path.read_bytes()))
    except FileNotFoundError:
        return None
    graph = _read[1]
    return graph if graph is not None and graph.folder.is_dir() else None


def _parsed(content: bytes) -> Graph | None:
    try:
        graph = msgspec.json.decode(content, type=Graph)
    except msgspec.DecodeError:
        return None
    return graph if _DIGEST.fullmatch(graph.digest) else None


def switch(graph: Graph) -> None:
    """From now on this one answers."""
    path = home() / POINTER
    draft = path.with_name(f"{POINTER}.{os.getpid()}")
    with draft.open("wb") as file:
        file.write(msgspec.json.encode(graph))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    os.utime(graph.folder)


def tidy() -> None:
    """Takes away graphs that are in force no more and what a broken-off import left."""
    if not home().is_dir():
        return
    present = current()
    switched = (home() / POINTER).stat().st_mtime if present else 0.0
    for folder in home().iterdir():
        if not folder.is_dir() or (present and folder.name == present.digest):
            continue
        finished = _DIGEST.fullmatch(folder.name) is not None
        since = switched if finished else folder.stat().st_mtime
        if time.time() - since > (_KEPT_S if finished else _LEFT_S):
            shutil.rmtree(folder, ignore_errors=True)
