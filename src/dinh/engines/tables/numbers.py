"""Numbers as people write them: 1.234,5 and 1,234.5 and 1 234,5; decided a column at a time, never guessed silently."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

MISSING: Final = {
    "..": "not_reported", "...": "not_reported", "…": "not_reported", "....": "not_reported", "n/a": "not_reported",
    "na": "not_reported", "nan": "not_reported", "null": "not_reported", "none": "not_reported",
    "-": "not_measured", "--": "not_measured", "–": "not_measured", "—": "not_measured", "−": "not_measured",
    "kxđ": "not_measured", "kpt": "not_measured", "không": "not_measured", "kph": "below_detection",
    "chưa có": "not_reported", "không có": "not_measured", "không có số liệu": "not_reported",
    "#n/a": "failed_check", "#div/0!": "failed_check", "#ref!": "failed_check", "#value!": "failed_check",
    "#name?": "failed_check", "#num!": "failed_check", "#null!": "failed_check", "#error!": "failed_check",
    "#data!": "failed_check", "#unrecoverable!": "failed_check", "#####": "failed_check",
}  # fmt: skip
"""Marks that stand where a value is not, and why. In Vietnamese yearbooks «...» has occurred but was not collected, and
«-» did not occur; «KPH» is «không phát hiện», not detected; the last are the errors of spreadsheets."""

_SPACES: Final = "[ \u00a0\u2009\u202f']"
_SIGN: Final = "[-+−]?"
_COMMA_VOTES: Final = re.compile(
    rf"{_SIGN}(?:\d{{1,3}}(?:\.\d{{3}})+,\d+|\d{{1,3}}(?:\.\d{{3}}){{2,}}|\d{{1,3}}(?:{_SPACES}\d{{3}})+,\d+"
    r"|0,\d+|\d{4,},\d+|\d+,(?:\d{1,2}|\d{4,}))"
)
_POINT_VOTES: Final = re.compile(
    rf"{_SIGN}(?:\d{{1,3}}(?:,\d{{3}})+\.\d+|\d{{1,3}}(?:,\d{{3}}){{2,}}|\d{{1,3}}(?:{_SPACES}\d{{3}})+\.\d+"
    r"|0\.\d+|\d{4,}\.\d+|\d+\.(?:\d{1,2}|\d{4,}))(?:[eE][-+]?\d+)?"
)
_AMBIGUOUS: Final = re.compile(rf"{_SIGN}[1-9]\d{{0,2}}[.,]\d{{3}}")
_PLAIN: Final = re.compile(rf"{_SIGN}\d+(?:{_SPACES}\d{{3}})*")
_WHITE: Final = " \u00a0\u2009\u202f'"
_VALID: Final = {
    ",": rf"^[-+−]?(?:\d+|\d{{1,3}}(?:[.{_WHITE}]\d{{3}})+)(?:,\d+)?$",
    ".": rf"^[-+−]?(?:\d+|\d{{1,3}}(?:[,{_WHITE}]\d{{3}})+)?(?:\.\d*)?(?:[eE][-+]?\d{{1,3}})?$",
}
_GROUPS: Final = {",": f"[.{_WHITE}]", ".": f"[,{_WHITE}]"}


@dataclass(frozen=True, slots=True)
class Style:
    """What the texts of a column tell. `decimal` is ',' or '.'; '' while nothing decides (`ambiguous` texts then need a
    choice, or there are none and either does)."""

    decimal: str
    for_comma: int
    for_point: int
    ambiguous: int
    numbers: int
    """Texts that are a number one way or the other."""
    others: int

    @property
    def share(self) -> float:
        whole = self.numbers + self.others
        return self.numbers / whole if whole else 0.0


@dataclass(frozen=True, slots=True)
class Numbers:
    """Arrays of shape (n,). `value` is NaN where there is none; `state` says why."""

    value: NDArray[np.float64]
    state: NDArray[np.uint8]
    """0 a value, 1 empty, 2 a mark that stands for a missing value, 3 no number, 4 ambiguous."""
    missing: NDArray[np.uint8]
    """1 + place in REASONS where `state` is 2."""
    percent: NDArray[np.bool_]


VALUE, EMPTY, MISSED, BAD, AMBIGUOUS = range(5)
REASONS: Final = tuple(sorted(set(MISSING.values())))


def missing_reason(text: str) -> str | None:
    return MISSING.get(text.strip().casefold())


def bare(text: str) -> str:
    """Without white space and a per cent sign."""
    return text.strip().removesuffix("%").rstrip()


def style_of(texts: Iterable[str]) -> Style:
    """`texts` are those of one column, each once."""
    comma = point = ambiguous = plain = others = 0
    for text in texts:
        given = bare(text)
        if not given or missing_reason(given) is not None:
            continue
        if _AMBIGUOUS.fullmatch(given):
            ambiguous += 1
        elif _COMMA_VOTES.fullmatch(given):
            comma += 1
        elif _POINT_VOTES.fullmatch(given):
            point += 1
        elif _PLAIN.fullmatch(given):
            plain += 1
        else:
            others += 1
    decimal = "" if comma == point else "," if comma > point else "."
    return Style(decimal, comma, point, ambiguous, comma + point + ambiguous + plain, others)


def looks_numeric(text: str) -> bool:
    given = bare(text)
    return any(pattern.fullmatch(given) for pattern in (_PLAIN, _AMBIGUOUS, _COMMA_VOTES, _POINT_VOTES))


def parse(texts: pa.ChunkedArray | pa.Array, decimal: str, typed: pa.Array | None = None) -> Numbers:
    """`decimal` '' refuses texts that could be read both ways. `typed` holds the numbers that a spreadsheet stores as
    such (null elsewhere): they need no reading."""
    array = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
    rows = len(array)
    state = np.zeros(rows, np.uint8)
    missing = np.zeros(rows, np.uint8)
    percent = np.zeros(rows, np.bool_)
    value, rest = _fast(array, decimal or ".", ambiguous=not decimal)
    if typed is not None:
        held = typed.to_numpy(zero_copy_only=False).astype(np.float64)
        known = typed.is_valid().to_numpy(zero_copy_only=False)
        value = np.where(known, held, value)
        rest &= ~known
    if rest.any():
        places = np.flatnonzero(rest)
        coded = array.take(pa.array(places)).fill_null("").dictionary_encode()
        read = [_read(text, decimal) for text in coded.dictionary.to_pylist()]
        codes = coded.indices.to_numpy(zero_copy_only=False)
        value[places] = np.array([one[0] for one in read], np.float64)[codes]
        state[places] = np.array([one[1] for one in read], np.uint8)[codes]
        missing[places] = np.array([one[2] for one in read], np.uint8)[codes]
        percent[places] = np.array([one[3] for one in read], np.bool_)[codes]
    return Numbers(value, state, missing, percent)


def _fast(array: pa.Array, decimal: str, *, ambiguous: bool) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """The texts that are plainly numbers, and which are left to be looked at one by one."""
    valid = pc.match_substring_regex(array, _VALID[decimal]).fill_null(False)
    if ambiguous:
        either = pc.match_substring_regex(array, r"[.,]")
        valid = pc.and_(valid, pc.invert(either.fill_null(False)))
    # An empty mantissa («.», «e5») passes the pattern and is no number.
    valid = pc.and_(valid, pc.match_substring_regex(array, r"^[-+−]?[.]?\d").fill_null(False))
    plain = pc.if_else(valid, array, pa.scalar(None, array.type))
    if not pc.all(valid, min_count=0).as_py() or pc.any(pc.match_substring_regex(plain, r"[^0-9.]")).as_py():
        plain = pc.replace_substring_regex(plain, _GROUPS[decimal], "")
        plain = pc.replace_substring(plain, "−", "-")
        plain = pc.replace_substring_regex(plain, r"^\+", "")
        if decimal == ",":
            plain = pc.replace_substring(plain, ",", ".")
    elif decimal == ",":
        plain = pc.replace_substring(plain, ".", "")
    numbers = plain.cast(pa.float64())
    value: NDArray[np.float64] = numbers.fill_null(np.nan).to_numpy(zero_copy_only=False).copy()
    rest: NDArray[np.bool_] = ~valid.to_numpy(zero_copy_only=False)
    endless = ~np.isfinite(value) & ~rest
    value[endless] = np.nan
    return value, rest | endless


def _read(text: str, decimal: str) -> tuple[float, int, int, bool]:
    given = text.strip()
    if not given:
        return np.nan, EMPTY, 0, False
    reason = missing_reason(given)
    if reason is not None:
        return np.nan, MISSED, 1 + REASONS.index(reason), False
    percent = given.endswith("%")
    given = bare(given)
    if not decimal:
        if _AMBIGUOUS.fullmatch(given):
            return np.nan, AMBIGUOUS, 0, percent
        decimal = "," if _COMMA_VOTES.fullmatch(given) else "."
    if re.match(_VALID[decimal], given, re.ASCII) and re.match(r"[-+−]?\.?\d", given):
        bared = re.sub(_GROUPS[decimal], "", given).replace("−", "-").replace(",", ".")
        try:
            number = float(bared)
        except ValueError:
            return np.nan, BAD, 0, percent
        if np.isfinite(number):
            return number, VALUE, 0, percent
    return np.nan, BAD, 0, percent
