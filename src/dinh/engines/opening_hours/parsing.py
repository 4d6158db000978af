"""Reads the usual subset of the opening-hours grammar: days, ranges, several rules, off, public holidays, 24/7,
times over midnight, comments in quotes. Months, weeks, sunrise and open ends are left to be shown as written.

Source: the specification of the key opening_hours in the OpenStreetMap wiki, version 0.7.2.
"""

from __future__ import annotations

import re
from typing import Final

from dinh.engines.opening_hours.hours import DAY_MIN, Hours, Rule, Span

_DAYS: Final = ("mo", "tu", "we", "th", "fr", "sa", "su")
_LONGEST: Final = 500
_COMMENT: Final = re.compile(r'"[^"]*"')
_DAY: Final = r"(?:mo|tu|we|th|fr|sa|su|ph)"
_SELECTOR: Final = re.compile(rf"{_DAY}(?:\s*-\s*{_DAY})?(?:\s*,\s*{_DAY}(?:\s*-\s*{_DAY})?)*(?=[\s:]|$)\s*:?\s*")
_TIME: Final = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})")
# Between two rules of the same weight stands «;»; a comma before a day adds a rule instead: «Mo-Fr 08:00-17:00, Sa 08:00-12:00».
_ADDED: Final = re.compile(rf"(?<=\d\d)\s*,\s*(?={_DAY}\b)")


def parse(text: str) -> Hours | None:
    """None for what it does not understand in full; half an answer would send people to closed doors."""
    plain = _COMMENT.sub(" ", text[: _LONGEST + 1].strip().lower()).replace("–", "-")
    if not plain.strip() or len(text) > _LONGEST or '"' in plain:
        return None
    rules: list[Rule] = []
    for part in plain.split(";"):
        if not part.strip():
            continue
        for number, piece in enumerate(_ADDED.split(part)):
            rule = _rule(" ".join(piece.split()), adds=number > 0)
            if rule is None:
                return None
            rules.append(rule)
    return Hours(tuple(rules)) if rules else None


def _rule(text: str, *, adds: bool) -> Rule | None:
    if text in ("24/7", "24/7 open"):
        return Rule(frozenset(range(7)), False, ((0, DAY_MIN),), adds)
    days, holidays = frozenset(range(7)), False
    named = _SELECTOR.match(text)
    if named:
        found = _days(named[0].rstrip(" :"))
        if found is None:
            return None
        days, holidays = found
        text = text[named.end() :]
    text = text.removesuffix("open").strip() or "00:00-24:00"
    if text in ("off", "closed"):
        return Rule(days, holidays, (), adds)
    spans = [_span(part.strip()) for part in text.split(",")]
    if any(span is None for span in spans):
        return None
    return Rule(days, holidays, tuple(span for span in spans if span is not None), adds)


def _days(text: str) -> tuple[frozenset[int], bool] | None:
    days: set[int] = set()
    holidays = False
    for part in text.split(","):
        ends = [end.strip() for end in part.split("-")]
        if ends == ["ph"]:
            holidays = True
            continue
        if any(end not in _DAYS for end in ends):
            return None
        first, last = _DAYS.index(ends[0]), _DAYS.index(ends[-1])
        days.update((first + step) % 7 for step in range((last - first) % 7 + 1))
    return frozenset(days), holidays


def _span(text: str) -> Span | None:
    found = _TIME.fullmatch(text)
    if not found:
        return None
    hour, minute, to_hour, to_minute = map(int, found.groups())
    start, end = hour * 60 + minute, to_hour * 60 + to_minute
    if minute > 59 or to_minute > 59 or start >= DAY_MIN or end > 2 * DAY_MIN:
        return None
    if end <= start:
        end += DAY_MIN  # «22:00-02:00»; «08:00-08:00» is a whole day
    return (start, end) if end <= 2 * DAY_MIN else None
