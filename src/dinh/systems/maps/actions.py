"""Takes an extract of OpenStreetMap in: its places into the register, its roads into a graph that then answers."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from dinh.kernel import clock
from dinh.spine.places import api as places
from dinh.systems.maps.domain import kinds
from dinh.systems.maps.feeds import osm_file, road_graph, road_lines
from dinh.systems.maps.feeds.osm_file import Extract
from dinh.systems.maps.routing import graph as graphs
from dinh.systems.maps.routing.graph import Graph

type Hear = Callable[[str], None]

VERSION: Final = 1
"""Changes the digest, so that the same file is built anew when the way of building changes."""
_CHUNK: Final = 5_000


@dataclass(frozen=True, slots=True)
class Taken:
    """`graph` is in force; `gone` places are in the register but not in the file any more."""

    graph: Graph
    rebuilt: bool
    taken: int
    changed: int
    unchanged: int
    gone: int
    refused: tuple[str, ...]


def import_map(path: Path, *, name: str = "", hear: Hear = lambda words: None) -> Taken:
    """Raises NotFound, Invalid and SourceUnavailable; the graph before stays in force then.

    The places are saved last: should they fail, the roads are there already and the import can be repeated.
    """
    hear("reading the file")
    extract = osm_file.read(path, progress=lambda read: hear(f"{read:,} objects read"))
    digest = _digest(path)
    built = graphs.home() / digest
    rebuilt = not built.is_dir()
    if rebuilt:
        _build(path, extract, built, hear)
    graph = Graph(
        digest=digest,
        file=name or path.name,
        built_at=clock.now().isoformat(timespec="seconds"),
        bounds=extract.bounds,
        ways=extract.ways,
        generated=extract.generated,
        source="" if extract.generated else osm_file.SOURCE,
        licence="" if extract.generated else osm_file.LICENCE,
    )
    hear(f"{extract.ways:,} roads, from now on in force")
    graphs.switch(graph)
    hear(f"{len(extract.places):,} places into the register")
    report = places.save_places(extract.places)
    gone = _mark_gone(extract)
    graphs.tidy()
    return Taken(graph, rebuilt, report.taken, report.changed, report.unchanged, gone, tuple(report.refused))


def _digest(path: Path) -> str:
    found = hashlib.sha256(f"{VERSION} {road_graph.version()} ".encode())
    with path.open("rb") as file:
        while part := file.read(1 << 20):
            found.update(part)
    return found.hexdigest()[:40]


def _build(path: Path, extract: Extract, built: Path, hear: Hear) -> None:
    draft = graphs.home() / f"draft-{os.getpid()}"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True, mode=0o700)
    try:
        road_graph.build(path, draft, progress=hear)
        road_lines.write(draft, extract.roads)
        draft.rename(built)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _mark_gone(extract: Extract) -> int:
    """Places of an earlier import that lie within the new roads but are not in the file: they are found no more."""
    prefix = "urn:dinh:facility:mp-" if extract.generated else "urn:dinh:facility:osm-"
    kept = {f"urn:dinh:facility:{values['id']}" for values in extract.places}
    held = places.positions()
    west, south, east, north = extract.bounds
    within = (held.longitude >= west) & (held.longitude <= east) & (held.latitude >= south) & (held.latitude <= north)
    former = held.levels.index(kinds.GONE) if kinds.GONE in held.levels else -1
    gone = [
        urn
        for urn, inside, level in zip(held.urns, within.tolist(), held.kinds.tolist(), strict=True)
        if inside and level != former and urn.startswith(prefix) and urn not in kept
    ]
    for start in range(0, len(gone), _CHUNK):
        places.save_places(_former(gone[start : start + _CHUNK]))
    return len(gone)


def _former(urns: list[str]) -> Iterator[Mapping[str, Any]]:
    today = clock.today().isoformat()
    for row in places.places(urns).values():
        yield {
            "kind": "facility", "id": row.code, "level": kinds.GONE, "name_vi": row.name_vi, "name_en": row.name_en,
            "longitude": row.longitude, "latitude": row.latitude, "simulated": row.simulated,
            "attributes": {**row.attributes, "was": row.level, "gone_since": today},
        }  # fmt: skip
