"""Rectangles of pixels: which part of a map is meant."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Region:
    """Rows [top, bottom) and columns [left, right) of a ground."""

    top: int
    bottom: int
    left: int
    right: int

    @property
    def slices(self) -> tuple[slice, slice]:
        return slice(self.top, self.bottom), slice(self.left, self.right)

    @property
    def shape(self) -> tuple[int, int]:
        return self.bottom - self.top, self.right - self.left

    def __bool__(self) -> bool:
        """Whether it holds any pixel."""
        return self.top < self.bottom and self.left < self.right

    def cut(self, other: Region) -> Region:
        """What both hold; false where they do not meet."""
        return Region(
            max(self.top, other.top), min(self.bottom, other.bottom),
            max(self.left, other.left), min(self.right, other.right),
        )  # fmt: skip

    def seen_from(self, other: Region) -> Region:
        """The same pixels, counted from the other's corner."""
        return Region(self.top - other.top, self.bottom - other.top, self.left - other.left, self.right - other.left)


NOWHERE = Region(0, 0, 0, 0)


def around(regions: Iterable[Region]) -> Region:
    """The least region that holds all of them."""
    held = [region for region in regions if region]
    if not held:
        return NOWHERE
    return Region(
        min(region.top for region in held), max(region.bottom for region in held),
        min(region.left for region in held), max(region.right for region in held),
    )  # fmt: skip


def apart(regions: Iterable[Region]) -> list[Region]:
    """Regions that hold all the given ones and do not meet: those that met have become one."""
    found: list[Region] = []
    for region in regions:
        grown = region
        while meeting := [other for other in found if other.cut(grown)]:
            found = [other for other in found if other not in meeting]
            grown = around([grown, *meeting])
        if grown:
            found.append(grown)
    return found
