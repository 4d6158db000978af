"""Place names in any spelling and of either period: «TP. Sóc Trăng», «H. Kế Sách», «Soc Trang», a code or a URN."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from dinh.engines.tables import layout
from dinh.kernel.vietnamese_text import fold, nfc
from dinh.spine.places import api as places

REFORM: Final = date(2025, 7, 1)
"""Resolution 202/2025/QH15: from this day 34 provinces and no districts."""
ERAS: Final = (date(2020, 1, 1), date(2025, 7, 1))
"""A day of either period, by which units of that period are looked up."""

_RANKS: Final = {
    "tp": "thành phố", "t p": "thành phố", "thanh pho": "thành phố", "tx": "thị xã", "t x": "thị xã", "tt": "thị trấn",
    "t t": "thị trấn", "h": "huyện", "q": "quận", "p": "phường", "x": "xã", "t": "tỉnh", "đk": "đặc khu",
}  # fmt: skip
_ABBREVIATED: Final = re.compile(r"(tp|t\.p|tx|t\.x|tt|t\.t|h|q|p|x|t|đk)\s*(?:\.\s*|\s+)(?=\S)", re.IGNORECASE)
_KNOWN_AS: Final = {
    "hcm": "Hồ Chí Minh", "tp hcm": "thành phố Hồ Chí Minh", "tphcm": "thành phố Hồ Chí Minh", "hcmc": "Hồ Chí Minh",
    "sai gon": "Hồ Chí Minh", "hue": "Huế", "tt hue": "Thừa Thiên Huế", "brvt": "Bà Rịa - Vũng Tàu",
    "dak lac": "Đắk Lắk", "dac lac": "Đắk Lắk", "bac can": "Bắc Kạn", "dac lak": "Đắk Lắk", "thua thien hue": "Huế", "vung tau con dao": "Bà Rịa - Vũng Tàu",
}  # fmt: skip
LEVELS: Final = ("province", "district", "commune")


@dataclass(frozen=True, slots=True)
class Found:
    """`urn` '' with a `code` says why there is none; `code` skip and total are rows to leave out."""

    urn: str
    code: str = ""
    candidates: Sequence[tuple[str, str]] = ()


class Names:
    """Looks up each name of a table once a period. `level` '' takes any; facilities and assets count as `asset`."""

    def __init__(
        self, chosen: Mapping[str, str], *, level: str = "", within: str = "", total: str | None = None
    ) -> None:
        self._chosen, self._level, self._within, self._total = chosen, level, within, total
        self._held: dict[tuple[str, int], Found] = {}
        self._standing: dict[str, list[str]] | None = None

    def of(self, text: str, era: int) -> Found:
        """`era` is 0 before the reform, 1 since."""
        key = (text, era)
        found = self._held.get(key)
        if found is None:
            found = self._held[key] = self._look(nfc(text), era)
        return found

    def _look(self, text: str, era: int) -> Found:
        if not text:
            return Found("", "place.none")
        folded = fold(text)
        if folded in self._chosen:
            urn = self._chosen[folded]
            return Found(urn) if urn else Found("", "skip")
        if text.startswith(("urn:dinh:", "urn:ngsi-ld:")):
            return Found(text)
        if layout.is_region(text):
            return Found("", "total")
        if layout.is_total(text):
            return Found(self._total) if self._total else Found("", "total")
        if (place := self._by_code(text, era)) is not None:
            return Found(place)
        return self._by_name(text, folded, era)

    def _by_code(self, text: str, era: int) -> str | None:
        if not re.fullmatch(r"\d{2}|\d{3}|\d{5}", text):
            return None
        urn = f"urn:dinh:unit:{(2004, 2025)[era]}:{text}"
        return urn if urn in places.places([urn]) else None

    def _by_name(self, text: str, folded: str, era: int) -> Found:
        urns = self.urns(text, folded, era)
        if len(urns) == 1:
            return Found(urns[0])
        if urns:
            return Found("", "place.ambiguous", _named(urns[:10]))
        return Found("", "place.unknown", _named([one.row.urn for one in _units_like(text, era, self._within)[1][:5]]))

    def urns(self, text: str, folded: str, era: int) -> list[str]:
        """Every place that a name may mean."""
        spelt = _spelt_out(text, folded)
        keys = {folded, *(fold(one) for one in spelt)}
        rows: dict[str, _Unit] = {}
        if self._level != "asset":
            for one in spelt:
                rows |= {unit.row.urn: unit for unit in _units_like(one, era, self._within)[0]}
        ranked = [unit for unit in rows.values() if keys & unit.full and not keys & unit.short]
        units = [unit.row for unit in ranked or rows.values() if not self._level or unit.row.level == self._level]
        if not self._level and len(units) > 1 and not ranked:
            provinces = [row for row in units if row.level == "province"]
            units = provinces if len(provinces) == 1 else units
        return [row.urn for row in units] or ([] if self._level in LEVELS else self._standing_named(keys))

    def _standing_named(self, keys: set[str]) -> list[str]:
        if self._standing is None:
            self._standing = {}
            held = places.positions()
            english = held.names_en or held.names_vi
            for urn, vi, en in zip(held.urns, held.names_vi, english, strict=True):
                for name in {fold(vi), fold(en), fold(urn.split(":", 3)[3])}:
                    self._standing.setdefault(name, []).append(urn)
        found: dict[str, None] = {}
        for key in keys:
            found |= dict.fromkeys(self._standing.get(key, ()))
        return list(found)


@dataclass(frozen=True, slots=True)
class _Unit:
    """A unit with its folded names, without its rank and with it."""

    row: places.PlaceRow
    short: frozenset[str]
    full: frozenset[str]


_guard: Final = threading.Lock()
_like: dict[tuple[str, int, str], tuple[Sequence[_Unit], Sequence[_Unit]]] = {}
_like_version = -1


def _units_like(text: str, era: int, within: str) -> tuple[Sequence[_Unit], Sequence[_Unit]]:
    """The units that bear exactly this name, and the nearest ones; kept until the units change: many tables name the
    same places."""
    global _like_version
    version = places.version("units")
    with _guard:
        if version != _like_version or len(_like) > 20_000:
            _like.clear()
            _like_version = version
    key = (text, era, within)
    found = _like.get(key)
    if found is None:
        rows = places.find(text, kinds=("unit",), within=within or None, on=ERAS[era], limit=40)
        units = [
            _Unit(
                row,
                frozenset({fold(row.name_vi), fold(row.name_en)}),
                frozenset({fold(row.full_name_vi), fold(row.full_name_en)}),
            )
            for row in rows
        ]
        name = fold(text)
        found = _like[key] = [unit for unit in units if name in unit.short | unit.full], units[:5]
    return found


def _spelt_out(text: str, folded: str) -> list[str]:
    """The ways in which the name may be held: with its rank in full, and as it stands."""
    known = _KNOWN_AS.get(folded)
    spelt = [known] if known else []
    short = _ABBREVIATED.match(text)
    if short is not None:
        rank = _RANKS.get(short[1].lower().replace(".", " ").strip()) or _RANKS.get(fold(short[1]))
        rest = text[short.end() :]
        if rank:
            spelt += [f"{rank} {rest}"] if rank != "tỉnh" else [f"tỉnh {rest}", rest]
            if rank == "thành phố":
                spelt.append(rest)
    return [*spelt, text]


def _named(urns: Sequence[str]) -> tuple[tuple[str, str], ...]:
    rows = places.places(urns)
    told = []
    for urn in urns:
        row = rows.get(urn)
        if row is not None:
            above = places.ancestors(urn)
            where = f", {above[0].full_name_vi}" if above and above[0].level != "country" else ""
            told.append((urn, f"{row.full_name_vi or row.name_vi}{where}"))
    return tuple(told)


def usual_level(texts: Sequence[str], era: int) -> str:
    """The level at which the most of these names are one unit alone; '' where none is."""
    best, most = "", 0
    for level in LEVELS:
        names = Names({}, level=level)
        hits = sum(len(names.urns(nfc(text), fold(text), era)) == 1 for text in texts)
        if hits > most:
            best, most = level, hits
    return best
