"""Lists of sites as CSV or Excel, with headers in Vietnamese or English, degrees or VN-2000 metres."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from dinh.engines.tables import numbers, reading
from dinh.engines.tables.coordinates import Plane, swapped, to_degrees
from dinh.engines.tables.shape import Column, Table
from dinh.kernel.errors import Invalid, Phrase
from dinh.kernel.vietnamese_text import fold
from dinh.systems.network_5g.domain import Fault, SiteList, SiteRow

type Floats = npt.NDArray[np.float64]

HEADERS: Final = {
    "name": ("name", "site", "site name", "site id", "ten", "ten tram", "tram", "ma tram"),
    "latitude": ("latitude", "lat", "vi do", "vido"),
    "longitude": ("longitude", "lon", "lng", "long", "kinh do", "kinhdo"),
    "easting": ("easting", "e", "toa do y", "y m", "y"),
    "northing": ("northing", "n", "toa do x", "x m", "x"),
    "height": ("height m", "height", "antenna height", "antenna height m", "chieu cao", "chieu cao anten", "do cao anten"),
    "azimuth": ("azimuth deg", "azimuth", "azimuths", "huong", "goc phuong vi", "phuong vi"),
    "tilt": ("tilt deg", "tilt", "downtilt", "goc cup", "goc ngang"),
    "power": ("power dbm", "power", "cong suat", "cong suat dbm"),
    "gain": ("gain dbi", "gain", "tang ich", "do loi"),
    "cost": ("cost", "chi phi", "gia thanh"),
    "existing": ("existing", "co san", "hien huu"),
    "weight": ("weight", "people", "population", "demand", "dan so", "nhu cau", "so dan"),
}  # fmt: skip
"""Headers with diacritics folded and punctuation as spaces. In VN-2000 lists X points north, as surveyors write it."""

VIETNAM: Final = (8.0, 23.5, 102.0, 117.5)
"""South, north, west, east of the country with its islands, degrees."""
TALLEST_M: Final = 400.0


def read_sites(data: bytes, *, plane: Plane | None = None) -> SiteList:
    """Every row, or why not; all faults of a list at once.

    Rows of the same name, place and height are one mast with several azimuths. `plane` reads metres of VN-2000.
    Raises Invalid for a file without the columns that a site needs.
    """
    table = reading.read(data)
    found = {field: column for column in table.columns if (field := _field(column.header))}
    place = _place(table, found, ("height",), plane)
    faults: list[Fault] = []
    figures = {
        field: _numbers(table, column, faults) for field, column in found.items() if field not in ("name", "azimuth")
    }
    latitude, longitude = _degrees(table, found, figures, place, plane, faults)
    sites: dict[tuple[str, float, float, float], SiteRow] = {}
    for row, line in enumerate(table.rows.tolist()):
        height = float(figures["height"][row])
        if np.isfinite(height) and not 0 < height <= TALLEST_M:
            faults.append(_fault(table, found["height"], row, Phrase("antennas stand above 0 and up to {most} m above ground; give the height of the antenna, not of the ground"), most=TALLEST_M))  # fmt: skip
            continue
        if not (np.isfinite(latitude[row]) and np.isfinite(longitude[row]) and np.isfinite(height)):
            continue
        try:
            azimuths = _azimuths(found["azimuth"].text[row].as_py() or "") if "azimuth" in found else ()
        except ValueError:
            faults.append(_fault(table, found["azimuth"], row, Phrase("azimuths are degrees from 0 to 360, several with ; between them")))  # fmt: skip
            continue
        name = (found["name"].text[row].as_py() or "").strip() if "name" in found else ""
        tilt, power, gain = (_optional(figures, field, row) for field in ("tilt", "power", "gain"))
        given = SiteRow(
            line, name or f"{line}", float(latitude[row]), float(longitude[row]), height, azimuths, tilt, power, gain
        )  # fmt: skip
        key = (given.name, given.latitude, given.longitude, height)
        if key in sites:
            before = sites[key]
            given = SiteRow(
                before.line, before.name, before.latitude, before.longitude, height,
                (*before.azimuths_deg, *azimuths), before.tilt_deg, before.power_dbm, before.gain_dbi,
            )  # fmt: skip
        sites[key] = given
    return SiteList(list(sites.values()), sorted(faults, key=lambda fault: fault.line))


@dataclass(frozen=True, slots=True)
class Points:
    """Named places with figures, all arrays of shape (n,); degrees WGS 84. Figures that a list leaves out are NaN."""

    names: Sequence[str]
    latitude: Floats
    longitude: Floats
    figures: Mapping[str, Floats]
    faults: Sequence[Fault]


def read_points(
    data: bytes, *, wanted: Sequence[str], needed: Sequence[str] = (), plane: Plane | None = None
) -> Points:
    """The rows whose place and needed figures can be read, and the faults of all others; `wanted` are fields of `HEADERS`.

    Raises Invalid for a file without the columns of place and of the needed figures.
    """
    table = reading.read(data)
    found = {field: column for column in table.columns if (field := _field(column.header))}
    place = _place(table, found, needed, plane)
    faults: list[Fault] = []
    figures = {
        field: _numbers(table, found[field], faults) if field in found else np.full(len(table.rows), np.nan)
        for field in (*place, *wanted)
    }
    latitude, longitude = _degrees(table, found, figures, place, plane, faults)
    sound = np.isfinite(latitude) & np.isfinite(longitude)
    for field in needed:
        faults += [
            _fault(table, found[field], int(row), Phrase("is empty or no number"))
            for row in np.flatnonzero(np.isnan(figures[field]))
        ]
        sound &= np.isfinite(figures[field])
    kept = np.flatnonzero(sound)
    names = [(found["name"].text[int(row)].as_py() or "").strip() if "name" in found else "" for row in kept]
    return Points(
        [name or f"{table.rows[row]}" for name, row in zip(names, kept, strict=True)], latitude[kept], longitude[kept],
        {field: figures[field][kept] for field in wanted}, sorted(faults, key=lambda fault: fault.line),
    )  # fmt: skip


def _place(table: Table, found: Mapping[str, Column], needed: Sequence[str], plane: Plane | None) -> tuple[str, str]:
    """Which two columns tell the place. Raises Invalid for what lacks."""
    place = ("northing", "easting") if "latitude" not in found and "northing" in found else ("latitude", "longitude")
    missing = [name for name in (*place, *needed) if name not in found]
    if missing:
        raise Invalid("radio.site_columns", "the list has no column for {missing}; its columns are {headers}", missing=", ".join(missing), headers=", ".join(table.headers))  # fmt: skip
    if place[0] == "northing" and plane is None:
        raise Invalid("radio.site_plane", "the list is in metres; say the VN-2000 zone, such as the province's name")
    return place


def _field(header: str) -> str | None:
    folded = " ".join(re.sub(r"[\W_]+", " ", fold(header)).split())
    return next((field for field, names in HEADERS.items() if folded in names), None)


def _numbers(table: Table, column: Column, faults: list[Fault]) -> Floats:
    style = numbers.style_of(set(column.text.to_pylist()) - {None})
    # 9.604 is read with a point and 9,604 with a comma where nothing in the column tells: no site has thousands of degrees.
    points = sum(text.count(".") for text in column.text.to_pylist() if text)
    commas = sum(text.count(",") for text in column.text.to_pylist() if text)
    parsed = numbers.parse(column.text, style.decimal or ("," if commas > points else "."), column.typed)
    faults.extend(
        _fault(table, column, int(row), Phrase("is not a number"))
        for row in np.flatnonzero((parsed.state != numbers.VALUE) & (parsed.state != numbers.EMPTY))
    )
    if _field(column.header) in ("latitude", "longitude", "easting", "northing", "height"):
        faults.extend(
            _fault(table, column, int(row), Phrase("is empty; a site needs it")) for row in np.flatnonzero(parsed.state == numbers.EMPTY)
        )  # fmt: skip
    return parsed.value


def _degrees(
    table: Table, found: dict[str, Column], figures: dict[str, Floats], place: tuple[str, str], plane: Plane | None,
    faults: list[Fault],
) -> tuple[Floats, Floats]:  # fmt: skip
    """Latitudes and longitudes, NaN for those that cannot be."""
    first, second = figures[place[0]], figures[place[1]]
    if place[0] == "northing":
        assert plane is not None
        if swapped(second, first):
            first, second = second, first
        longitude, latitude = to_degrees(second, first, plane)
    else:
        latitude, longitude = first.copy(), second.copy()
    for row in range(len(latitude)):
        north, east = latitude[row], longitude[row]
        if not (np.isfinite(first[row]) and np.isfinite(second[row])) or _in_vietnam(north, east):
            continue
        if _in_vietnam(east, north):
            says = Phrase("lies in Vietnam when latitude and longitude change places; are the two columns swapped?")
        else:
            says = Phrase("lies outside Vietnam; give WGS 84 degrees, or metres of VN-2000 with their zone")
        faults.append(Fault(int(table.rows[row]), f"{found[place[0]].header}, {found[place[1]].header}", f"{first[row]:g}, {second[row]:g}", says))  # fmt: skip
        latitude[row] = longitude[row] = np.nan
    return latitude, longitude


def _in_vietnam(latitude: float, longitude: float) -> bool:
    south, north, west, east = VIETNAM
    return bool(south <= latitude <= north and west <= longitude <= east)


def _azimuths(text: str) -> tuple[float, ...]:
    """Raises ValueError."""
    return tuple(_azimuth(part) for part in re.split(r"[;/|\s]+", text.strip()) if part)


def _azimuth(text: str) -> float:
    value = float(text.replace(",", ".").rstrip("°"))
    if not 0 <= value <= 360:
        raise ValueError(text)
    return value % 360


def _optional(figures: dict[str, Floats], field: str, row: int) -> float | None:
    value = figures[field][row] if field in figures else np.nan
    return float(value) if np.isfinite(value) else None


def _fault(table: Table, column: Column, row: int, says: Phrase, **values: object) -> Fault:
    return Fault(int(table.rows[row]), column.header, column.text[row].as_py() or "", says, values)
