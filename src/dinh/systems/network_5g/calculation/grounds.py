"""The ground of a planning area: laid once from its rasters, kept as arrays, read by processes that need it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Transformer

from dinh.engines.radio.maps.ground import Grid, Ground
from dinh.engines.radio.population import rasterise, spread
from dinh.engines.radio.rasters import metric_crs, read_grid, read_ground, read_layer
from dinh.kernel.errors import Invalid, NotFound
from dinh.systems.network_5g.calculation.keeping import keep
from dinh.systems.network_5g.calculation.questions import GroundQuestion

MOST_PIXELS: Final = 30_000_000
"""Of a planning area: some hundred bytes a pixel are in memory while a network is calculated."""
FORM: Final = 1


@dataclass(frozen=True, slots=True)
class Place:
    """A commune of a ground; its number is its place in `Laid.communes`."""

    urn: str
    name_vi: str
    name_en: str
    people: float
    area_km2: float
    approximate: bool


@dataclass(frozen=True, eq=False)
class Laid:
    """`people` a pixel; `unit` is the number of the commune a pixel lies in, -1 outside of the area."""

    name: str
    ground: Ground
    people: Grid
    unit: npt.NDArray[np.int16]
    communes: tuple[Place, ...]
    about: Mapping[str, Any]

    @property
    def pixel_km2(self) -> float:
        return self.ground.step_x * self.ground.step_y / 1e6

    @property
    def to_metres(self) -> Transformer:
        return _to_metres(self.ground.crs)


@lru_cache(maxsize=16)
def _to_metres(crs: str) -> Transformer:
    return Transformer.from_crs("EPSG:4326", crs, always_xy=True)


def lay(question: GroundQuestion, *, hear: Callable[[int, int], None] | None = None) -> str:
    """The name of the ground's folder; one that is there already is not laid again."""
    name = _digest(question)
    folder = question.folder / name
    if (folder / "about.json").exists():
        return name
    told = hear or (lambda done, of: None)
    told(0, 4)
    ground = _ground(question)
    told(1, 4)
    shapes = [shapely.from_wkb(commune.shape) for commune in question.communes]
    change = _to_metres(ground.crs).transform
    flat = [shapely.transform(shape, lambda x, y: np.array(change(x, y)), interleaved=False) for shape in shapes]
    unit = rasterise(flat, ground).astype(np.int16)
    told(2, 4)
    people, assumed = _people(question, ground, unit)
    told(3, 4)
    inside = unit >= 0
    sizes = np.bincount(unit[inside], minlength=len(shapes)) * ground.step_x * ground.step_y / 1e6
    counts = np.bincount(unit[inside], weights=people[inside].astype(np.float64), minlength=len(shapes))
    about = {
        "crs": ground.crs, "west": ground.west, "north": ground.north, "step": ground.step_x,
        "rows": ground.shape[0], "columns": ground.shape[1],
        "people": float(people[inside].sum(dtype=np.float64)), "area_km2": float(sizes.sum()),
        "flat": not question.terrain, "flat_m": question.flat_m, "clutter": question.clutter is not None,
        "people_from": assumed, "lowest_m": float(ground.height_m.min()), "highest_m": float(ground.height_m.max()),
        "approximate": any(commune.approximate for commune in question.communes),
        "communes": [
            {
                "urn": commune.urn, "name_vi": commune.name_vi, "name_en": commune.name_en,
                "people": float(counts[number]), "area_km2": float(sizes[number]), "approximate": commune.approximate,
            }
            for number, commune in enumerate(question.communes)
        ],
    }  # fmt: skip
    arrays: dict[str, npt.NDArray[Any]] = {
        "height": ground.height_m,
        "clutter": ground.clutter_m,
        "people": people,
        "unit": unit,
    }

    def fill(aside: Path) -> None:
        for title, array in arrays.items():
            np.save(aside / f"{title}.npy", array)
        (aside / "about.json").write_text(json.dumps(about), encoding="utf-8")

    keep(folder, mark="about.json", fill=fill)
    return name


def _digest(question: GroundQuestion) -> str:
    """Rasters lie under names that are their hashes."""
    communes = [(commune.urn, hashlib.sha256(commune.shape).hexdigest(), commune.people) for commune in question.communes]  # fmt: skip
    asked = [
        FORM, question.box, question.margin_km, question.resolution_m, communes, sorted(path.name for path in question.terrain),
        question.clutter.name if question.clutter else "", question.people.name if question.people else "", question.flat_m,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:40]


def _ground(question: GroundQuestion) -> Ground:
    west, south, east, north = question.box
    crs = metric_crs((west + east) / 2, (south + north) / 2)
    step, margin = question.resolution_m, question.margin_km * 1000
    edge = np.linspace(0, 1, 21)
    around = np.concatenate([
        np.stack([west + (east - west) * edge, np.full(21, y)]) for y in (south, north)
    ] + [np.stack([np.full(21, x), south + (north - south) * edge]) for x in (west, east)], axis=1)  # fmt: skip
    x, y = _to_metres(crs).transform(*around)
    left, bottom = (float(np.floor((values.min() - margin) / step) * step) for values in (x, y))
    right, top = (float(np.ceil((values.max() + margin) / step) * step) for values in (x, y))
    columns, rows = round((right - left) / step), round((top - bottom) / step)
    if rows * columns > MOST_PIXELS:
        raise Invalid(
            "radio.area_large",
            "the area would have {pixels:,} pixels, more than {most:,}; choose a coarser grid than {step:g} m or fewer communes",
            pixels=rows * columns, most=MOST_PIXELS, step=step,
        )  # fmt: skip
    if question.terrain:
        return read_ground(
            list(question.terrain), west=left, south=bottom, east=right, north=top, resolution=step, crs=crs,
            clutter=question.clutter, fill_holes_up_to=4,
        )  # fmt: skip
    level = np.full((rows, columns), question.flat_m, dtype=np.float32)
    plain = Ground(level, np.zeros_like(level), left, top, step, step, crs, geographic=False)
    if question.clutter is None:
        return plain
    return Ground(level, _standing(question.clutter, plain), left, top, step, step, crs, geographic=False)


def _standing(path: Path, ground: Ground) -> Grid:
    return np.maximum(np.nan_to_num(read_layer(path, ground)), 0).astype(np.float32)


def _people(question: GroundQuestion, ground: Ground, unit: npt.NDArray[np.int16]) -> tuple[Grid, str]:
    if question.people is not None:
        return read_grid(question.people, ground).astype(np.float32), "grid"
    known = np.array([commune.people or 0 for commune in question.communes], dtype=np.float64)
    weight = np.where(ground.clutter_m > 0, 5.0, 1.0) if question.clutter is not None else None
    found = spread(known, unit.astype(np.int32), weight)
    return found.astype(np.float32), "communes" if all(c.people for c in question.communes) else "communes_partly"


@lru_cache(maxsize=2)
def laid(folder: Path) -> Laid:
    """Raises NotFound `radio.no_ground`."""
    try:
        about = json.loads((folder / "about.json").read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise NotFound("radio.no_ground", "the ground of this area is not there; have it laid again") from error
    height, clutter, people, unit = (
        np.load(folder / f"{name}.npy") for name in ("height", "clutter", "people", "unit")
    )
    ground = Ground(
        height, clutter, about["west"], about["north"], about["step"], about["step"], about["crs"], geographic=False
    )
    communes = tuple(Place(**values) for values in about["communes"])
    return Laid(folder.name, ground, people, unit, communes, about)
