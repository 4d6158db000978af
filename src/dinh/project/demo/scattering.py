"""Assets that nobody has surveyed: sites, cells, cameras, gates and networks strewn over the communes.

Always the same for the same seed, always marked as simulated.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from dinh.spine.places.api import PlaceRow

SITES_URBAN, SITES_RURAL = 15, 9
CAMERAS_URBAN, CAMERAS_RURAL = 6, 2
OPERATORS: Final = ("nha-mang-a", "nha-mang-b", "nha-mang-c")
SHARES: Final = (45, 33, 22)
AZIMUTHS_DEG: Final = (0, 120, 240)
SPREAD_URBAN_KM, SPREAD_RURAL_KM = 1.3, 2.6
KM_A_DEGREE: Final = 111.32
PEOPLE_URBAN, PEOPLE_RURAL = 50_000, 30_000
"""Assumed where the register of places holds no population."""
DEPARTMENTS: Final = {
    "so-nong-nghiep-moi-truong": ("Sở Nông nghiệp và Môi trường", "Department of Agriculture and Environment"),
    "so-y-te": ("Sở Y tế", "Department of Health"),
    "so-khoa-hoc-cong-nghe": ("Sở Khoa học và Công nghệ", "Department of Science and Technology"),
    "so-xay-dung": ("Sở Xây dựng", "Department of Construction"),
    "so-tai-chinh": ("Sở Tài chính", "Department of Finance"),
    "so-giao-duc-dao-tao": ("Sở Giáo dục và Đào tạo", "Department of Education and Training"),
    "trung-tam-hanh-chinh-cong": ("Trung tâm Phục vụ hành chính công", "Public Administration Service Centre"),
    "trung-tam-dieu-hanh": ("Trung tâm điều hành", "Operations centre"),
}

SUBSTATIONS: Final = {"Vĩnh Châu": "tram-bien-ap-vinh-chau"}
"""By ward the substation on which its 5G sites depend."""

type Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Commune:
    row: PlaceRow
    longitude: float
    latitude: float

    @property
    def urban(self) -> bool:
        return self.row.full_name_vi.casefold().startswith("phường")

    @property
    def people(self) -> int:
        return self.row.population or (PEOPLE_URBAN if self.urban else PEOPLE_RURAL)


def communes(rows: Sequence[PlaceRow]) -> Sequence[Commune]:
    """Those whose centre is known, by code."""
    found = [
        Commune(row, row.longitude, row.latitude)
        for row in rows
        if row.longitude is not None and row.latitude is not None
    ]
    return sorted(found, key=lambda commune: commune.row.code)


def scatter(rows: Sequence[Commune], seed: int) -> Iterator[Values]:
    """Keyword arguments of `places.save_place`, parents before what they hold."""
    for commune in rows:
        chance = random.Random(f"{seed}-{commune.row.code}")  # noqa: S311 - a picture to look at, not a secret
        if commune.row.name_vi in SUBSTATIONS:
            yield _substation(commune)
        yield from _sites(commune, chance)
        yield from _cameras(commune, chance)
        yield from _administration(commune, chance)
    if rows:
        centre = rows[0]
        chance = random.Random(f"{seed}-departments")  # noqa: S311
        for code, (vi, en) in DEPARTMENTS.items():
            yield _network(f"mang-{code}", f"Mạng {vi}", f"{en} network", centre, chance, code)


def _substation(commune: Commune) -> Values:
    """In the middle of the ward, so that the other points are drawn as they were without it."""
    return {
        "kind": "asset",
        "id": SUBSTATIONS[commune.row.name_vi],
        "level": "substation",
        "name_vi": f"Trạm biến áp 110 kV {commune.row.name_vi}",
        "name_en": f"110 kV substation {commune.row.name_en}",
        "longitude": commune.longitude,
        "latitude": commune.latitude,
        "operator": "urn:dinh:organisation:dien-luc-vinh-chau",
        "simulated": True,
    }


def _sites(commune: Commune, chance: random.Random) -> Iterator[Values]:
    substation = SUBSTATIONS.get(commune.row.name_vi)
    powered = {"depends_on": [f"urn:dinh:asset:{substation}"]} if substation else {}
    for number in range(1, (SITES_URBAN if commune.urban else SITES_RURAL) + 1):
        name = f"5g-{commune.row.code}-{number:02d}"
        point = _point(commune, chance)
        operator = chance.choices(OPERATORS, SHARES)[0]
        frequency_mhz = chance.choice((2600, 3700))
        site = {
            "kind": "asset",
            "operator": f"urn:dinh:organisation:{operator}",
            "simulated": True,
            "longitude": point[0],
            "latitude": point[1],
        }
        yield {
            **site,
            "id": name,
            "level": "gnb_site",
            "name_vi": f"Trạm 5G {commune.row.name_vi} {number:02d}",
            "name_en": f"5G site {commune.row.name_en} {number:02d}",
            "attributes": {"cells": len(AZIMUTHS_DEG), "height_m": chance.choice((24, 30, 36, 42))} | powered,
        }
        for sector, azimuth_deg in enumerate(AZIMUTHS_DEG, start=1):
            yield {
                **site,
                "id": f"{name}-{sector}",
                "level": "gnb_cell",
                "parent": f"urn:dinh:asset:{name}",
                "name_vi": f"Ô 5G {commune.row.name_vi} {number:02d}/{sector}",
                "name_en": f"5G cell {commune.row.name_en} {number:02d}/{sector}",
                "attributes": {"azimuth_deg": azimuth_deg, "frequency_mhz": frequency_mhz},
            }


def _cameras(commune: Commune, chance: random.Random) -> Iterator[Values]:
    for number in range(1, (CAMERAS_URBAN if commune.urban else CAMERAS_RURAL) + 1):
        longitude, latitude = _point(commune, chance)
        yield {
            "kind": "asset",
            "id": f"camera-{commune.row.code}-{number:02d}",
            "level": "traffic_camera",
            "name_vi": f"Camera {commune.row.name_vi} {number:02d}",
            "name_en": f"Camera {commune.row.name_en} {number:02d}",
            "longitude": longitude,
            "latitude": latitude,
            "operator": "urn:dinh:organisation:so-xay-dung",
            "simulated": True,
        }


def _administration(commune: Commune, chance: random.Random) -> Iterator[Values]:
    full = commune.row.full_name_vi
    yield _network(
        f"mang-{commune.row.code}",
        f"Mạng UBND {full}",
        f"Network of {commune.row.name_en} People’s Committee",
        commune,
        chance,
        f"ubnd-{commune.row.code}",
    )
    longitude, latitude = _point(commune, chance)
    yield {
        "kind": "facility",
        "id": f"tram-y-te-{commune.row.code}",
        "level": "clinic",
        "name_vi": f"Trạm Y tế {full}",
        "name_en": f"{commune.row.name_en} health station",
        "longitude": longitude,
        "latitude": latitude,
        "operator": "urn:dinh:organisation:so-y-te",
        "simulated": True,
    }
    if not commune.urban:
        longitude, latitude = _point(commune, chance)
        yield {
            "kind": "asset",
            "id": f"cong-{commune.row.code}",
            "level": "sluice_gate",
            "name_vi": f"Cống ngăn mặn {commune.row.name_vi}",
            "name_en": f"{commune.row.name_en} sluice",
            "longitude": longitude,
            "latitude": latitude,
            "operator": "urn:dinh:organisation:chi-cuc-thuy-loi",
            "simulated": True,
        }


def _network(id: str, vi: str, en: str, commune: Commune, chance: random.Random, operator: str) -> Values:
    longitude, latitude = _point(commune, chance, near=0.3)
    return {
        "kind": "asset",
        "id": id,
        "level": "government_network",
        "name_vi": vi,
        "name_en": en,
        "longitude": longitude,
        "latitude": latitude,
        "operator": f"urn:dinh:organisation:{operator}",
        "simulated": True,
    }


def _point(commune: Commune, chance: random.Random, near: float = 1.0) -> tuple[float, float]:
    """A point around the commune's centre, denser towards it."""
    reach_km = (SPREAD_URBAN_KM if commune.urban else SPREAD_RURAL_KM) * near
    distance_km = reach_km * math.sqrt(chance.random()) * (0.4 + 0.6 * chance.random())
    angle = chance.random() * 2 * math.pi
    east = distance_km * math.cos(angle) / (KM_A_DEGREE * math.cos(math.radians(commune.latitude)))
    return round(commune.longitude + east, 6), round(commune.latitude + distance_km * math.sin(angle) / KM_A_DEGREE, 6)
