"""Which unit a feature of a file is: by code and name, else by name and position. One period for a whole file."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry

from dinh.kernel.vietnamese_text import fold
from dinh.spine.places import domain
from dinh.spine.places.api import PlaceRow
from dinh.spine.places.geofiles import Feature
from dinh.spine.places.search import slips
from dinh.spine.places.tree import Tree

NEAR_DEGREES = 0.15
"""How far off a shape the centre of its unit may lie when only the name speaks for it."""
FAR_DEGREES = 1.0
_CODE = re.compile(r"\d{1,5}")
_CODE_COLUMNS = (
    "code", "ma", "ma_xa", "maxa", "ma_phuong_xa", "ma_px", "ma_dvhc", "madvhc", "unit_code", "ward_code", "wardcode",
    "commune_code", "communecode", "gso_id", "gsoid", "gso", "district_code", "ma_huyen", "mahuyen", "ma_qh",
    "province_code", "ma_tinh", "matinh", "ma_tp", "id",
)  # fmt: skip
_NAME_COLUMNS = (
    "full_name", "fullname", "ten_day_du", "commune", "commune_name", "ward", "ward_name", "xa", "ten_xa", "tenxa",
    "ten_phuong_xa", "name", "name_vi", "ten", "ten_dvhc", "tendvhc", "district", "district_name", "huyen", "ten_huyen",
    "tenhuyen", "province", "province_name", "tinh", "ten_tinh", "tentinh",
)  # fmt: skip
_LEVEL_OF_RANK = {
    "xã": ("commune",), "phường": ("commune",), "thị trấn": ("commune",), "đặc khu": ("commune",),
    "huyện": ("district",), "quận": ("district",), "thị xã": ("district",), "tỉnh": ("province",),
    "thành phố": ("province", "district"),
}  # fmt: skip
_LEVEL_OF_WIDTH = {2: "province", 3: "district", 5: "commune"}
_ANY_LEVEL = ("commune", "district", "province")
_LEVEL_OF_COLUMN = {"district": "district", "huyen": "district", "province": "province", "tinh": "province"}


@dataclass(frozen=True, slots=True)
class Match:
    feature: Feature
    urn: str


def match(features: Sequence[Feature], tree: Tree) -> tuple[list[Match], list[str]]:
    """Matches, and for each feature without one a line with its number, value and remedy."""
    code_column, width = _code_column(features, tree)
    name_column = _column(features, _NAME_COLUMNS)
    tries = []
    for period in (2025, 2004):
        matcher = _Matcher(tree, period, code_column, width, name_column)
        tries.append((matcher, [matcher.match(feature) for feature in features]))
    best = max(tries, key=lambda tried: sum(isinstance(found, PlaceRow) for found in tried[1]))
    matches: list[Match] = []
    refused: list[str] = []
    seen: dict[str, int] = {}
    for feature, found in zip(features, best[1], strict=True):
        if isinstance(found, str):
            refused.append(f"feature {feature.number}: {found}")
        elif found.urn in seen:
            refused.append(
                f"feature {feature.number}: {found.full_name_vi} ({found.code}) is feature {seen[found.urn]} already; "
                "merge the parts of a unit into one feature"
            )
        else:
            seen[found.urn] = feature.number
            matches.append(Match(feature, found.urn))
    return matches, refused


def _plain(name: str) -> str:
    return fold(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name)).replace(" ", "_")


def _column(features: Sequence[Feature], known: Iterable[str]) -> str | None:
    """The first of the known columns that half of the features fill."""
    filled: Counter[str] = Counter()
    for feature in features:
        filled.update(name for name, value in feature.properties.items() if value not in (None, ""))
    by_plain = {_plain(name): name for name, count in filled.items() if count * 2 >= len(features)}
    return next((by_plain[name] for name in known if name in by_plain), None)


def _code_column(features: Sequence[Feature], tree: Tree) -> tuple[str | None, int]:
    """The column most of whose values are codes of the catalogues, and to how many digits they are filled up with
    zeros; 0 where they are written in full, so that provinces, districts and communes may stand in one file."""
    codes = {row.code for row in tree.rows.values()}
    columns = {name for feature in features[:50] for name in feature.properties if _plain(name) in _CODE_COLUMNS}
    best: tuple[int, int, str, int] | None = None
    for name in columns:
        values = [feature.properties.get(name) for feature in features]
        texts = [text for text in map(_digits, values) if text]
        longest = max(map(len, texts), default=0)
        full = all(isinstance(value, str) for value in values if value is not None)
        width = 0 if full and {len(text) for text in texts} <= {2, 3, 5} else 5 if longest > 3 else max(longest, 2)
        known = sum(text.zfill(width) in codes for text in texts)
        if known * 2 >= len(features):
            best = max(best or (0, 0, "", 0), (longest, known, name, width))
    return (best[2], best[3]) if best else (None, 0)


def _digits(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value).strip() if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
    return text if _CODE.fullmatch(text) else ""


class _Matcher:
    def __init__(self, tree: Tree, period: int, code: str | None, width: int, name: str | None) -> None:
        self.tree, self.period, self.code, self.width, self.name = tree, period, code, width, name
        self.by_name: Mapping[tuple[str, str], list[PlaceRow]] = defaultdict(list)
        for row in tree.rows.values():
            if row.urn.startswith(domain.unit_urn(period, "")):
                self.by_name[row.level, fold(row.name_vi)].append(row)

    def match(self, feature: Feature) -> PlaceRow | str:
        """The unit, or why there is none."""
        if feature.shape is None:
            return feature.wrong
        name = str(feature.properties.get(self.name) or "").strip() if self.name else ""
        code = _digits(feature.properties.get(self.code)) if self.code else ""
        code = code.zfill(self.width) if code else ""
        row = self.tree.rows.get(domain.unit_urn(self.period, code)) if code.strip("0") else None
        if row is not None and (not name or same_name(name, row)):
            return row if _distance(feature.shape, row) <= FAR_DEGREES else self._far(feature.shape, row)
        named = self._by_name(feature, name, width=len(code)) if name else None
        if named is not None:
            return named
        when = "before" if self.period == 2004 else "since"
        if row is not None:
            return (
                f"code '{code}' is {row.full_name_vi} {when} 2025-07-01, the file has '{name}' there; its ground was "
                "probably divided otherwise, so give a file of the right year or mend the code"
            )
        if not code and not name:
            return "it has neither code nor name; give a column code or name"
        what = f"code '{code}', name '{name}'" if code and name else f"code '{code}'" if code else f"name '{name}'"
        return f"no unit {when} 2025-07-01 has {what} at this position; mend code or name, or leave it out"

    def _far(self, shape: BaseGeometry, row: PlaceRow) -> str:
        return (
            f"{row.full_name_vi} ({row.code}) lies at {row.longitude:.2f}, {row.latitude:.2f}, the shape at "
            f"{shape.centroid.x:.2f}, {shape.centroid.y:.2f}; check the code, and that longitude comes first"
        )

    def _by_name(self, feature: Feature, name: str, *, width: int) -> PlaceRow | None:
        rank = next((rank for rank in _LEVEL_OF_RANK if fold(name).startswith(fold(rank) + " ")), "")
        levels = _LEVEL_OF_RANK.get(rank, _ANY_LEVEL)
        if self.name and (level := _LEVEL_OF_COLUMN.get(_plain(self.name).removeprefix("ten_"))):
            levels = (level,)
        if width:
            levels = (_LEVEL_OF_WIDTH.get(width, "commune"),)
        keys = {fold(name), fold(domain.without_rank(name))}
        candidates = [row for level in levels for key in keys for row in self.by_name.get((level, key), ())]
        if feature.shape is None or not candidates:
            return None
        near = [
            row
            for row in candidates
            if _distance(feature.shape, row) <= NEAR_DEGREES
            # A provincial city is no province: «thành phố Ninh Bình» lay in «tỉnh Ninh Bình».
            and (row.level != "province" or not rank or fold(row.full_name_vi) == fold(name))
        ]
        # «Thị trấn Long Phú» lies beside «xã Long Phú»: the rank decides before the distance does.
        return min(
            near,
            key=lambda row: (fold(row.full_name_vi) != fold(name), _distance(feature.shape, row), row.urn),
            default=None,
        )


def same_name(name: str, row: PlaceRow) -> bool:
    """Rank and place of the tone mark aside; «Thừa Thiên Huế» is «Huế», one letter may differ in longer names."""
    given, held = fold(domain.without_rank(name)), fold(row.name_vi)
    if given == held or fold(name) in (fold(row.full_name_vi), held) or given == fold(row.name_en):
        return True
    words, others = given.split(), held.split()
    if not any(word.isdigit() for word in (*words, *others)) and (set(others) < set(words) and words[-1] == others[-1]):
        return True
    return len(held) >= 6 and not (set("0123456789") & set(given + held)) and slips(given, held, 1) <= 1


def _distance(shape: BaseGeometry, row: PlaceRow) -> float:
    if row.longitude is None or row.latitude is None:
        return 0.0
    return float(shapely.distance(shape, shapely.Point(row.longitude, row.latitude)))
