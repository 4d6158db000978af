"""Points of GeoPackage, zipped Shapefile and GeoJSON, in any layer and any coordinate system."""

from __future__ import annotations

import json
import math
import sqlite3
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from dinh.engines.tables.coordinates import Plane
from dinh.kernel.errors import DinhError, Invalid, Phrase
from dinh.systems.network_5g.feeds import features, packages
from dinh.systems.network_5g.feeds.features import Point, Points
from dinh.systems.network_5g.feeds.site_columns import whole_header
from dinh.systems.network_5g.feeds.site_tables import MOST_ROWS

MOST_LAYERS: Final = 50
_PARTS: Final = (".shp", ".shx", ".dbf", ".prj", ".cpg")
"""All that GDAL is shown of a ZIP: nothing else in it can name further files or addresses."""
_NO_PLACE: Final = Phrase("is no place that can be read; give the point its coordinates")


def read_geopackage(data: bytes, *, plane: Plane | None, heights: bool) -> list[Points]:
    """Raises Invalid for what is no GeoPackage, or has no layer of points. `heights`: points' third number counts."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "sites.gpkg"
        path.write_bytes(data)
        _refuse_views(path)
        return _read(path, plane=plane, heights=heights)


def read_shapefile(data: bytes, *, plane: Plane | None, heights: bool) -> list[Points]:
    """Of a ZIP with one or more Shapefiles. Raises Invalid."""
    found: list[Points] = []
    names = packages.members_of(data)
    stems = [name[:-4] for name in names if name.lower().endswith(".shp")][:MOST_LAYERS]
    for stem in stems:
        with TemporaryDirectory() as folder:
            for name in names:
                suffix = name[-4:].lower()
                if name[:-4] == stem and suffix in _PARTS:
                    (Path(folder) / f"sites{suffix}").write_bytes(packages.member(data, name))
            layers = _read(Path(folder) / "sites.shp", plane=plane, heights=heights, optional=len(stems) > 1)
            for layer in layers:
                layer.layer = stem.rpartition("/")[2] if len(stems) > 1 else ""
            found += layers
    return _some(found)


def _refuse_views(path: Path) -> None:
    """A layer that is a view runs whatever query the sender wrote, for as long as it takes: only tables are layers."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as base:
            base.execute("PRAGMA trusted_schema = OFF")
            views = base.execute("SELECT name FROM sqlite_master WHERE type = 'view'").fetchall()
    except (sqlite3.Error, UnicodeError) as error:
        raise _unread("GeoPackage", error) from error
    if views:
        raise Invalid("radio.layer_view", "the GeoPackage has a view, {name}; export its layer as a table", name=str(views[0][0])[:80])  # fmt: skip


def _read(path: Path, *, plane: Plane | None, heights: bool, optional: bool = False) -> list[Points]:
    import pyogrio

    found: list[Points] = []
    try:
        layers = [str(name) for name, kind in pyogrio.list_layers(path) if kind is not None][:MOST_LAYERS]
        for layer in layers:
            meta, fids, shapes, columns = pyogrio.raw.read(path, layer=layer, return_fids=True, max_features=MOST_ROWS + 1)  # fmt: skip
            points = Points("feature", layer if len(layers) > 1 else "")
            # GeoPackage numbers its rows from 1, Shapefile from 0.
            first = 0 if path.suffix == ".gpkg" else 1
            numbers = [int(fid) + first for fid in fids]
            fields = [features.clean(str(name)) for name in meta["fields"]]
            if path.suffix == ".shp":
                fields = [whole_header(name) for name in fields]
            rows = [
                {name: features.plain(column[i]) for name, column in zip(fields, columns, strict=True)}
                for i in range(len(numbers))
            ]
            _gather(points, numbers, [_of_wkb(shape) for shape in shapes], rows, meta["crs"], plane, heights, layer)
            if points.points or points.faults:
                found.append(points)
    except DinhError:
        raise
    except Exception as error:  # GDAL's door raises nearly anything for a damaged file
        raise _unread("GeoPackage" if path.suffix == ".gpkg" else "Shapefile", error) from error
    return found if optional else _some(found)


def _some(found: list[Points]) -> list[Points]:
    if not found:
        raise Invalid("radio.no_points", "the file has no layer of points; give the sites as points, one for each mast")
    return found


