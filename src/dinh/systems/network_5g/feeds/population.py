"""Where people live: figures of communes as a table. Rasters of people are read by `dinh.engines.radio.rasters.read_grid`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

import numpy as np

from dinh.engines.tables import layout, numbers, reading
from dinh.engines.tables.shape import Column, Table
from dinh.kernel.errors import Invalid, Phrase
from dinh.kernel.vietnamese_text import fold, nfc
from dinh.systems.network_5g.domain import Fault
from dinh.systems.network_5g.feeds.site_columns import words_of

_HEADERS: Final = {
    "code": ("code", "ma", "ma xa", "ma don vi", "ma dvhc", "ma don vi hanh chinh", "unit code", "commune code", "ma so"),
    "name": (
        "commune", "name", "xa", "ten xa", "xa phuong", "ten", "don vi", "dia phuong", "don vi hanh chinh", "phuong xa",
        "ten xa phuong", "ten don vi", "ward", "commune name", "xa phuong dac khu", "xa phuong thi tran",
    ),
    "people": (
        "people", "population", "dan so", "so dan", "nhan khau", "so nhan khau", "dan so nguoi", "tong dan so",
        "dan so trung binh", "dan so trung binh nguoi", "so nguoi", "people persons", "population persons",
    ),
}  # fmt: skip
_RANKS: Final = ("thi tran", "dac khu", "phuong", "xa")
_SHORT: Final = {"tt": "thi tran", "dk": "dac khu", "p": "phuong", "x": "xa"}
MOST_PEOPLE: Final = 2_000_000
"""Of one commune: more than the largest of Vietnam has several times over."""


@dataclass(frozen=True, slots=True)
class People:
    """`people` by the code of the commune. `missing` are the codes that the table does not tell."""

    people: Mapping[str, float]
    missing: Sequence[str]
    faults: Sequence[Fault]
    warnings: Sequence[Fault] = ()


def read_people(data: bytes, communes: Mapping[str, str]) -> People:
    """Rows told by code or by name in any spelling, with or without rank; `communes` are names by code.

    Totals are left out and compared with the sum. Raises Invalid for a file without the columns, or no communes to match.
    """
    if not communes:
        raise Invalid("radio.no_communes", "the area has no communes to give people to; choose another area")
    table = reading.read(data)
    columns = {field: column for column in reversed(table.columns) if (field := _field(column.header))}
    if "people" not in columns or not columns.keys() & {"code", "name"}:
        raise Invalid("radio.people_columns", "the table needs a column of people (population, dân số) and one of communes (code, name, mã, tên); its columns are {headers}", headers=", ".join(table.headers))  # fmt: skip
    known = _Known(communes)
    faults: list[Fault] = []
    warnings: list[Fault] = []
    people: dict[str, float] = {}
    lines: dict[str, int] = {}
    told, total = _whole(columns["people"]), 0.0
    words = {
        field: [nfc(words_of(text or "")) for text in columns[field].text.to_pylist()]
        for field in ("code", "name")
        if field in columns
    }
    for row, line in enumerate(table.rows.tolist()):
        said = {field: texts[row] for field, texts in words.items()}
        column = columns["name"] if said.get("name") else columns.get("code", columns.get("name"))
        assert column is not None
        text = said.get("name") or said.get("code") or ""
        if any(layout.is_total(part) for part in said.values() if part):
            total = float(told[row]) if np.isfinite(told[row]) else total
            continue
        code, says, values = known.code_of(said.get("code", ""), said.get("name", ""))
        value = float(told[row])
        if says is not None:
            faults.append(Fault(line, column.header, text[:80], says, values))
        elif code in people:
            faults.append(Fault(line, column.header, text[:80], Phrase("is the commune of line {line} again; keep one of the rows"), {"line": lines[code]}))  # fmt: skip
        elif not 0 <= value <= MOST_PEOPLE:
            faults.append(_wrong_count(table, columns["people"], row))
        else:
            people[code], lines[code] = value, line
    if total and abs(total - sum(people.values())) > max(1.0, 0.001 * total):
        warnings.append(Fault(0, columns["people"].header, f"{total:,.0f}", Phrase("is told as the total, the communes add up to {sum:,.0f}"), {"sum": sum(people.values())}))  # fmt: skip
    missing = [code for code in communes if code not in people]
    if missing:
        warnings.append(Fault(0, columns["people"].header, ", ".join(communes[code] for code in missing[:5]), Phrase("{count} communes of the area are not in the table; they count as without people"), {"count": len(missing)}))  # fmt: skip
    return People(people, missing, sorted(faults, key=lambda fault: fault.line), warnings)


def _field(header: str) -> str | None:
    folded = " ".join(re.sub(r"[\W_]+", " ", fold(header)).split())
    return next((field for field, names in _HEADERS.items() if folded in names), None)


def _whole(column: Column) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """People are whole: of 12.345 and 12,345 both are twelve thousand where nothing else in the column tells."""
    texts = [text or "" for text in column.text.to_pylist()]
    style = numbers.style_of(set(texts))
    points = sum(text.count(".") for text in texts)
    decimal = style.decimal or ("," if points else ".")
    return numbers.parse(column.text, decimal, column.typed).value


def _wrong_count(table: Table, column: Column, row: int) -> Fault:
    text = column.text[row].as_py() or ""
    says = (
        Phrase("is empty; give the number of people, 0 where nobody lives")
        if not text.strip() or numbers.missing_reason(text) is not None
        else Phrase("is no number of people from 0 to {most:,}")
    )
    return Fault(int(table.rows[row]), column.header, text[:80], says, {"most": MOST_PEOPLE})


class _Known:
    """The communes by every spelling that names one of them alone."""

    def __init__(self, communes: Mapping[str, str]) -> None:
        self._names = communes
        self._numbers: dict[str, list[str]] = {}
        self._full: dict[str, list[str]] = {}
        self._bare: dict[str, list[str]] = {}
        for code, name in communes.items():
            self._numbers.setdefault(code.lstrip("0"), []).append(code)
            self._full.setdefault(_spelt(name), []).append(code)
            self._bare.setdefault(_bare(_spelt(name)), []).append(code)

    def code_of(self, code: str, name: str) -> tuple[str, Phrase | None, Mapping[str, object]]:
        """The code, or what is wrong."""
        # Sheets take the zeros from codes and a fraction is written to them.
        plain = code.removesuffix(".0")
        found = [plain] if plain in self._names else self._numbers.get(plain.lstrip("0"), []) if plain else []
        if not found and name:
            spelt = _spelt(name)
            found = self._full.get(spelt) or self._bare.get(_bare(spelt) if _bare(spelt) == spelt else spelt) or []
            if not found and len(self._bare.get(_bare(spelt), ())) == 1:
                # «Xã X» that became «Phường X» in the meantime.
                found = self._bare[_bare(spelt)]
        if len(found) == 1:
            return found[0], None, {}
        if found:
            both = ", ".join(f"{self._names[one]} ({one})" for one in found[:4])
            return "", Phrase("may be {both}; write the rank or the code"), {"both": both}
        near = get_close_matches(_bare(_spelt(name)), self._bare, n=1, cutoff=0.75) if name else []
        if near:
            meant = self._names[self._bare[near[0]][0]]
            return "", Phrase("is no commune of this area; is {meant} meant?"), {"meant": meant}
        return "", Phrase("is no commune of this area; write its name or its code"), {}


def _spelt(name: str) -> str:
    """Folded, with the rank in full: «TT. Mỹ Xuyên» is `thi tran my xuyen`."""
    folded = fold(name)
    first, _, rest = folded.partition(" ")
    return f"{_SHORT[first]} {rest}" if rest and first in _SHORT else folded


def _bare(spelt: str) -> str:
    for rank in _RANKS:
        rest = spelt.removeprefix(f"{rank} ")
        # «Phường 1» stays: the number alone says nothing.
        if rest != spelt and not rest.isdigit():
            return rest
    return spelt
