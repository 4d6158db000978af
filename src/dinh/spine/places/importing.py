"""Takes exact boundaries into the register: checked, mended where that is safe, simplified for small scales."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from django.db import connection, transaction
from shapely.geometry.base import BaseGeometry

from dinh.engines.tiles import polygons
from dinh.kernel.errors import Conflict
from dinh.spine.places import domain, geofiles, outlines, saving
from dinh.spine.places.api import ImportReport, PlaceRow
from dinh.spine.places.matching import Match, match
from dinh.spine.places.models import Boundary, Place
from dinh.spine.places.tree import Tree, tree
from dinh.spine.places.versions import bump, written

_POPULATION = ("population", "population_sapnhap", "pop", "dan_so", "danso")
_AREA = ("area_km2", "areakm2", "area", "dien_tich", "dientich", "dien_tich_km2")
_POINTS_OF_ISLANDS = ("Hoàng Sa", "Trường Sa")
_CHUNK = 200
_UPDATE = (
    f"UPDATE {Place._meta.db_table} SET boundary = %s, population = %s, area_km2 = %s, longitude = %s, latitude = %s "  # noqa: S608
    "WHERE urn = %s"
)

type Progress = Callable[[int, int], None]


def import_boundaries(path: Path, *, progress: Progress | None = None) -> ImportReport:
    held = tree()
    if not held.rows:
        raise Conflict("places.no_units", "no unit is loaded to carry a boundary; run `dinh import units` first")
    features = geofiles.read(path)
    checked: list[geofiles.Feature] = []
    mended = 0
    refused: list[tuple[int, str]] = []
    for feature in features:
        shape, wrong, was_mended = (
            polygonal(feature.shape) if feature.shape is not None else (None, feature.wrong, False)
        )
        if shape is None:
            refused.append((feature.number, f"feature {feature.number}{_called(feature.properties)}: {wrong}"))
            continue
        mended += was_mended
        checked.append(geofiles.Feature(feature.number, feature.properties, shape))
    matches, unmatched = match(checked, held)
    refused += [(int(line.split(":")[0].split()[1]), line) for line in unmatched]
    taken, changed, unchanged, moved = _store(matches, held, path.name, progress)
    note = f"{len(features)} features, {mended} mended"
    if moved:
        note += f", {moved} facilities and assets found a new commune"
    return ImportReport(taken, changed, unchanged, tuple(line for _, line in sorted(refused)), note)


def polygonal(shape: BaseGeometry) -> tuple[BaseGeometry | None, str, bool]:
    """Polygons only, in two dimensions and valid; else why not. The third says whether rings were mended."""
    shape = shapely.force_2d(shape)
    if shape.is_empty or not np.isfinite(shapely.get_coordinates(shape)).all():
        return None, "its shape is empty or has coordinates that are no numbers; give its polygon", False
    west, south, east, north = shape.bounds
    if west < domain.WEST or east > domain.EAST or south < domain.SOUTH or north > domain.NORTH:
        frame = f"{west:.4g}, {south:.4g} to {east:.4g}, {north:.4g}"
        swapped = south >= domain.WEST and north <= domain.EAST and west >= domain.SOUTH and east <= domain.NORTH
        remedy = "longitude comes first" if swapped else "export it as WGS 84 degrees (EPSG:4326)"
        return None, f"it reaches from {frame}, outside Vietnam; {remedy}", False
    mended = not shape.is_valid
    if mended:
        shape = polygons.mend(shape)
    found = polygons.polygons_of(shape)
    if found is None:
        return None, f"it is a {shape.geom_type}, not a polygon; give the unit's area", False
    return found, "", mended


def _called(properties: Mapping[str, Any]) -> str:
    name = next((str(value) for value in properties.values() if isinstance(value, str) and value), "")
    return f" ('{name[:60]}')" if name else ""


def _store(matches: Sequence[Match], held: Tree, source: str, progress: Progress | None) -> tuple[int, int, int, int]:
    """Counts of taken, changed, unchanged and of facilities and assets in another commune; one transaction, which
    begins when all that takes long to compute is there: while it lasts nobody else writes to SQLite."""
    shapes = np.array([shapely.normalize(m.feature.shape) for m in matches], dtype=object)
    if len(shapes):
        rounded = shapely.transform(shapes, lambda xy: np.round(xy, 7))
        shapes = np.where(shapely.is_valid(rounded), rounded, shapes)
    given = [shapely.to_wkb(shape) for shape in shapes]
    urns = [m.urn for m in matches]
    before: dict[str, bytes] = {}
    for start in range(0, len(urns), _CHUNK):
        rows = Boundary.objects.filter(place__in=urns[start : start + _CHUNK], tolerance_m=0)
        before |= {urn: bytes(wkb) for urn, wkb in rows.values_list("place_id", "wkb")}
    fresh = [i for i, urn in enumerate(urns) if before.get(urn) != given[i]]
    if not fresh:
        return 0, 0, len(urns), 0
    simplified = _simplified(fresh, shapes, given)
    with transaction.atomic():
        for part in ("units", "boundaries"):
            bump(part)
        _write(fresh, matches, shapes, simplified, held, source, progress)
        written("units", "boundaries")
        moved = saving.relocate()
    taken = sum(urns[i] not in before for i in fresh)
    return taken, len(fresh) - taken, len(urns) - len(fresh), moved


def _simplified(fresh: Sequence[int], shapes: Any, given: Sequence[bytes]) -> dict[int, dict[int, bytes]]:
    """The fresh shapes as WKB by stored tolerance and position."""
    simplified: dict[int, dict[int, bytes]] = {0: {i: given[i] for i in fresh}}
    coarse = shapes
    for tolerance_m in outlines.STORED_M[1:]:
        # Among all shapes of the file, so that neighbours keep a common edge; each level from the one before it.
        coarse = polygons.simplify(coarse, tolerance_m)
        simplified[tolerance_m] = {i: shapely.to_wkb(coarse[i] if not coarse[i].is_empty else shapes[i]) for i in fresh}
    return simplified


def _write(
    fresh: Sequence[int], matches: Sequence[Match], shapes: Any, simplified: Mapping[int, Mapping[int, bytes]],
    held: Tree, source: str, progress: Progress | None,
) -> None:  # fmt: skip
    for start in range(0, len(fresh), _CHUNK):
        chunk = fresh[start : start + _CHUNK]
        Boundary.objects.filter(place__in=[matches[i].urn for i in chunk]).delete()
        Boundary.objects.bulk_create(
            [_boundary(matches[i].urn, shapes[i], tolerance_m, wkb[i], source)
             for i in chunk for tolerance_m, wkb in simplified.items()]
        )  # fmt: skip
        facts = [_facts(held.rows[matches[i].urn], matches[i], shapes[i]) for i in chunk]
        with connection.cursor() as cursor:
            cursor.executemany(_UPDATE, facts)
        if progress is not None:
            progress(min(start + _CHUNK, len(fresh)), len(fresh))


def _boundary(urn: str, shape: BaseGeometry, tolerance_m: int, wkb: bytes, source: str) -> Boundary:
    west, south, east, north = shape.bounds
    return Boundary(
        place_id=urn, tolerance_m=tolerance_m, wkb=wkb, west=west, south=south, east=east, north=north,
        source=source[:200],
    )  # fmt: skip


def _facts(row: PlaceRow, one: Match, shape: BaseGeometry) -> tuple[Any, ...]:
    """The unit with what the file knows of it; a centre that lies outside its boundary is moved inside."""
    values = {"".join(name.lower().split()): value for name, value in one.feature.properties.items()}
    population = next((int(values[n]) for n in _POPULATION if _positive(values.get(n))), row.population)
    area = next((float(values[n]) for n in _AREA if _positive(values.get(n))), row.area_km2)
    longitude, latitude = row.longitude, row.latitude
    inside = longitude is not None and shapely.intersects_xy(shape, longitude, latitude)
    if not inside and row.name_vi not in _POINTS_OF_ISLANDS:
        point = shapely.point_on_surface(shape)
        longitude, latitude = round(point.x, 6), round(point.y, 6)
    return "exact", population, area, longitude, latitude, row.urn


def _positive(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value < 1e9
