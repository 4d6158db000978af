"""A way as GeoJSON (RFC 7946), and as a page keeps it for reading without a connection."""

from __future__ import annotations

import json
from typing import Any

from dinh.systems.maps.domain.ways import Way


def write(way: Way, start: str, end: str, *, language: str, generated: bool, source: str) -> bytes:
    """The line, then a point for each step."""
    line = [[round(x, 6), round(y, 6)] for x, y in way.line]
    features: list[dict[str, Any]] = [
        {
            "type": "Feature",
            "geometry": {"type": "LineString", "coordinates": line},
            "properties": {
                "from": start, "to": end, "mode": way.mode.code, "length_km": round(way.length_km, 3),
                "time_s": round(way.time_s), "generated": generated, "source": source,
            },
        }
    ]  # fmt: skip
    features += [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": line[step.begins]},
            "properties": {
                "step": number, "says": step.says.in_(language), "length_km": round(step.length_km, 3), "time_s": round(step.time_s),
            },
        }
        for number, step in enumerate(way.steps, start=1)
    ]  # fmt: skip
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False).encode()


def kept(way: Way, start: str, end: str) -> dict[str, Any]:
    """Both languages, so that it can be read in either."""
    return {
        "from": start,
        "to": end,
        "mode": {"vi": way.mode.by.vi, "en": way.mode.by.en},
        "length_km": round(way.length_km, 3),
        "time_s": round(way.time_s),
        "line": [[round(x, 5), round(y, 5)] for x, y in way.line],
        "steps": [
            {"vi": step.says.vi, "en": step.says.en, "length_km": round(step.length_km, 3)} for step in way.steps
        ],
    }
