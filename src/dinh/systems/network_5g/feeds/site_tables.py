"""Lists of sites as CSV or Excel, with headers in Vietnamese or English, degrees or VN-2000 metres."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dinh.engines.tables import numbers, reading
from dinh.engines.tables.coordinates import Plane, swapped, to_degrees
from dinh.engines.tables.shape import Column, Table, Wishes
from dinh.kernel.errors import Invalid, Phrase
from dinh.kernel.vietnamese_text import nfc
from dinh.systems.network_5g.domain import Cell, Fault, SiteList, SiteRow, Standing
from dinh.systems.network_5g.feeds import site_columns
from dinh.systems.network_5g.feeds.site_columns import HEADERS, field_of

__all__ = ["HEADERS", "Points", "read_points", "read_sites", "read_table"]

type Floats = npt.NDArray[np.float64]
type Counted = Literal["line", "placemark", "feature"]

VIETNAM: Final = (8.0, 23.5, 102.0, 117.5)
"""South, north, west, east of the country with its islands, degrees."""
TALLEST_M: Final = 400.0
HIGHEST_M: Final = 3600.0
"""Above sea: the highest summit with a mast on it."""
MOST_ROWS: Final = 200_000
_UNIT: Final = re.compile(r"(?<=\d)\s*(?:m|mét|°|độ|dBm|dBi)\s*$", re.IGNORECASE)
_ONE_COMMA: Final = re.compile(r"[-+]?\d+,\d+")
_RANGES: Final = {"tilt": (-90.0, 90.0), "power": (-30.0, 80.0), "gain": (-20.0, 50.0)}
ASSUMED_HEIGHT: Final = Phrase("the height of the antenna is assumed, not measured")


def read_sites(
    data: bytes, *, plane: Plane | None = None, above_sea: bool = False, default_height_m: float | None = None,
    wishes: Wishes | None = None,
) -> SiteList:  # fmt: skip
    """Every row, or why not; all faults of a list at once.

    Rows of the same name, place and height are one mast with several azimuths. `plane` reads metres of VN-2000; heights are
    above sea where `above_sea`. Raises Invalid for a file without the columns that a site needs.
    """
    return read_table(reading.read(data, wishes), plane=plane, above_sea=above_sea, default_height_m=default_height_m)


def read_table(
    table: Table,
    *,
    plane: Plane | None = None,
    above_sea: bool | Sequence[bool] = False,
    default_height_m: float | None = None,
    counted: Counted = "line",
    layer: str = "",
) -> SiteList:
    """As `read_sites`; `above_sea` may be told for each row. `counted` is what the table's rows are in their file."""
    if len(table.rows) > MOST_ROWS:
        raise Invalid("radio.sites_many", "the list has {rows:,} rows; give at most {most:,}, such as those of one province", rows=len(table.rows), most=MOST_ROWS)  # fmt: skip
    if default_height_m is not None and not 0 < default_height_m <= TALLEST_M:
        raise Invalid("radio.default_height", "{height} m is no height of antennas; give one above 0 and up to {most:g} m", height=default_height_m, most=TALLEST_M)  # fmt: skip
    return _Rows(table, plane, above_sea, default_height_m, counted, layer).read()


