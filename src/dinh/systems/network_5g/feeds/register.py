"""Masts out of the province's register of assets: sites with a position, and their cells."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from dinh.kernel.errors import Phrase
from dinh.spine.places.api import PlaceRow
from dinh.systems.network_5g.domain import Cell, Fault, SiteList, SiteRow, Standing

SITE: Final = "gnb_site"
CELL: Final = "gnb_cell"
HEIGHTS_M: Final = (0.1, 400.0)


def sites_of_assets(
    sites: Sequence[PlaceRow], cells: Iterable[PlaceRow], operators: Mapping[str, str], *, default_height_m: float | None = None
) -> SiteList:  # fmt: skip
    """`operators` are names by URN. What the register calls simulated is generated here; a site without a known height takes the
    default, with a warning, and is a fault where there is none. Lines count sites from 1."""
    of: dict[str, list[PlaceRow]] = defaultdict(list)
    for cell in cells:
        of[cell.parent or ""].append(cell)
    found: list[SiteRow] = []
    faults: list[Fault] = []
    warnings: list[Fault] = []
    for line, site in enumerate(sites, start=1):
        height = _number(site.attributes.get("height_m"))
        if site.longitude is None or site.latitude is None:
            faults.append(Fault(line, site.urn, "", Phrase("the register holds no position of this site; complete it there first")))  # fmt: skip
            continue
        if height is None or not HEIGHTS_M[0] <= height <= HEIGHTS_M[1]:
            told = str(site.attributes.get("height_m", ""))
            if default_height_m is None:
                faults.append(Fault(line, site.urn, told, Phrase("the register holds no height of the antennas; give one for all sites that have none")))  # fmt: skip
                continue
            warnings.append(Fault(line, site.urn, told, Phrase("the height is assumed: the register holds none")))
            height = default_height_m
        mine = sorted(of[site.urn], key=lambda cell: cell.urn)
        found.append(
            SiteRow(
                line, site.name_vi, site.latitude, site.longitude, height, [turn for cell in mine if (turn := _azimuth(cell)) is not None],
                standing=Standing.EXISTING, operator=operators.get(site.operator, ""), cells=[Cell(_azimuth(cell)) for cell in mine],
                generated=site.simulated,
            )
        )  # fmt: skip
    return SiteList(found, faults, warnings)


def _azimuth(cell: PlaceRow) -> float | None:
    turn = _number(cell.attributes.get("azimuth_deg"))
    return None if turn is None or not 0 <= turn <= 360 else turn


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
