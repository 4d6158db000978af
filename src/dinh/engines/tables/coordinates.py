"""VN-2000: plane coordinates of a province's zone to longitude and latitude (WGS 84), and back.

Central meridians of the provinces: Circular 973/2001/TT-TCĐC of the General Department of Land Administration, with the
provinces divided since; zones of 3° have a scale of 0.9999, of 6° one of 0.9996, false easting 500,000 m. The seven
parameters from VN-2000 to WGS 84 are those of Decision 05/2007/QĐ-BTNMT of the Ministry of Natural Resources and
Environment.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from dinh.kernel.errors import OutOfRange
from dinh.kernel.vietnamese_text import fold

if TYPE_CHECKING:
    from pyproj import Transformer

TO_WGS84: Final = "-191.90441429,-39.30318279,-111.45032835,-0.00928836,0.01975479,-0.00427372,0.252906278"
SCALE: Final = {3: 0.9999, 6: 0.9996}

_BY_MERIDIAN: Final = {
    103.0: "Lai Châu, Điện Biên",
    104.0: "Sơn La",
    104.5: "Kiên Giang, Cà Mau",
    104.75: "Lào Cai, Yên Bái, Nghệ An, Phú Thọ, An Giang",
    105.0: "Thanh Hóa, Vĩnh Phúc, Hà Nội, Đồng Tháp, Cần Thơ, Hậu Giang, Bạc Liêu, Hà Tây",
    105.5: "Hà Giang, Hải Dương, Hà Tĩnh, Bắc Ninh, Hưng Yên, Thái Bình, Hà Nam, Nam Định, Ninh Bình, Tây Ninh, Vĩnh Long, "
    "Sóc Trăng, Trà Vinh",
    105.75: "Cao Bằng, Long An, Tiền Giang, Bến Tre, Hải Phòng, Hồ Chí Minh, Bình Dương",
    106.0: "Tuyên Quang, Hòa Bình, Quảng Bình",
    106.25: "Quảng Trị, Bình Phước",
    106.5: "Bắc Kạn, Thái Nguyên",
    107.0: "Bắc Giang, Thừa Thiên Huế, Huế",
    107.25: "Lạng Sơn",
    107.5: "Kon Tum",
    107.75: "Quảng Ninh, Đồng Nai, Bà Rịa - Vũng Tàu, Quảng Nam, Lâm Đồng, Đà Nẵng",
    108.0: "Quảng Ngãi",
    108.25: "Ninh Thuận, Khánh Hòa, Bình Định",
    108.5: "Đắk Lắk, Đắk Nông, Phú Yên, Gia Lai, Bình Thuận",
}
MERIDIANS: Final = {
    fold(name.strip()): meridian for meridian, names in _BY_MERIDIAN.items() for name in names.split(",")
}
"""Central meridian in degrees by the folded name of a province as it was before 2025-07-01."""

EASTINGS: Final = (100_000.0, 900_000.0)
NORTHINGS: Final = (700_000.0, 2_650_000.0)


@dataclass(frozen=True, slots=True)
class Plane:
    """A zone: `meridian` in degrees, `width` 3 or 6 degrees."""

    meridian: float
    width: int = 3


def meridian_of(province: str) -> float | None:
    """By a province's name in any spelling, with or without its rank."""
    name = fold(province)
    for rank in ("tinh ", "thanh pho ", "tp "):
        name = name.removeprefix(rank)
    return MERIDIANS.get(name)


@cache
def _transformer(plane: Plane) -> Transformer:
    from pyproj import CRS, Transformer

    if plane.width not in SCALE or not 102.0 <= plane.meridian <= 117.0:
        raise OutOfRange(
            "vn2000.zone",
            "a zone of {width}° around {meridian}° is none of VN-2000; give 3 or 6 degrees and a meridian from 102 to 117",
            width=plane.width,
            meridian=plane.meridian,
        )
    plane_crs = CRS.from_proj4(
        f"+proj=tmerc +lat_0=0 +lon_0={plane.meridian} +k={SCALE[plane.width]} +x_0=500000 +y_0=0 +ellps=WGS84 "
        f"+towgs84={TO_WGS84} +units=m +no_defs"
    )
    return Transformer.from_crs(plane_crs, CRS.from_epsg(4326), always_xy=True)


def swapped(easting: NDArray[np.float64], northing: NDArray[np.float64]) -> bool:
    """True where what is called easting are northings: surveyors' X points north."""
    east, north = np.nanmedian(easting), np.nanmedian(northing)
    straight = EASTINGS[0] <= east <= EASTINGS[1] and NORTHINGS[0] <= north <= NORTHINGS[1]
    crossed = EASTINGS[0] <= north <= EASTINGS[1] and NORTHINGS[0] <= east <= NORTHINGS[1]
    if straight and crossed:
        # Both fit: the easting of a zone lies near 500,000, the northing of Vietnam seldom does.
        return bool(abs(north - 500_000) < abs(east - 500_000))
    return bool(crossed)


def to_degrees(
    easting: NDArray[np.float64], northing: NDArray[np.float64], plane: Plane
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Longitude and latitude, WGS 84. Shape (n,) each, metres -> degrees; NaN where a coordinate lies outside of what a
    zone of Vietnam can hold. Raises OutOfRange `vn2000.zone`."""
    inside = (easting >= EASTINGS[0]) & (easting <= EASTINGS[1])
    inside &= (northing >= NORTHINGS[0]) & (northing <= NORTHINGS[1])
    longitude, latitude = _transformer(plane).transform(np.where(inside, easting, 5e5), np.where(inside, northing, 1e6))
    return np.where(inside, longitude, np.nan), np.where(inside, latitude, np.nan)


def from_degrees(
    longitude: NDArray[np.float64], latitude: NDArray[np.float64], plane: Plane
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Easting and northing, metres; the inverse of `to_degrees`."""
    transformer = _transformer(plane)
    east, north = transformer.transform(longitude, latitude, direction="INVERSE")
    # The inverse of the seven parameters leaves out their squares, about a millimetre: what is amiss is taken off.
    near_east, near_north = transformer.transform(*transformer.transform(east, north), direction="INVERSE")
    return 2 * np.asarray(east) - np.asarray(near_east), 2 * np.asarray(north) - np.asarray(near_north)
