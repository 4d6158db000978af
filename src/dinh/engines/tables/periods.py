"""Moments and periods as tables write them: 31/12/2018, 2018, «Sơ bộ 2018», «quý I/2019», «6 tháng 2019», T3/2019."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dinh.kernel.clock import VIETNAM, to_microseconds

ORDERS: Final = ("dmy", "mdy", "ymd")
_FIRST_YEAR, _LAST_YEAR = 1900, 2100
_ROMAN: Final = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        ("jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july", "aug august",
         "sep sept september", "oct october", "nov november", "dec december"), start=1,
    )
    for name in names.split()
}  # fmt: skip
_YEAR: Final = r"(?:X|năm|year)?\s*(?P<year>(?:19|20)\d\d)"
_STATUS: Final = r"(?P<status>(?:prel?|preliminary|sơ bộ|ước(?: tính| thực hiện)?|est(?:imated|\.)?)\b\.?\s*)?"
_NOTES: Final = r"(?:\s*\(\*+\))?"
_FORMS: Final = tuple(
    (kind, re.compile(rf"(?<![\w.,/-]){_STATUS}{form}{_NOTES}(?![\w/]|[.,-]\d)", re.IGNORECASE))
    for kind, form in (
        ("school", _YEAR + r"\s*[-–]\s*(?P<to>(?:19|20)\d\d)"),
        ("quarter", r"(?:quý|quarter|q)\s*\.?\s*(?P<quarter>iv|i{1,3}|[1-4])\s*[-/,]?\s*" + _YEAR),
        ("quarter", _YEAR + r"\s*[-/]?\s*(?:quý|q)\s*(?P<quarter>iv|i{1,3}|[1-4])"),
        (
            "months",
            r"(?P<months>[369]|6|9|11|[1-9]|1[01])\s*(?:tháng(?: đầu năm)?|months)\s*[-/,]?\s*(?:of\s*)?" + _YEAR,
        ),
        ("month", r"(?:tháng|month|t|m)\s*\.?\s*(?P<month>1[0-2]|0?[1-9])\s*[-/,. ]?\s*" + _YEAR),
        ("month", r"(?P<month>1[0-2]|0?[1-9])\s*[-/.]\s*" + _YEAR),
        ("month", _YEAR + r"\s*[-/]\s*(?P<month>1[0-2]|0[1-9])"),
        ("named", r"(?P<name>" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\.?[-\s,]+" + _YEAR),
        ("year", _YEAR),
    )
)
_DAY: Final = re.compile(
    r"(?P<a>\d{1,4})\s*[-/.]\s*(?P<b>\d{1,2})\s*[-/.]\s*(?P<c>\d{1,4})"
    r"(?:[T,\s]+(?P<hour>\d{1,2})[:hg](?P<minute>\d{2})?(?::(?P<second>\d{2}(?:\.\d{1,6})?))?\s*(?P<half>[AaPp][Mm])?)?"
    r"\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?"
)
_TIME_FIRST: Final = re.compile(r"(?P<time>\d{1,2}[:hg]\d{2}(?::\d{2})?)\s*,?\s+(?:ngày\s*)?(?P<day>\d.*)")
_FAST: Final = (
    "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d",
    "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y", "%d-%m-%Y %H:%M", "%d-%m-%Y", "%d.%m.%Y",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Period:
    """Begins at `start` (a moment with a zone) and covers `length`: moment, day, month, quarter, months, half, year.

    `preliminary` is what «Sơ bộ», «Ước» and «Prel.» say.
    """

    start: datetime
    length: str
    preliminary: bool = False

    @property
    def on(self) -> date:
        """The day in Vietnam that it begins."""
        return self.start.astimezone(VIETNAM).date()


def _at(year: int, month: int = 1, day: int = 1) -> datetime:
    return datetime(year, month, day, tzinfo=VIETNAM).astimezone(UTC)


def find(text: str) -> tuple[Period, str] | None:
    """The period named in a text, and the text without it: «Prel. 2016 Total area» is 2016, preliminary, «Total area»."""
    for kind, form in _FORMS:
        found = form.search(text)
        if found is not None:
            period = _period(kind, found)
            if period is not None:
                rest = f"{text[: found.start()]} {text[found.end() :]}"
                return period, re.sub(r"\s+", " ", rest).strip(" -–/,;:")
    return None


def _period(kind: str, found: re.Match[str]) -> Period | None:
    year, early = int(found["year"]), bool(found["status"])
    if kind == "year":
        return Period(_at(year), "year", early)
    if kind == "school":
        following = int(found["to"])
        return Period(_at(year, 9), "year", early) if following == year + 1 else None
    if kind == "quarter":
        told = found["quarter"].lower()
        return Period(_at(year, 3 * (_ROMAN.get(told) or int(told)) - 2), "quarter", early)
    if kind == "months":
        months = int(found["months"])
        return Period(_at(year), {6: "half", 3: "quarter"}.get(months, "months"), early)
    month = int(found["month"]) if kind == "month" else _MONTHS[found["name"].lower()]
    return Period(_at(year, month), "month", early)


def parse(text: str, order: str = "dmy") -> Period | None:
    """The whole text as a moment, a day or a period; None where it is none of them. `order` is one of ORDERS and counts
    only where day and month could be either; a day that begins with its year is always year, month, day."""
    given = text.strip()
    if len(given) > 60:
        return None
    day = _moment(given, order)
    if day is not None:
        return day
    found = find(given)
    return found[0] if found is not None and not found[1].strip("()*. ") else None


def _moment(given: str, order: str) -> Period | None:
    swapped = _TIME_FIRST.fullmatch(given)
    if swapped is not None:
        given = f"{swapped['day']} {swapped['time']}"
    found = _DAY.fullmatch(given)
    if found is None:
        return None
    a, b, c = found["a"], found["b"], found["c"]
    if len(a) == 4:
        year, month, day = int(a), int(b), int(c) if len(c) < 3 else 0
    elif len(a) <= 2:
        year = int(c) if len(c) == 4 else 2000 + int(c) if len(c) == 2 else 0
        day, month = (int(b), int(a)) if order == "mdy" else (int(a), int(b))
    else:
        return None
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    try:
        at = datetime(year, month, day, tzinfo=VIETNAM)
        if found["hour"] is None:
            return None if found["zone"] else Period(at.astimezone(UTC), "day")
        hour = int(found["hour"])
        if found["half"]:
            if not 1 <= hour <= 12:
                return None
            hour = hour % 12 + (12 if found["half"].lower() == "pm" else 0)
        seconds = float(found["second"] or 0)
        at = at.replace(hour=hour, minute=int(found["minute"] or 0), second=int(seconds))
        at += timedelta(microseconds=round((seconds - int(seconds)) * 1e6))
        if found["zone"] == "Z":
            at = at.replace(tzinfo=UTC)
        elif found["zone"]:
            zone = datetime.strptime(found["zone"].replace(":", ""), "%z").tzinfo
            at = at.replace(tzinfo=zone)
    except ValueError:
        return None
    return Period(at.astimezone(UTC), "moment")


def order_of(texts: Iterable[str]) -> tuple[str, bool]:
    """Which of day and month comes first, and whether any text proves it; day first where none does, as is usual in
    Vietnam."""
    first = second = 0
    for text in texts:
        found = _DAY.match(text.strip())
        if found is None or len(found["a"]) > 2:
            continue
        a, b = int(found["a"]), int(found["b"])
        first += a > 12 >= b
        second += b > 12 >= a
    return ("mdy", True) if second > first else ("dmy", bool(first))


@dataclass(frozen=True, slots=True)
class Moments:
    """Arrays of shape (n,): `at_us` in microseconds since 1970 UTC, `state` 0 read, 1 empty, 2 no date."""

    at_us: NDArray[np.int64]
    state: NDArray[np.uint8]
    preliminary: NDArray[np.bool_]


def parse_all(texts: pa.ChunkedArray | pa.Array, order: str = "dmy") -> Moments:
    """Columns in one of the usual forms are read in one step; other texts each once."""
    array = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
    rows = len(array)
    coded = array.fill_null("").dictionary_encode()
    words: Sequence[str] = coded.dictionary.to_pylist()
    codes = coded.indices.to_numpy(zero_copy_only=False)
    if len(words) > 2_000 and (at_us := _in_one_form(coded.dictionary, order)) is not None:
        return Moments(at_us[codes], np.zeros(rows, np.uint8), np.zeros(rows, np.bool_))
    at = np.zeros(len(words), np.int64)
    state = np.zeros(len(words), np.uint8)
    early = np.zeros(len(words), np.bool_)
    for place, word in enumerate(words):
        period = parse(word, order)
        if period is None:
            state[place] = 2 if word.strip() else 1
        else:
            at[place], early[place] = to_microseconds(period.start), period.preliminary
    return Moments(at[codes], state[codes], early[codes])


def _in_one_form(words: pa.Array, order: str) -> NDArray[np.int64] | None:
    """Moments of texts that are all of one of the usual forms; None where they are not. Only forms with fixed places
    of digits are tried, so that no text is read otherwise than `parse` reads it."""
    for form in _FAST:
        if order == "mdy" and form.startswith("%d"):
            form = form.replace("%d", "%~").replace("%m", "%d").replace("%~", "%m")
        stamps = pc.strptime(words, format=form, unit="us", error_is_null=True)
        if stamps.null_count == 0:
            # Vietnam has been at +07:00 without summer time since 1975-06-13; what is older is read one by one.
            at: NDArray[np.int64] = stamps.cast(pa.int64()).to_numpy()
            if at.min(initial=0) < 172_800_000_000 * 1_000:
                return None
            moments: NDArray[np.int64] = at - 7 * 3_600_000_000
            return moments
    return None
