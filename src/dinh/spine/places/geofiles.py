"""Reads GeoJSON, gzipped GeoJSON and GeoPackage into features in WGS 84; knows nothing of units."""

from __future__ import annotations

import gzip
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import shapely
from pyproj.exceptions import CRSError
from shapely.errors import ShapelyError
from shapely.geometry.base import BaseGeometry

from dinh.kernel.errors import Invalid, NotFound

_REMEDY = "give a GeoJSON FeatureCollection (.geojson, .json, also .gz) or a GeoPackage (.gpkg)"


@dataclass(frozen=True, slots=True)
class Feature:
    """`number` counts from 1 within the file; `shape` is None where the file has none or a broken one (`wrong` says)."""

    number: int
    properties: Mapping[str, Any]
    shape: BaseGeometry | None
    wrong: str = ""


def read(path: Path) -> list[Feature]:
    """Raises NotFound without the file, Invalid with place and remedy when it is no such file."""
    if not path.is_file():
        raise NotFound("places.no_file", "there is no file '{path}'", path=str(path))
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes[-1:] == [".gpkg"]:
        return _geopackage(path)
    if suffixes[-1:] in ([".geojson"], [".json"]) or suffixes[-2:] in ([".geojson", ".gz"], [".json", ".gz"]):
        return _geojson(path)
    raise Invalid(
        "places.file_kind", "'{name}' is of no kind that can be read; {remedy}", name=path.name, remedy=_REMEDY
    )


def _geojson(path: Path) -> list[Feature]:
    try:
        raw = path.read_bytes()
        collection = json.loads(gzip.decompress(raw) if path.suffix.lower() == ".gz" else raw)
    except (OSError, EOFError, ValueError, RecursionError) as error:
        raise Invalid(
            "places.not_json",
            "'{name}' cannot be read as JSON: {why}; {remedy}",
            name=path.name,
            why=error,
            remedy=_REMEDY,
        ) from error
    features = collection.get("features") if isinstance(collection, dict) else None
    if not isinstance(features, list):
        raise Invalid(
            "places.not_geojson", "'{name}' has no list of features; {remedy}", name=path.name, remedy=_REMEDY
        )
    crs = collection.get("crs")
    name = crs.get("properties", {}).get("name") if isinstance(crs, dict) else None
    reproject = _reprojection(name, path)
    found = []
    for number, feature in enumerate(features, start=1):
        if not isinstance(feature, dict) or not isinstance(feature.get("properties") or {}, dict):
            found.append(Feature(number, {}, None, "it is no GeoJSON feature; give type, properties and geometry"))
            continue
        shape, wrong = _shape(feature.get("geometry"))
        found.append(Feature(number, feature.get("properties") or {}, reproject(shape), wrong))
    return found


def _shape(geometry: Any) -> tuple[BaseGeometry | None, str]:
    if geometry is None:
        return None, "it has no geometry; give its polygon"
    try:
        return shapely.from_geojson(json.dumps(geometry)), ""
    except (ShapelyError, ValueError, TypeError, RecursionError) as error:
        return None, f"its geometry cannot be read ({str(error)[:120]}); mend it in a GIS and export it anew"


def _geopackage(path: Path) -> list[Feature]:
    import pyogrio
    from pyogrio.errors import DataSourceError

    try:
        layers = [str(name) for name, kind in pyogrio.list_layers(path) if kind is not None]
        found: list[Feature] = []
        for layer in layers:
            meta, _, shapes, columns = pyogrio.raw.read(path, layer=layer)
            reproject = _reprojection(meta["crs"], path)
            fields = [str(name) for name in meta["fields"]]
            for i, wkb in enumerate(shapes):
                values = {name: _plain(column[i]) for name, column in zip(fields, columns, strict=True)}
                try:
                    shape, wrong = (None, "it has no geometry") if wkb is None else (shapely.from_wkb(wkb), "")
                except ShapelyError as error:
                    shape, wrong = None, f"its geometry cannot be read ({str(error)[:120]})"
                found.append(Feature(len(found) + 1, values, reproject(shape), wrong))
    except DataSourceError as error:
        raise Invalid(
            "places.not_geopackage",
            "'{name}' cannot be read: {why}; {remedy}",
            name=path.name,
            why=error,
            remedy=_REMEDY,
        ) from error
    if not layers:
        raise Invalid(
            "places.no_layer", "'{name}' has no layer with geometry; {remedy}", name=path.name, remedy=_REMEDY
        )
    return found


def _plain(value: Any) -> Any:
    value = value.item() if isinstance(value, np.generic) else value
    return None if isinstance(value, float) and math.isnan(value) else value


def _reprojection(crs: str | None, path: Path) -> Any:
    """A function into WGS 84, longitude first; VN-2000 and UTM zones included."""
    if crs is None:
        return lambda shape: shape
    try:
        source = pyproj.CRS.from_user_input(crs)
    except CRSError as error:
        raise Invalid(
            "places.crs", "'{name}' is in the coordinate system '{crs}', which is unknown; export it as EPSG:4326",
            name=path.name, crs=crs,
        ) from error  # fmt: skip
    if source.equals(pyproj.CRS.from_epsg(4326), ignore_axis_order=True) or "CRS84" in crs:
        return lambda shape: shape
    transformer = pyproj.Transformer.from_crs(source, 4326, always_xy=True)

    def reproject(shape: BaseGeometry | None) -> BaseGeometry | None:
        if shape is None:
            return None
        return shapely.transform(shape, lambda xy: np.column_stack(transformer.transform(xy[:, 0], xy[:, 1])))

    return reproject