@dataclass(slots=True)
class _Rows:
    """One reading of one table: the cells by field, and the faults that gather."""

    table: Table
    plane: Plane | None
    above_sea: bool | Sequence[bool]
    default_height_m: float | None
    counted: Counted
    layer: str
    found: dict[str, Column] = field(default_factory=dict)
    texts: dict[str, list[str]] = field(default_factory=dict)
    figures: dict[str, Floats] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)

    def read(self) -> SiteList:
        self.found = columns_of(self.table)
        place = _place(self.table, self.found, () if self.default_height_m is not None else ("height",), self.plane)
        for name, column in self.found.items():
            self.texts[name] = [nfc(text or "") for text in column.text.to_pylist()]
            if name in site_columns.NUMBERS:
                needed = name in place or (name == "height" and self.default_height_m is None)
                self.figures[name] = _numbers(self.table, column, self.faults, needed=needed)
        latitude, longitude = _degrees(self.table, self.found, self.figures, place, self.plane, self.faults)
        slips = {fault.line for fault in self.faults}
        masts: dict[tuple[object, ...], list[SiteRow]] = {}
        for row, line in enumerate(self.table.rows.tolist()):
            given = self._row(row, float(latitude[row]), float(longitude[row]))
            if given is not None and line not in slips:
                key = (given.code, given.name, given.latitude, given.longitude, given.antenna_height_m)
                masts.setdefault(key, []).append(given)
        sites = [self._joined(rows) for rows in masts.values()]
        if not len(self.table.rows):
            self.faults.append(Fault(1, "*", "", Phrase("the list has headers and no row; add a row for each mast")))
        self._tell_assumed(sites)
        for odd in self.table.odd:
            says = Phrase("the row has {cells} cells where the table has {expected}; put texts that hold the delimiter in quotes")  # fmt: skip
            values = {"cells": odd.cells, "expected": odd.expected}
            self.faults.append(Fault(odd.row, "*", odd.text[:80], says, values))
        return SiteList(sites, self._placed(self.faults), self._placed(self.warnings))

    def _placed(self, faults: Sequence[Fault]) -> list[Fault]:
        ordered = sorted(faults, key=lambda fault: fault.line)
        return [replace(fault, counted=self.counted, layer=self.layer) for fault in ordered]

    def _row(self, row: int, latitude: float, longitude: float) -> SiteRow | None:
        before = len(self.faults)
        above_sea = self.above_sea if isinstance(self.above_sea, bool) else self.above_sea[row]
        height, note = self._height(row, above_sea)
        tilt, power, gain = (self._optional(name, row) for name in ("tilt", "power", "gain"))
        azimuths = self._said("azimuth", row, site_columns.azimuths_of, (), Phrase("azimuths are degrees from 0 to 360, several with ; between them"))  # fmt: skip
        pcis = self._said("pci", row, site_columns.pcis_of, (), Phrase("identities of cells (PCI) are whole numbers from 0 to 1007, one for each azimuth, several with ; between them"))  # fmt: skip
        bands = self._said("bands", row, site_columns.bands_of, ())
        standing = self._said("standing", row, site_columns.standing_of, None, Phrase("is no standing that is known; write existing, shared or new"))  # fmt: skip
        if standing is None:
            standing = self._said("existing", row, site_columns.standing_of, Standing.NEW, Phrase("is no standing that is known; write existing, shared or new"))  # fmt: skip
        backhaul = self._said("backhaul", row, site_columns.backhaul_of, "", Phrase("is neither fibre nor microwave; leave it empty where it is not known"))  # fmt: skip
        generated = self._said("generated", row, site_columns.said_yes, False, Phrase("is neither yes nor no"))
        among: tuple[float | None, ...] = azimuths or (None,)
        if len(pcis) not in (0, len(among)):
            self._fault("pci", row, Phrase("tells {pcis} identities for {azimuths} azimuths; give one for each, - where it is not known"), pcis=len(pcis), azimuths=len(among))  # fmt: skip
        if len(among) > site_columns.MOST_CELLS:
            self._fault("azimuth", row, Phrase("a mast has at most {most} antennas"), most=site_columns.MOST_CELLS)
        if height is None or len(self.faults) > before:
            return None
        line = int(self.table.rows[row])
        code = self._word("code", row)
        name = self._word("name", row) or code or f"{line}"
        each: Sequence[int | None] = pcis or (None,) * len(among)
        cells = tuple(
            Cell(azimuth, tilt, gain, power, pci, bands) for azimuth, pci in zip(among, each, strict=True)
        )  # fmt: skip
        return SiteRow(
            line, name, latitude, longitude, height, azimuths, tilt, power, gain, pcis, standing, self._word("operator", row),
            backhaul, cells, code, above_sea and not note, generated, note,
        )  # fmt: skip

    def _height(self, row: int, above_sea: bool) -> tuple[float | None, str]:
        """The height, None where it cannot be; and what is to be said of it."""
        height = float(self.figures["height"][row]) if "height" in self.figures else np.nan
        if not np.isfinite(height):
            # A text that is no number has its fault already: no default stands for a slip.
            slip = "height" in self.texts and numbers.missing_reason(self.texts["height"][row] or "-") is None
            return (None, "") if slip or self.default_height_m is None else (self.default_height_m, ASSUMED_HEIGHT)
        if above_sea and not -50 <= height <= HIGHEST_M:
            self._fault("height", row, Phrase("heights above sea lie between -50 and {most:g} m"), most=HIGHEST_M)
        elif not above_sea and not 0 < height <= TALLEST_M:
            self._fault("height", row, Phrase("antennas stand above 0 and up to {most:g} m above ground; give the height of the antenna, not of the ground"), most=TALLEST_M)  # fmt: skip
        else:
            return height, ""
        return None, ""

    def _optional(self, name: str, row: int) -> float | None:
        value = float(self.figures[name][row]) if name in self.figures else np.nan
        if not np.isfinite(value):
            return None
        least, most = _RANGES[name]
        if not least <= value <= most:
            self._fault(name, row, Phrase("lies outside {least:g} to {most:g}; give {unit}"), least=least, most=most, unit={"tilt": "°", "power": "dBm", "gain": "dBi"}[name])  # fmt: skip
        return value

    def _said(self, name: str, row: int, of: Callable[[str], Any], otherwise: Any, says: Phrase | None = None) -> Any:
        text = self._word(name, row)
        if not text or numbers.missing_reason(text) is not None:
            return otherwise
        try:
            return of(text)
        except (ValueError, OverflowError):
            if says is not None:
                self._fault(name, row, says)
            return otherwise

    def _word(self, name: str, row: int) -> str:
        return site_columns.words_of(self.texts[name][row]) if name in self.texts else ""

    def _fault(self, name: str, row: int, says: Phrase, **values: object) -> None:
        self.faults.append(_fault(self.table, self.found[name], row, says, **values))

    def _joined(self, rows: Sequence[SiteRow]) -> SiteRow:
        """Rows of one mast: its antennas one after the other, what is told of the mast by the first row that tells it."""
        first = rows[0]
        if len(rows) == 1:
            return first
        cells = tuple(cell for row in rows for cell in row.cells)[: site_columns.MOST_CELLS]
        for place, cell in enumerate(cells):
            if any(other.azimuth_deg == cell.azimuth_deg and other.bands == cell.bands for other in cells[:place]):
                value = "" if cell.azimuth_deg is None else f"{cell.azimuth_deg:g}"
                self.warnings.append(Fault(first.line, "azimuth", value, Phrase("{name} has several antennas of the same azimuth and bands; are rows repeated?"), {"name": first.name}))  # fmt: skip
                break
        return replace(
            first,
            azimuths_deg=tuple(cell.azimuth_deg for cell in cells if cell.azimuth_deg is not None),
            pcis=tuple(cell.pci for cell in cells if cell.azimuth_deg is not None),
            cells=cells,
            operator=next((row.operator for row in rows if row.operator), ""),
            backhaul=next((row.backhaul for row in rows if row.backhaul), first.backhaul),
            generated=any(row.generated for row in rows),
        )

    def _tell_assumed(self, sites: Sequence[SiteRow]) -> None:
        assumed = [site for site in sites if site.note == ASSUMED_HEIGHT]
        if assumed:
            self.warnings.append(Fault(assumed[0].line, "height", "", Phrase("{count} masts have no height in the list; {height:g} m is assumed for them"), {"count": len(assumed), "height": self.default_height_m}))  # fmt: skip


