"""How offices do with what the public reports: of public reports alone, and nothing behind which fewer than five stand."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dinh.kernel import clock
from dinh.kernel.clock import VIETNAM
from dinh.kernel.errors import DinhError, Invalid
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import PartyRow
from dinh.spine.places import api as places
from dinh.spine.places.api import PlaceRow
from dinh.spine.requests import api as requests
from dinh.spine.requests.api import FEWEST, DepartmentFigures, RequestQuery
from dinh.systems.citizen_app import reading
from dinh.systems.citizen_app.web.answers import compressed, public

WINDOWS: Final = (30, 90, 365)
FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Asked:
    """A window of whole days until the end of today, and a commune or all."""

    days: int
    unit: str

    @property
    def since(self) -> datetime:
        return clock.start_of_day(self.last - timedelta(days=self.days - 1))

    @property
    def until(self) -> datetime:
        return clock.start_of_day(self.last + timedelta(days=1))

    @property
    def last(self) -> date:
        return clock.today()

    @classmethod
    def of(cls, request: HttpRequest, *, strict: bool = False) -> Asked:
        text, unit = request.GET.get("days", ""), request.GET.get("unit", "")[:160]
        known = {str(days) for days in WINDOWS}
        if text and text not in known and strict:
            raise Invalid(
                "citizen_app.filter",
                "{name}={value} cannot be read; give {known}, or leave it out",
                name="days",
                value=text[:80],
                known=", ".join(sorted(known, key=int)),
            )
        if unit:
            try:
                places.place(unit)
            except DinhError:
                if strict:
                    raise
                unit = ""
        return cls(int(text) if text in known else WINDOWS[0], unit)

    def rows(self) -> Sequence[DepartmentFigures]:
        return requests.figures(units=[self.unit] if self.unit else (), since=self.since, until=self.until)

    def count(self, status: str) -> int:
        query = RequestQuery(
            units=[self.unit] if self.unit else (), since=self.since, until=self.until, status=status, limit=0
        )
        return requests.requests(query).total


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of an office's bar: `x` and `width` in percent."""

    code: str
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Office:
    row: DepartmentFigures
    party: PartyRow | None
    parts: Sequence[Part]


def _parts(row: DepartmentFigures) -> Sequence[Part]:
    """What is known of the received ones, in one order; a figure that is withheld leaves its room empty."""
    received = row.received or 0
    late = row.late or 0
    counts = (
        ("fixed", row.fixed or 0),
        ("unfixed", row.unfixed or 0),
        ("late", late),
        ("open", max(0, (row.open or 0) - late)),
    )
    found, x = [], 0.0
    for code, count in counts:
        if count and received:
            found.append(Part(code, round(x, 2), round(100 * count / received, 2)))
            x += 100 * count / received
    return found


@require_safe
@compressed
def page(request: HttpRequest) -> HttpResponse:
    asked = Asked.of(request)
    rows = asked.rows()
    names = parties.parties({row.organisation for row in rows})
    totals = [
        (_("Reports received"), asked.count(""), False),
        (_("Being handled"), asked.count("open"), False),
        (_("Overdue"), asked.count("late"), True),
        (_("Fixed"), asked.count("fixed"), False),
        (_("Closed, not fixed"), asked.count("unfixed"), False),
    ]
    communes: list[PlaceRow] = list(reading.communes())
    chosen = reading.place_or_none(asked.unit)
    if chosen is not None and all(row.urn != chosen.urn for row in communes):
        communes.insert(0, chosen)
    context = {
        "asked": asked,
        "windows": [(30, _("30 days")), (90, _("A quarter")), (365, _("A year"))],
        "communes": communes,
        "offices": [Office(row, names.get(row.organisation), _parts(row)) for row in rows],
        "totals": [
            (name, count if count >= FEWEST or not count else None, loud and count) for name, count, loud in totals
        ],
        "fewest": FEWEST,
        "export": request.GET.urlencode(),
        "since": asked.since,
        "last": asked.last,
    }
    return render(request, "citizen_app/public_figures.html", context)


FIELDS: Final = (
    "received", "open", "late", "fixed", "unfixed", "reopened_share", "hours_to_answer", "hours_to_fix", "on_time", "stars",
)  # fmt: skip


def _headings() -> dict[str, str]:
    return {
        "received": _("Reports received"), "open": _("Being handled"), "late": _("Overdue"), "fixed": _("Fixed"),
        "unfixed": _("Closed, not fixed"), "reopened_share": _("Share opened again"), "hours_to_answer": _("Hours to the first answer"),
        "hours_to_fix": _("Hours to the repair"), "on_time": _("Share in time"), "stars": _("Stars"),
    }  # fmt: skip


@require_safe
@compressed
def as_csv(request: HttpRequest) -> HttpResponse:
    asked, tongue = Asked.of(request, strict=True), get_language() or "vi"

    def make() -> bytes:
        with override(tongue):
            return "".join(_csv_lines(asked, tongue)).encode("utf-8-sig")

    response = public(
        request, f"figures.csv|{tongue}|{asked.days}|{asked.unit}|{asked.last}", make, "text/csv; charset=utf-8"
    )
    name = f"phan-anh-{asked.days}-ngay-{clock.now().astimezone(VIETNAM):%Y%m%d}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _csv_lines(asked: Asked, tongue: str) -> Iterator[str]:
    out = io.StringIO()
    writer = csv.writer(out)
    headings = _headings()
    writer.writerow([_("Office"), *(headings[name] for name in FIELDS)])
    rows = asked.rows()
    names = parties.parties({row.organisation for row in rows})
    for row in rows:
        party = names.get(row.organisation)
        name = party.name(tongue) if party else row.organisation
        # A name that begins like a formula would be one in a spreadsheet.
        writer.writerow(
            ["'" + name if name.startswith(FORMULAS) else name, *(_cell(getattr(row, field)) for field in FIELDS)]
        )
    yield out.getvalue()


def _cell(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}" if isinstance(value, float) else str(value)


@require_safe
@compressed
def as_json(request: HttpRequest) -> HttpResponse:
    asked = Asked.of(request, strict=True)

    def make() -> bytes:
        rows = asked.rows()
        names = parties.parties({row.organisation for row in rows})
        said: dict[str, Any] = {
            "since": asked.since.isoformat(),
            "until": asked.until.isoformat(),
            "unit": asked.unit or None,
            "fewest": FEWEST,
            "offices": [
                {
                    "office": row.organisation,
                    "name_vi": names[row.organisation].name_vi if row.organisation in names else "",
                    "name_en": names[row.organisation].name_en if row.organisation in names else "",
                    **{field: getattr(row, field) for field in FIELDS},
                }
                for row in rows
            ],
        }
        return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()

    return public(request, f"figures.json|{asked.days}|{asked.unit}|{asked.last}", make, "application/json")