def _unread(kind: str, error: Exception) -> Invalid:
    said = (str(error).splitlines() or ["it ends early"])[0][:120]
    return Invalid("radio.layer_unread", "the {kind} cannot be read ({says}); export it again", kind=kind, says=said)


type Place = tuple[float, float, float] | str | None
"""A point, what kind of geometry it is instead, or None for none."""


def _of_wkb(shape: Any) -> Place:
    import shapely

    if shape is None:
        return None
    try:
        return _of_shape(shapely.from_wkb(shape))
    except shapely.errors.ShapelyError:
        return None


def _of_shape(shape: Any) -> Place:
    if shape is None or shape.is_empty:
        return None
    if shape.geom_type == "MultiPoint":
        shape = shape.geoms[0]
    if shape.geom_type != "Point":
        return str(shape.geom_type)
    return float(shape.x), float(shape.y), float(shape.z) if shape.has_z else math.nan


def _gather(
    found: Points, numbers: list[int], places: list[Place], rows: list[dict[str, str | float]], crs: str | None,
    plane: Plane | None, heights: bool, name: str,
) -> None:  # fmt: skip
    kept: list[tuple[int, tuple[float, float, float]]] = []
    for number, place in enumerate(places):
        if isinstance(place, tuple):
            kept.append((number, place))
        elif isinstance(place, str):
            found.others.append(numbers[number])
        else:
            found.fault(numbers[number], "geometry", "", _NO_PLACE)
    xs, ys = [place[0] for _, place in kept], [place[1] for _, place in kept]
    longitudes, latitudes = features.to_wgs84(crs, xs, ys, plane=plane, name=name)
    for (number, (x, y, z)), longitude, latitude in zip(kept, longitudes, latitudes, strict=True):
        if not (math.isfinite(longitude) and math.isfinite(latitude)):
            found.fault(numbers[number], "geometry", f"{x:g}, {y:g}", _NO_PLACE)
            continue
        height = z if heights and math.isfinite(z) else None
        found.add(Point(numbers[number], longitude, latitude, rows[number], height))


def read_geojson(data: bytes, *, plane: Plane | None, heights: bool) -> list[Points]:
    """RFC 7946, and the `crs` of files before it. Raises Invalid."""
    try:
        given = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise _unread("GeoJSON", error) from error
    kind = given.get("type") if isinstance(given, dict) else None
    listed = given.get("features") if kind == "FeatureCollection" else [given] if kind == "Feature" else None
    if not isinstance(listed, list):
        raise Invalid("radio.no_features", "the JSON is no GeoJSON; give a FeatureCollection of points")
    if len(listed) > MOST_ROWS:
        raise Invalid("radio.sites_many", "the list has {rows:,} rows; give at most {most:,}, such as those of one province", rows=len(listed), most=MOST_ROWS)  # fmt: skip
    found = Points("feature")
    places: list[Place] = []
    rows: list[dict[str, str | float]] = []
    for feature in listed:
        feature = feature if isinstance(feature, dict) else {}
        properties = feature.get("properties")
        rows.append(
            {features.clean(str(key)): features.plain(value) for key, value in properties.items()}
            if isinstance(properties, dict)
            else {}
        )
        places.append(_of_json(feature.get("geometry")))
    _gather(found, list(range(1, len(listed) + 1)), places, rows, _json_crs(given), plane, heights, "GeoJSON")
    return _some([found]) if found.points or found.faults else _some([])


def _of_json(geometry: Any) -> Place:
    if not isinstance(geometry, dict):
        return None
    kind, given = geometry.get("type"), geometry.get("coordinates")
    if kind == "MultiPoint" and isinstance(given, list) and given:
        given = given[0]
    elif kind != "Point":
        return kind if isinstance(kind, str) else None
    if not isinstance(given, list) or len(given) < 2:
        return None
    numbers = [features.plain(part) for part in given[:3]]
    if not (isinstance(numbers[0], float) and isinstance(numbers[1], float)):
        return None
    third = numbers[2] if len(numbers) > 2 else math.nan
    return numbers[0], numbers[1], third if isinstance(third, float) else math.nan


def _json_crs(given: dict[str, Any]) -> str | None:
    said: Any = given.get("crs")
    for step in ("properties", "name"):
        said = said.get(step) if isinstance(said, dict) else None
    return said if isinstance(said, str) and "CRS84" not in said else None
