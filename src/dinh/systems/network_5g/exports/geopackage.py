"""A scenario as a GeoPackage for any GIS: masts as points, cells as sectors, communes with their figures; WGS 84."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
import pyogrio
import shapely
from pyproj import Geod

from dinh.systems.network_5g.domain import Mast
from dinh.systems.network_5g.exports.contents import ReportInput

SECTOR_M: Final = 400.0
"""How far a cell's sector is drawn: a sign of where it looks, not of how far it reaches."""
WIDTH_DEG: Final = 65.0
_ROUND: Final = Geod(ellps="WGS84")
_STEP_DEG: Final = 5.0

type Field = tuple[str, Callable[[Any], Any]]


def geopackage(told: ReportInput, *, sector_m: float = SECTOR_M) -> bytes:
    """Layers `masts`, `cells` and, where boundaries are known, `communes`. Names of columns carry their units."""
    cells = [(mast, place) for mast in told.masts for place in range(len(mast.cells))]
    loads = {(load.mast, load.cell): 0.0 for load in told.loads}
    for load in told.loads:
        loads[load.mast, load.cell] = max(loads[load.mast, load.cell], load.asked)
    drawn = [commune for commune in told.communes if commune.geometry is not None]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "scenario.gpkg"
        _layer(
            path, "masts", "Point", told.masts, [shapely.Point(mast.longitude, mast.latitude) for mast in told.masts],
            [
                ("code", lambda mast: mast.code), ("name", lambda mast: mast.name),
                ("height_m", lambda mast: mast.antenna_height_m), ("cells", lambda mast: len(mast.cells)),
                ("standing", lambda mast: mast.standing.value), ("operator", lambda mast: mast.operator),
                ("backhaul", lambda mast: mast.backhaul), ("generated", lambda mast: mast.generated),
            ],
        )  # fmt: skip
        _layer(
            path, "cells", "Polygon", cells, [sector(mast, mast.cells[place].azimuth_deg, sector_m) for mast, place in cells],
            [
                ("mast_code", lambda row: row[0].code), ("mast", lambda row: row[0].name), ("cell", lambda row: row[1] + 1),
                ("azimuth_deg", _of_cell("azimuth_deg")), ("tilt_deg", _of_cell("tilt_deg")),
                ("power_dbm", _of_cell("power_dbm")), ("gain_dbi", _of_cell("gain_dbi")), ("pci", _of_cell("pci")),
                ("bands", lambda row: " ".join(row[0].cells[row[1]].bands)),
                ("load", lambda row: loads.get((row[0].code, row[1]))), ("generated", lambda row: row[0].generated),
            ],
        )  # fmt: skip
        if drawn:
            _layer(
                path, "communes", "MultiPolygon", drawn, [_many(shapely.geometry.shape(one.geometry)) for one in drawn],
                [
                    ("code", lambda one: one.code), ("name", lambda one: one.name), ("people", lambda one: float(one.people)),
                    ("covered_people", lambda one: float(one.covered_people)), ("area_km2", lambda one: float(one.area_km2)),
                    ("covered_km2", lambda one: float(one.covered_km2)), ("generated", lambda one: told.generated),
                ],
            )  # fmt: skip
        return path.read_bytes()


def sector(mast: Mast, azimuth_deg: float | None, reach_m: float) -> shapely.Polygon:
    """A wedge around the azimuth, a circle where the antenna is even."""
    if azimuth_deg is None:
        turns = np.arange(0.0, 360.0, _STEP_DEG)
    else:
        turns = azimuth_deg + np.linspace(-WIDTH_DEG / 2, WIDTH_DEG / 2, math.ceil(WIDTH_DEG / _STEP_DEG) + 1)
    count = len(turns)
    east, north, _back = _ROUND.fwd(
        np.full(count, mast.longitude), np.full(count, mast.latitude), turns, np.full(count, reach_m)
    )
    ring = list(zip(east.tolist(), north.tolist(), strict=True))
    return shapely.Polygon(ring if azimuth_deg is None else [(mast.longitude, mast.latitude), *ring])


def _of_cell(name: str) -> Callable[[Any], Any]:
    return lambda row: getattr(row[0].cells[row[1]], name)


def _many(shape: Any) -> Any:
    return shapely.MultiPolygon([shape]) if shape.geom_type == "Polygon" else shape


def _layer(
    path: Path, name: str, kind: str, rows: Sequence[Any], shapes: Sequence[Any], fields: Sequence[Field]
) -> None:
    columns, masks = [], []
    for _header, of in fields:
        values = [of(row) for row in rows]
        masks.append(np.array([value is None for value in values], dtype=bool))
        columns.append(_column(values))
    pyogrio.raw.write(
        path, shapely.to_wkb(np.array(shapes, dtype=object)), columns, [header for header, _of in fields], masks,
        layer=name, driver="GPKG", crs="EPSG:4326", geometry_type=kind, append=path.exists(),
    )  # fmt: skip


def _column(values: Sequence[Any]) -> np.ndarray[Any, Any]:
    known = next((value for value in values if value is not None), None)
    if isinstance(known, bool):
        return np.array([bool(value) for value in values], dtype=bool)
    if isinstance(known, int):
        return np.array([value or 0 for value in values], dtype=np.int64)
    if isinstance(known, str):
        return np.array(values, dtype=object)
    return np.array([math.nan if value is None else value for value in values], dtype=np.float64)
