"""OpenCelliD's list of cells: where phones heard them, not where they were surveyed. No heights, no azimuths.

Columns: https://wiki.opencellid.org/wiki/Menu_map_view#database. Operators of mobile country code 452 by mobile network
code: ITU-T E.212 as Vietnam has assigned them.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from dinh.kernel.errors import Invalid, Phrase
from dinh.systems.network_5g.domain import Cell, Fault, SiteList, SiteRow, Standing
from dinh.systems.network_5g.feeds.site_tables import TALLEST_M, VIETNAM

COLUMNS: Final = (
    "radio", "mcc", "net", "area", "cell", "unit", "lon", "lat", "range", "samples", "changeable", "created", "updated",
    "averageSignal",
)  # fmt: skip
OPERATORS: Final = {
    1: "MobiFone", 2: "Vinaphone", 4: "Viettel", 5: "Vietnamobile", 7: "Gmobile", 8: "I-Telecom",
}  # fmt: skip
COUNTRY: Final = 452
RADIOS: Final = ("NR", "LTE")
TOGETHER_M: Final = 30.0
_METRES_A_DEGREE: Final = 111_195.0
_RADIO: Final = frozenset({"GSM", "UMTS", "CDMA", "LTE", "NR"})
ESTIMATED: Final = Phrase("place estimated from what phones heard; height assumed; directions of the antennas unknown")


def is_one(head: str) -> bool:
    """Whether the first line of a text is that of such a list, with a header or without."""
    cells = [cell.strip().strip('"') for cell in head.split(",")]
    if [cell.lower() for cell in cells[:5]] == list(COLUMNS[:5]):
        return True
    return len(cells) in (13, 14) and cells[0] in _RADIO and cells[1].isdigit() and cells[2].isdigit()


@dataclass(slots=True)
class _Mast:
    """Cells within reach of the one that was heard most."""

    line: int
    operator: str
    name: str
    longitude: float
    latitude: float
    cells: int = 0
    samples: float = 0.0
    sums: tuple[float, float] = (0.0, 0.0)
    pcis: list[int] = field(default_factory=list)


def read(data: bytes, *, default_height_m: float | None) -> SiteList:
    """The LTE and NR cells of Vietnam, those of one operator within 30 m as one mast that radiates evenly.

    Raises Invalid without a height for them all, and for a text that is no such list.
    """
    if default_height_m is None:
        raise Invalid(
            "radio.cells_height", "OpenCelliD tells no heights; give a height of antennas that stands for all"
        )
    if not 0 < default_height_m <= TALLEST_M:
        raise Invalid("radio.default_height", "{height} m is no height of antennas; give one above 0 and up to {most:g} m", height=default_height_m, most=TALLEST_M)  # fmt: skip
    table, lines, faults = _rows(data)
    columns = {name: table.column(name) for name in COLUMNS[:10]}
    radio = np.array([(value or "").strip().upper() for value in columns["radio"].to_pylist()], dtype=object)
    figures = {name: _figures(columns[name]) for name in COLUMNS[1:10]}
    abroad = figures["mcc"] != COUNTRY
    older = ~abroad & ~np.isin(radio, RADIOS)
    wanted = np.flatnonzero(~abroad & ~older)
    longitude, latitude = figures["lon"], figures["lat"]
    south, north, west, east = VIETNAM
    inside = (latitude >= south) & (latitude <= north) & (longitude >= west) & (longitude <= east)
    for row in wanted[~inside[wanted]]:
        value = f"{columns['lat'][row].as_py()}, {columns['lon'][row].as_py()}"
        faults.append(Fault(int(lines[row]), "lat, lon", value[:80], Phrase("is no place in Vietnam, in degrees")))
    kept = wanted[inside[wanted]]
    masts = _masts(figures, lines, kept)
    warnings = []
    for count, first, says in (
        (int(abroad.sum()), abroad, Phrase("{count} rows are of other countries than 452; they are left out")),
        (int(older.sum()), older, Phrase("{count} cells are neither LTE nor NR; they are left out")),
    ):
        if count:
            warnings.append(Fault(int(lines[first.argmax()]), "radio", "", says, {"count": count}))
    if masts:
        warnings.append(Fault(masts[0].line, "height", "", Phrase("{count} masts are estimated: places from what phones heard, {height:g} m as the height of all, antennas that radiate evenly"), {"count": len(masts), "height": default_height_m}))  # fmt: skip
    sites = [_site(mast, default_height_m) for mast in masts]
    return SiteList(_named_apart(sites), sorted(faults, key=lambda fault: fault.line), warnings)


def _rows(data: bytes) -> tuple[pa.Table, np.ndarray[Any, Any], list[Fault]]:
    """The rows, the line of each, and the lines that are none."""
    # Columns of this list are ASCII; other bytes make faults of their rows.
    data = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace").encode()
    headed = data[:5].lower().strip(b'"') == b"radio"
    width = len(data.partition(b"\n")[0].split(b","))
    names = [*COLUMNS, *(f"#{place}" for place in range(len(COLUMNS), width))][:width]
    if width < 10:
        raise Invalid("radio.cells_unread", "the list of cells cannot be read ({says}); download it again", says=f"{width} columns")  # fmt: skip
    odd: list[tuple[int, str]] = []

    def look(row: pacsv.InvalidRow) -> str:
        odd.append(((row.number or 1) - 1, row.text or ""))
        return "skip"

    try:
        table = pacsv.read_csv(
            pa.BufferReader(data),
            read_options=pacsv.ReadOptions(column_names=names, use_threads=False, block_size=max(len(data) + 1, 1 << 16)),
            parse_options=pacsv.ParseOptions(ignore_empty_lines=False, invalid_row_handler=look),
            convert_options=pacsv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False, check_utf8=False
            ),
        )  # fmt: skip
    except pa.ArrowException as error:
        raise Invalid("radio.cells_unread", "the list of cells cannot be read ({says}); download it again", says=str(error)[:120]) from error  # fmt: skip
    lines = np.setdiff1d(np.arange(table.num_rows + len(odd)), np.array([place for place, _ in odd], np.int64)) + 1
    says = Phrase("is no row of OpenCelliD; it has 14 cells with commas between them")
    faults = [Fault(place + 1, "*", text[:80], says) for place, text in odd if text.strip(' \r\n,"')]
    return (table.slice(1), lines[1:], faults) if headed else (table, lines, faults)


def _figures(column: pa.ChunkedArray) -> np.ndarray[Any, np.dtype[np.float64]]:
    text = pc.utf8_trim_whitespace(column)
    plain = pc.match_substring_regex(text, r"^-?\d{1,15}(?:\.\d{1,15})?$")
    numbers = pc.if_else(plain, text, None).cast(pa.float64())
    return np.asarray(numbers.fill_null(math.nan).to_numpy(), dtype=np.float64)


def _masts(figures: dict[str, Any], lines: Any, kept: Any) -> list[_Mast]:
    samples = np.nan_to_num(figures["samples"], nan=1.0).clip(1, 1e6)
    masts: list[_Mast] = []
    near: dict[tuple[int, int, int], list[_Mast]] = {}
    for row in kept[np.argsort(-samples[kept], kind="stable")].tolist():
        longitude, latitude = float(figures["lon"][row]), float(figures["lat"][row])
        network = int(figures["net"][row]) if np.isfinite(figures["net"][row]) else -1
        metres = (
            longitude * _METRES_A_DEGREE * math.cos(math.radians(round(latitude, 1))),
            latitude * _METRES_A_DEGREE,
        )
        box = (int(metres[0] // TOGETHER_M), int(metres[1] // TOGETHER_M))
        around = (
            mast for dx in (-1, 0, 1) for dy in (-1, 0, 1) for mast in near.get((network, box[0] + dx, box[1] + dy), ())
        )
        mast = next((mast for mast in around if _metres(mast, longitude, latitude) <= TOGETHER_M), None)
        if mast is None:
            operator = OPERATORS.get(network, f"452-{network:02d}" if network >= 0 else "")
            area, cell = (
                f"{figures[name][row]:.0f}" if np.isfinite(figures[name][row]) else "?" for name in ("area", "cell")
            )
            mast = _Mast(int(lines[row]), operator, f"{operator} {area}-{cell}".strip(), longitude, latitude)
            masts.append(mast)
            near.setdefault((network, *box), []).append(mast)
        weight = float(samples[row])
        mast.cells += 1
        mast.samples += weight
        mast.sums = (mast.sums[0] + weight * longitude, mast.sums[1] + weight * latitude)
        unit = figures["unit"][row]
        if 0 < unit <= 1007 and unit == int(unit):
            mast.pcis.append(int(unit))
    return sorted(masts, key=lambda mast: mast.line)


def _metres(mast: _Mast, longitude: float, latitude: float) -> float:
    east = (longitude - mast.longitude) * math.cos(math.radians(latitude))
    return math.hypot(east, latitude - mast.latitude) * _METRES_A_DEGREE


def _site(mast: _Mast, height_m: float) -> SiteRow:
    # The directions of several cells are not told, and even antennas beside each other would only disturb each other.
    pci = mast.pcis[0] if mast.cells == 1 and mast.pcis else None
    longitude, latitude = (total / mast.samples for total in mast.sums)
    return SiteRow(
        mast.line, mast.name, latitude, longitude, height_m, standing=Standing.EXISTING, operator=mast.operator,
        cells=(Cell(pci=pci),), note=ESTIMATED,
    )  # fmt: skip


def _named_apart(sites: list[SiteRow]) -> list[SiteRow]:
    counts = Counter(site.name for site in sites)
    return [replace(site, name=f"{site.name} ({site.line})") if counts[site.name] > 1 else site for site in sites]