def columns_of(table: Table) -> dict[str, Column]:
    """The columns whose header says what they are; of two that say the same, the first."""
    found: dict[str, Column] = {}
    for column in table.columns:
        name = field_of(column.header)
        if name:
            found.setdefault(name, column)
    return found


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
    found = columns_of(table)
    place = _place(table, found, needed, plane)
    faults: list[Fault] = []
    figures = {
        field: _numbers(table, found[field], faults, needed=field in place)
        if field in found
        else np.full(len(table.rows), np.nan)
        for field in (*place, *wanted)
    }
    latitude, longitude = _degrees(table, found, figures, place, plane, faults)
    sound = np.isfinite(latitude) & np.isfinite(longitude)
    for name in needed:
        faults += [
            _fault(table, found[name], int(row), Phrase("is empty or no number"))
            for row in np.flatnonzero(np.isnan(figures[name]))
        ]
        sound &= np.isfinite(figures[name])
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
        raise Invalid("radio.site_columns", "the list has no column «{missing}»; its columns are {headers}. Name the columns in the first row", missing="», «".join(site_columns.SHOWN.get(name, name) for name in missing), headers=", ".join(table.headers))  # fmt: skip
    if place[0] == "northing" and plane is None:
        raise Invalid("radio.site_plane", "the list is in metres; say the VN-2000 zone, such as the province's name")
    return place


def _numbers(table: Table, column: Column, faults: list[Fault], *, needed: bool) -> Floats:
    field = field_of(column.header)
    texts = pa.array([_bare(text, field) for text in column.text.to_pylist()], pa.string())
    style = numbers.style_of(set(texts.to_pylist()) - {None})
    # 9.604 is read with a point and 9,604 with a comma where nothing in the column tells: no site has thousands of degrees.
    points = sum(text.count(".") for text in texts.to_pylist() if text)
    commas = sum(text.count(",") for text in texts.to_pylist() if text)
    parsed = numbers.parse(texts, style.decimal or ("," if commas > points else "."), column.typed)
    says = Phrase("is no number; give decimal degrees, such as 9.5464") if field in ("latitude", "longitude") else Phrase("is no number; write digits alone, such as 30 or 9.5")  # fmt: skip
    faults.extend(
        _fault(table, column, int(row), says)
        for row in np.flatnonzero((parsed.state == numbers.BAD) | (parsed.state == numbers.AMBIGUOUS))
    )
    if needed:
        empty = (parsed.state == numbers.EMPTY) | (parsed.state == numbers.MISSED)
        faults.extend(
            _fault(table, column, int(row), Phrase("is empty; a site needs it")) for row in np.flatnonzero(empty)
        )
    return parsed.value


def _bare(text: str | None, field: str | None) -> str | None:
    """Without its unit. One mark alone parts decimals, whichever the others of the column have: only metres have thousands."""
    if text is None or field in ("easting", "northing"):
        return text
    bare = _UNIT.sub("", text)
    return bare.replace(",", ".") if _ONE_COMMA.fullmatch(bare.strip()) else bare


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
        faults.append(Fault(int(table.rows[row]), f"{found[place[0]].header}, {found[place[1]].header}", f"{first[row]:.8g}; {second[row]:.8g}", says))  # fmt: skip
        latitude[row] = longitude[row] = np.nan
    return latitude, longitude


def _in_vietnam(latitude: float, longitude: float) -> bool:
    south, north, west, east = VIETNAM
    return bool(south <= latitude <= north and west <= longitude <= east)


def _fault(table: Table, column: Column, row: int, says: Phrase, **values: object) -> Fault:
    return Fault(int(table.rows[row]), column.header, column.text[row].as_py() or "", says, values)
