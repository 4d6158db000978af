"""What a table's columns seem to be: a mapping to begin with, which a person corrects once and keeps."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import msgspec

from dinh.engines.tables import layout, numbers, periods
from dinh.engines.tables.reading import Column, Table
from dinh.gateways.tabular import naming
from dinh.gateways.tabular.mapping import HEADER, Mapping, Use, label
from dinh.gateways.tabular.measures import unit_in
from dinh.kernel.manifests import Aggregation, IndicatorSpec, Kind, Text
from dinh.kernel.vietnamese_text import fold, nfc, slug
from dinh.spine.places import api as places

_SAMPLE: Final = 200
_PLACE: Final = re.compile(
    r"\b(tinh|huyen|quan|xa|phuong|thi xa|thi tran|dia phuong|dia ban|dia danh|don vi hanh chinh|thanh pho|tram|ma tram|"
    r"diem do|noi|province|provinces|provincies|city|cities|district|commune|ward|station|place|location|site)\b"
)
_PERIOD: Final = re.compile(
    r"\b(nam|thang|quy|ngay|gio|thoi gian|thoi diem|ky|year|month|quarter|date|time|period|day)\b"
)
_INDICATOR: Final = re.compile(r"\b(chi tieu|ten chi tieu|chi so|indicator|thong so|parameter)\b")
_UNIT: Final = re.compile(r"^(don vi tinh|don vi|dvt|unit|units)$")
_NUMBERING: Final = re.compile(r"^(stt|tt|so tt|so thu tu|no|number|order|id)$")
_DIMENSION: Final = re.compile(
    r"^(gioi tinh|gioi|nhom|nhom tuoi|loai|loai hinh|khu vuc|sex|gender|type|group|age group)$"
)
_EAST: Final = re.compile(r"^(y|e|toa do y|easting|vn2000 y|y m)$")
_NORTH: Final = re.compile(r"^(x|n|toa do x|northing|vn2000 x|x m)$")
_LONGITUDE: Final = re.compile(r"^(kinh do|longitude|long|lon|lng)$")
_LATITUDE: Final = re.compile(r"^(vi do|latitude|lat)$")
_NAME: Final = re.compile(r"^(ten|ten tram|ten co so|ten cong trinh|name|ten don vi|dia diem)$")
_CODE: Final = re.compile(r"^(ma|ma so|ma tram|ma co so|ma cong trinh|id|code)$")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`declare` are indicators that the mapping names and nobody has declared yet; a person with the right may."""

    mapping: Mapping
    declare: Sequence[IndicatorSpec]


def title_of(table: Table) -> str:
    """The first line above the table without what statisticians add («by province», «phân theo …», footnote marks)."""
    title = next((line for line in table.title if len(line) > 3), "")
    title = re.sub(r"\(\*+\)", "", title)
    title = re.split(r"\s+by (?=Cit|Provinc)|\s+chia theo\s+|\s+phân theo\s+", title)[0]
    title = re.sub(r"^\s*(?:Bảng|Biểu|Table)?\s*[\d.]+\s*[.:]\s*", "", title)
    return nfc(re.sub(r"\s+(?:and )?by (?:some )?provinces?\s*$", "", title)).strip(" .")


def suggest(
    table: Table,
    catalogue: AnyMapping[str, IndicatorSpec],
    *,
    source: str = "",
    prefix: str = "",
    title: str = "",
    licence: str = "CC-BY-4.0",
) -> Suggestion:
    """`prefix` stands before the codes of new indicators; `title` where the table itself has none."""
    samples = [_sample(column) for column in table.columns]
    title = title_of(table) or nfc(title)
    if (as_places := _as_places(table)) is not None:
        return Suggestion(as_places, ())
    roles = _roles(table, samples)
    named = any(
        role == "value" and periods.find(c.header) is not None for c, role in zip(table.columns, roles, strict=True)
    )
    given = "" if named else _usual_period(title)
    mapping = Mapping(
        source=source,
        sheet=table.sniffed.sheet,
        period=given if "period" not in roles else "",
        level=_level(samples, roles),
    )
    by_name = {fold(spec.name.vi): code for code, spec in catalogue.items()}
    by_name |= {fold(spec.name.en): code for code, spec in catalogue.items()}
    declare: dict[str, IndicatorSpec] = {}
    uses = []
    for column, role in zip(table.columns, roles, strict=True):
        use = Use(header=column.header, role=role)
        if role == "value" and "indicator" not in roles:
            use, spec = _value(column, title, catalogue, by_name, prefix=prefix, source=source, licence=licence)
            if spec is not None:
                declare.setdefault(spec.code, spec)
        elif role == "dimension":
            use = msgspec.structs.replace(use, dimension=fold(column.header).replace(" ", "_"))
        uses.append(use)
    return Suggestion(msgspec.structs.replace(mapping, columns=uses), tuple(declare.values()))


def _sample(column: Column) -> list[str]:
    words = column.text.slice(0, 20_000).unique().slice(0, _SAMPLE).to_pylist()
    return [word for word in words if word and word.strip()]


