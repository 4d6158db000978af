"""Points of maps with their attributes, as a table: what reads lists then reads them too."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pyarrow as pa
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError

from dinh.engines.tables.coordinates import Plane, to_degrees
from dinh.engines.tables.shape import Column, Sniffed, Table
from dinh.kernel.errors import Invalid, Phrase
from dinh.systems.network_5g.domain import Fault, SiteList
from dinh.systems.network_5g.feeds.site_columns import field_of
from dinh.systems.network_5g.feeds.site_tables import MOST_ROWS, Counted, read_table

MOST_ATTRIBUTES: Final = 300
MOST_LETTERS: Final = 2_000
"""Of one attribute: a name or a height, not a document."""


@dataclass(frozen=True, slots=True)
class Point:
    """`number` counts from 1 in its file or layer. Degrees WGS 84. `height_m` is that of the geometry, where it tells one."""

    number: int
    longitude: float
    latitude: float
    attributes: Mapping[str, str | float]
    height_m: float | None = None
    above_sea: bool = False


@dataclass(slots=True)
class Points:
    """What was found in a file or a layer, and what was passed over."""

    counted: Counted
    layer: str = ""
    points: list[Point] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    others: list[int] = field(default_factory=list)
    """Numbers of what is no point."""

    def fault(self, number: int, column: str, value: object, says: Phrase) -> None:
        self.faults.append(Fault(number, column, str(value)[:80], says, {}, self.counted, self.layer))

    def add(self, point: Point) -> None:
        """Raises Invalid for too many."""
        if len(self.points) >= MOST_ROWS:
            raise Invalid("radio.sites_many", "the list has {rows:,} rows; give at most {most:,}, such as those of one province", rows=len(self.points) + 1, most=MOST_ROWS)  # fmt: skip
        self.points.append(point)


def sites_of(found: Points, *, above_sea: bool, default_height_m: float | None) -> SiteList:
    """Raises Invalid where the attributes lack what a site needs."""
    warnings = []
    if found.others:
        warnings.append(Fault(found.others[0], "geometry", "", Phrase("{count} features are lines or areas and no points; they are left out"), {"count": len(found.others)}, found.counted, found.layer))  # fmt: skip
    if not found.points:
        return SiteList([], found.faults, warnings)
    table, from_sea = _table(found.points)
    read = read_table(
        table, above_sea=True if above_sea else from_sea, default_height_m=default_height_m, counted=found.counted, layer=found.layer
    )  # fmt: skip
    return SiteList(
        read.sites, sorted([*found.faults, *read.faults], key=lambda fault: fault.line), [*warnings, *read.warnings]
    )


def _table(points: Sequence[Point]) -> tuple[Table, list[bool]]:
    headers = list(dict.fromkeys(name for point in points for name in point.attributes))[:MOST_ATTRIBUTES]
    # The place is that of the geometry, whatever attributes say of it.
    headers = [name for name in headers if field_of(name) not in ("latitude", "longitude", "easting", "northing")]
    heights = [name for name in headers if field_of(name) == "height"]
    columns = [
        _column("latitude", [point.latitude for point in points]),
        _column("longitude", [point.longitude for point in points]),
    ]
    from_sea = [False] * len(points)
    if heights or any(point.height_m is not None for point in points):
        told: list[str | float] = []
        for place, point in enumerate(points):
            own = next((point.attributes[name] for name in heights if point.attributes.get(name, "") != ""), "")
            from_sea[place] = own == "" and point.above_sea
            told.append(point.height_m if own == "" and point.height_m is not None else own)
        columns.append(_column(heights[0] if heights else "height", told))
    columns += [
        _column(name, [point.attributes.get(name, "") for point in points]) for name in headers if name not in heights
    ]
    sniffed = Sniffed("features", "utf-8", 1.0, "", "", 0, 0)
    return Table(sniffed, columns, np.array([point.number for point in points], np.int64), (), ()), from_sea


def _column(header: str, values: Sequence[str | float]) -> Column:
    texts = [value if isinstance(value, str) else f"{value:.12g}" for value in values]
    typed = [value if isinstance(value, float) and math.isfinite(value) else None for value in values]
    known = any(value is not None for value in typed)
    return Column(header, pa.array(texts, pa.string()), pa.array(typed, pa.float64()) if known else None)


def plain(value: Any) -> str | float:
    """An attribute as a number or a text; a list of them with ; between."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, int | float):
        # A whole number beyond what a float holds is a name of something.
        return float(value) if abs(value) < 2**53 else f"{value!r:.{MOST_LETTERS}}"
    try:
        if isinstance(value, list | tuple):
            return ";".join(part if isinstance(part, str) else f"{part:g}" for part in map(plain, value[:64]))
        return clean(str(value))
    except RecursionError:
        return ""  # lists within lists, deeper than anybody reads


def clean(text: str) -> str:
    """Without what UTF-8 cannot hold."""
    return text[:MOST_LETTERS].encode("utf-8", "replace").decode("utf-8")


def to_wgs84(
    crs: str | None, xs: Sequence[float], ys: Sequence[float], *, plane: Plane | None, name: str
) -> tuple[list[float], list[float]]:
    """Longitudes and latitudes, NaN for what cannot be. Raises Invalid for an unknown system, or none where one is needed."""
    x, y = np.array(xs, np.float64), np.array(ys, np.float64)
    if not crs:
        if not len(x) or (np.nanmax(np.abs(x)) <= 180 and np.nanmax(np.abs(y)) <= 90):
            return x.tolist(), y.tolist()
        if plane is None:
            raise Invalid("radio.layer_place", "{name} is in metres and does not say of which system; give it one (.prj), or say the VN-2000 zone", name=name)  # fmt: skip
        longitude, latitude = to_degrees(x, y, plane)
        return longitude.tolist(), latitude.tolist()
    try:
        source = CRS.from_user_input(crs)
        if source.equals(CRS.from_epsg(4326), ignore_axis_order=True):
            return x.tolist(), y.tolist()
        longitude, latitude = Transformer.from_crs(source, 4326, always_xy=True).transform(x, y)
    except (CRSError, ProjError) as error:
        raise Invalid("radio.layer_crs", "{name} is in the coordinate system '{crs}', which is unknown; export it as EPSG:4326", name=name, crs=crs[:80]) from error  # fmt: skip
    finite = np.isfinite(longitude) & np.isfinite(latitude)
    return np.where(finite, longitude, np.nan).tolist(), np.where(finite, latitude, np.nan).tolist()
