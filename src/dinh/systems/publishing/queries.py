"""Gathers the facts of a day from the spine, in a number of calls that does not grow with the number of indicators."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from django.conf import settings

from dinh.kernel import clock
from dinh.kernel.errors import DinhError, Invalid
from dinh.kernel.manifests import Text
from dinh.spine.cases import api as cases
from dinh.spine.observations import api as observations
from dinh.spine.parties import api as parties
from dinh.spine.places import api as places
from dinh.spine.requests import api as requests
from dinh.systems.publishing.domain import brief
from dinh.systems.publishing.domain.facts import AlertFact, Day, DepartmentFact, IndicatorFact, QualityFact

DAY: Final = timedelta(days=1)
ALERT_PAGES: Final = 20
PAGE: Final = 1000
CASE_PAGE: Final = 500
LATE: Final = 0.95
_RANKS: Final = {code: rank for rank, code in enumerate(brief.SEVERITIES)}
NOBODY: Final = Text("Chưa giao đơn vị", "No department yet")


def day_facts(day: date, *, within: str | None = None) -> Day:
    """Raises Invalid `publishing.day_to_come`."""
    area = within or settings.AREA
    start, now = clock.start_of_day(day), clock.now()
    if start >= now:
        raise Invalid("publishing.day_to_come", "{day} has not begun; choose today or an earlier day", day=day)
    end = min(start + DAY, now)
    alerts, more = _alerts(area, start, end)
    return Day(
        area=name_of(area),
        date=day,
        start=start,
        end=end,
        whole=end == start + DAY,
        indicators=_indicators(area, end),
        alerts=alerts,
        more_alerts=more,
        departments=_departments(area, start, end),
        quality=_quality(start, end),
    )


def name_of(urn: str) -> Text:
    try:
        row = places.place(urn)
    except DinhError:
        return Text(urn, urn)
    return Text(row.name_vi, row.name_en)


def _indicators(area: str, end: datetime) -> Sequence[IndicatorFact]:
    headline = [(spec.headline, spec) for spec in observations.indicators() if spec.headline is not None]
    specs = [spec for _, spec in sorted(headline, key=lambda one: one[0])]
    if not specs:
        return ()
    codes = [spec.code for spec in specs]
    present = observations.figures(codes, within=area, at=end)
    before = {
        days: {
            figure.indicator.code: figure.value
            for figure in observations.figures(codes, within=area, at=end - days * DAY)
        }
        for days in (1, 7)
    }
    made = []
    for figure in present:
        spec = figure.indicator
        # What is reported by the week or the year did not change since yesterday; it was not reported anew.
        slow = spec.period is not None and spec.period > DAY
        changes: dict[int, float | None] = {}
        for days, values in before.items():
            earlier = values.get(spec.code)
            known = figure.value is not None and earlier is not None and not slow
            changes[days] = (
                figure.value - earlier if known and figure.value is not None and earlier is not None else None
            )
        made.append(
            IndicatorFact(
                name=spec.name,
                unit=spec.unit,
                places=spec.decimals,
                direction=spec.direction,
                target=spec.target,
                value=figure.value,
                missing=figure.missing,
                day=changes[1],
                week=changes[7],
                trend=tuple(point.value for point in figure.trend),
                simulated=figure.simulated,
                stale=figure.stale,
            )
        )
    return made


def _alerts(area: str, start: datetime, end: datetime) -> tuple[Sequence[AlertFact], bool]:
    """Those that went on at any time of the day, worst and longest first; True where there were too many to read."""
    found: list[observations.AlertRow] = []
    after, more = "", True
    for _ in range(ALERT_PAGES):
        page = observations.alerts(
            states=("open", "acknowledged", "cleared"), within=area, at=end, after=after, limit=PAGE
        )
        found += [row for row in page if row.since < end and (row.cleared_at is None or row.cleared_at > start)]
        if len(page) < PAGE:
            more = False
            break
        after = page[-1].urn
    names = places.places({row.place for row in found if row.place} | {row.subject for row in found})
    of = cases.cases_of(row.urn for row in found)
    facts = [_alert(row, names, of.get(row.urn), start, end) for row in found]
    facts.sort(key=lambda fact: (_RANKS.get(fact.severity, 9), -fact.lasted, fact.since))
    return facts, more


def _alert(
    row: observations.AlertRow,
    names: Mapping[str, places.PlaceRow],
    case: cases.CaseRow | None,
    start: datetime,
    end: datetime,
) -> AlertFact:
    place = names.get(row.place or "") or names.get(row.subject)
    until = row.cleared_at if row.cleared_at is not None and row.cleared_at <= end else None
    return AlertFact(
        name=Text(row.name_vi, row.name_en),
        place=Text(place.name_vi, place.name_en) if place else Text("–", "–"),
        severity=row.severity,
        since=row.since,
        lasted=(until or end) - row.since,
        ended=until is not None,
        owned=bool(row.acknowledged_by) or (case is not None and case.owner is not None),
        simulated=row.simulated,
    )


def _departments(area: str, start: datetime, end: datetime) -> Sequence[DepartmentFact]:
    """Closed on the day is what was open at its beginning or opened since, and is not open at its end."""
    at_start, at_end, opened = (
        _public(_open(area, start)),
        _public(_open(area, end)),
        _public(_opened(area, start, end)),
    )
    gone = {urn: row for urn, row in (at_start | opened).items() if urn not in at_end}
    counts = {
        "opened": Counter(row.organisation for row in opened.values()),
        "closed": Counter(row.organisation for row in gone.values()),
        "open": Counter(row.organisation for row in at_end.values()),
        "overdue": Counter(row.organisation for row in at_end.values() if row.due_at < end),
    }
    urns = {urn for counter in counts.values() for urn in counter}
    names = parties.parties(urn for urn in urns if urn)
    rows = [
        DepartmentFact(
            name=Text(names[urn].name_vi, names[urn].name_en) if urn is not None and urn in names else NOBODY,
            **{name: counter[urn] for name, counter in counts.items()},
        )
        for urn in urns
    ]
    return sorted(rows, key=lambda row: (-row.overdue, -row.open, -row.closed, row.name.vi))


def _public(found: dict[str, cases.CaseRow]) -> dict[str, cases.CaseRow]:
    """Without those of reports that are not public: the list of the public ones taken off such a count would tell of them."""
    left_out = requests.out_of_sight(found)
    return {urn: row for urn, row in found.items() if urn not in left_out}


def _open(area: str, at: datetime) -> dict[str, cases.CaseRow]:
    found: dict[str, cases.CaseRow] = {}
    offset = 0
    while True:
        query = cases.CaseQuery(within=area, at=at, order="number", offset=offset, limit=CASE_PAGE)
        page = cases.cases(query, actor=parties.SYSTEM)
        found.update((row.urn, row) for row in page.rows)
        offset += len(page.rows)
        if not page.rows or offset >= page.total:
            return found


def _opened(area: str, start: datetime, end: datetime) -> dict[str, cases.CaseRow]:
    found: dict[str, cases.CaseRow] = {}
    offset = 0
    while True:
        query = cases.CaseQuery(
            states=cases.EVERY, within=area, at=end, order="-opened_at", offset=offset, limit=CASE_PAGE
        )
        page = cases.cases(query, actor=parties.SYSTEM)
        found.update((row.urn, row) for row in page.rows if row.opened_at >= start)
        offset += len(page.rows)
        if not page.rows or offset >= page.total or page.rows[-1].opened_at < start:
            return found


def _quality(start: datetime, end: datetime) -> QualityFact | None:
    hours = max(1, round((end - start).total_seconds() / 3600))
    rows = observations.quality(at=end, hours=hours)
    together = next((row for row in rows if not row.source), None)
    if together is None:
        return None
    names = {row.code: Text(row.name_vi, row.name_en) for row in observations.sources()}
    known = [row for row in rows if row.source in names]
    late = sorted(
        (row.on_time, row.source) for row in known if row.on_time is not None and row.readings and row.on_time < LATE
    )
    silent = [names[row.source] for row in known if not row.readings and row.complete is not None]
    return QualityFact(
        valid=together.valid,
        complete=together.complete,
        unrepeated=together.unrepeated,
        on_time=together.on_time,
        readings=together.readings,
        worst=[(names[source], value) for value, source in late[:2]],
        silent=silent[:3],
    )