def _roles(table: Table, samples: Sequence[Sequence[str]]) -> list[str]:
    roles = ["ignore"] * len(samples)
    for place, (column, texts) in enumerate(zip(table.columns, samples, strict=True)):
        header = fold(column.header)
        dated = _share(texts, lambda text: periods.parse(text) is not None)
        numeric = _share(texts, lambda text: numbers.looks_numeric(text) or numbers.missing_reason(text) is not None)
        if _NUMBERING.match(header):
            continue
        if (
            (dated >= 0.7 or (dated >= 0.3 and _PERIOD.search(header)))
            and (_PERIOD.search(header) or numeric < 0.5)
            and "period" not in roles
            and texts
        ):
            roles[place] = "period"
        elif _INDICATOR.search(header) and numeric < 0.5 and "indicator" not in roles:
            roles[place] = "indicator"
        elif _UNIT.match(header) and numeric < 0.5 and "unit" not in roles:
            roles[place] = "unit"
        elif _DIMENSION.match(header) and numeric < 0.5:
            roles[place] = "dimension"
        elif _PLACE.search(header) and numeric < 0.5 and "place" not in roles:
            roles[place] = "place"
        elif (numeric >= 0.6 or (not texts and periods.find(column.header) is not None)) and not _CODE.match(header):
            roles[place] = "value"
    if "place" not in roles:
        _find_place(roles, samples)
    return roles


def _find_place(roles: list[str], samples: Sequence[Sequence[str]]) -> None:
    """The first column of texts of which half are places."""
    for place, texts in enumerate(samples):
        if roles[place] == "ignore" and texts:
            names = naming.Names({})
            tried = [text for text in texts[:20] if not layout.is_total(text)]
            if tried and sum(names.of(text, 0).code in ("", "place.ambiguous") for text in tried) * 2 >= len(tried):
                roles[place] = "place"
                return


def _share(texts: Sequence[str], is_so: object) -> float:
    return sum(bool(is_so(text)) for text in texts) / len(texts) if texts else 0.0  # type: ignore[operator]


def _level(samples: Sequence[Sequence[str]], roles: Sequence[str]) -> str:
    if "place" not in roles:
        return ""
    texts = [text for text in samples[roles.index("place")] if not layout.is_total(text)][:60]
    return naming.usual_level(texts, 0) if any(not text.startswith("urn:") for text in texts) else ""


def _usual_period(title: str) -> str:
    """A year or day in the title holds for a table whose columns name none."""
    day = re.search(r"(\d{1,2})[/-](\d{1,2})[/-]((?:19|20)\d\d)", title)
    if day is not None:
        return f"{day[1]}/{day[2]}/{day[3]}"
    years = re.findall(r"(?<!\d)((?:19|20)\d\d)(?!\d)", title)
    return years[-1] if years else ""


def _value(
    column: Column,
    title: str,
    catalogue: AnyMapping[str, IndicatorSpec],
    by_name: AnyMapping[str, str],
    *,
    prefix: str,
    source: str,
    licence: str,
) -> tuple[Use, IndicatorSpec | None]:
    """A column of values: whose indicator is one that the catalogue knows by the label or the title, or a new one."""
    said = label(column.header)
    period = HEADER if periods.find(column.header) is not None else ""
    unit, factor = unit_in(column.header) or unit_in(title) or ("", 1.0)
    bare = nfc(re.sub(r"\([^()]*\)", " ", said))
    for name in (said, bare, f"{title}: {bare}" if bare and title else title):
        code = name if name in catalogue else by_name.get(fold(name))
        if code:
            return Use(
                header=column.header, role="value", indicator=code, unit=unit, factor=factor, period=period
            ), None
    name = f"{title}: {bare}" if title and bare and not bare.startswith("#") else title or bare or column.header
    code = code_for(prefix, name)
    spec = IndicatorSpec(
        code=code,
        name=Text(name[:200], name[:200]),
        domain=Text("Thống kê", "Statistics"),
        unit=unit or "1",
        kind=Kind.GAUGE,
        over_time=Aggregation.LAST,
        over_place=Aggregation.NONE,
        decimals=0 if _whole(column) else 1,
        source=source,
        licence=licence,
    )
    use = Use(header=column.header, role="value", indicator=code, unit=unit or "1", factor=factor, period=period)
    return use, replace(spec)


def _whole(column: Column) -> bool:
    return not any("." in text or "," in text for text in _sample(column)[:50])


def code_for(prefix: str, name: str) -> str:
    """A code of at most 64 letters; a long name is cut and told apart by the first digits of its hash."""
    plain = slug(name) or "x"
    code = f"{prefix}.{plain}" if prefix else plain
    if len(code) <= 64:
        return code
    return f"{code[:57].rstrip('-.')}-{hashlib.sha256(plain.encode()).hexdigest()[:6]}"


def _as_places(table: Table) -> Mapping | None:
    """A mapping for a table of places: names with coordinates in degrees or of VN-2000, and neither period nor value."""
    roles: dict[str, str] = {}
    for column in table.columns:
        header = fold(column.header)
        for role, pattern in (
            ("easting", _EAST), ("northing", _NORTH), ("longitude", _LONGITUDE), ("latitude", _LATITUDE), ("name", _NAME),
            ("id", _CODE),
        ):  # fmt: skip
            if pattern.match(header) and role not in roles.values():
                roles[column.header] = role
                break
    held = set(roles.values())
    if "name" not in held or not ({"longitude", "latitude"} <= held or {"easting", "northing"} <= held):
        return None
    uses = [
        Use(header=header, role=roles.get(header, "attribute"), dimension="" if header in roles else slug(header))
        for header in table.headers
    ]
    return Mapping(target="places", columns=uses, sheet=table.sniffed.sheet)


def era_of(day: date) -> int:
    return int(day >= naming.REFORM)


def within_default() -> str:
    return places.COUNTRY
