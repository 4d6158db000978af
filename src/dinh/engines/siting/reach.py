"""What lies within a radius of what, on a plane."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dinh.engines.compiled import compiled
from dinh.engines.siting.problem import Indices, Numbers, Starts
from dinh.kernel.errors import Invalid, OutOfRange


def within(centres_m: ArrayLike, points_m: ArrayLike, radius_m: float) -> tuple[Starts, Indices]:
    """The points at most `radius_m` from each centre, in CSR: (C, 2), (D, 2) metres of one plane -> (C + 1,), (entries,)."""
    if not radius_m > 0 or not np.isfinite(radius_m):
        raise OutOfRange("siting.bad_radius", "a radius of {value} m reaches nothing; give one above 0", value=radius_m)
    centres, points = _places("centres_m", centres_m), _places("points_m", points_m)
    order = np.argsort(points[:, 0], kind="stable")
    ordered = np.ascontiguousarray(points[order])
    first = np.searchsorted(ordered[:, 0], centres[:, 0] - radius_m, "left")
    after = np.searchsorted(ordered[:, 0], centres[:, 0] + radius_m, "right")
    starts = np.zeros(len(centres) + 1, np.int64)
    nothing = np.empty(0, np.int32)
    _list(centres, ordered, order, first, after, radius_m, starts, nothing)
    np.cumsum(starts, out=starts)
    found = np.empty(starts[-1], np.int32)
    _list(centres, ordered, order, first, after, radius_m, starts, found)
    for number in range(len(centres)):
        found[starts[number] : starts[number + 1]].sort()
    return starts, found


@compiled()
def _list(
    centres: Numbers, points: Numbers, order: Starts, first: Starts, after: Starts, radius: float, starts: Starts, found: Indices
) -> None:  # fmt: skip
    """Counts into starts[1:] while `found` is empty; lists into `found` otherwise."""
    for number in range(len(centres)):
        count = 0
        for place in range(first[number], after[number]):
            across, along = points[place, 0] - centres[number, 0], points[place, 1] - centres[number, 1]
            if across * across + along * along <= radius * radius:
                if len(found):
                    found[starts[number] + count] = order[place]
                count += 1
        if not len(found):
            starts[number + 1] = count


def _places(name: str, given: ArrayLike) -> NDArray[np.float64]:
    places = np.ascontiguousarray(given, np.float64)
    if places.ndim != 2 or places.shape[1] != 2 or not np.isfinite(places).all():
        raise Invalid(
            "siting.bad_places", "{name} has the shape {shape}; give rows of two finite numbers, in metres",
            name=name, shape=places.shape,
        )  # fmt: skip
    return places
