"""An office that reports two indicators of two communes every month, and the people who do it."""

from __future__ import annotations

from datetime import date
from typing import Any

from dinh.kernel.manifests import Aggregation, IndicatorSpec, Kind, Text
from dinh.spine.observations import api as observations
from dinh.spine.observations.api import reported
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import SYSTEM, Actor, Grant

AREA = "urn:dinh:unit:2004:94"
OFFICE = "urn:dinh:organisation:so-y-te"
ALL = "test.births"
PART = "test.girls"


def declare(communes: list[str], **more: Any) -> reported.AssignmentRow:
    for code in (ALL, PART):
        spec = IndicatorSpec(
            code=code, name=Text(code, code), domain=Text("Y tế", "Health"), unit="1", kind=Kind.GAUGE, valid_min=0,
            valid_max=1000, over_time=Aggregation.SUM, over_place=Aggregation.SUM, decimals=0,
        )  # fmt: skip
        observations.declare_indicators([spec], by=SYSTEM)
    parties.save_organisation(id="so-y-te", name_vi="Sở Y tế", name_en="Department of Health")
    given: dict[str, Any] = {
        "code": "births", "name_vi": "Trẻ sinh", "name_en": "Births", "organisation": OFFICE, "place": AREA,
        "of_places": communes, "columns": [{"indicator": ALL}, {"indicator": PART}], "period": "month", "due_days": 5,
        "first_day": date(2026, 8, 1), "checks": [reported.Check("at_most", left=1, right=0)], "change_percent": 50.0,
    }  # fmt: skip
    row = reported.save_assignment(**(given | more), by=SYSTEM)
    reported.open_returns()
    return row


def person(name: str, role: str = "official", *, place: str | None = None, organisation: str = OFFICE) -> Actor:
    return Actor(f"urn:dinh:person:{name}", name, (Grant(role, place),), organisation, is_staff=True)


LAN = person("lan")
MINH = person("minh", "leader")


def filled(row: reported.ReturnRow, *values: float | None) -> reported.Cells:
    """Values by row and column of the form; None is «not reported»."""
    keys = [(place, column) for place in row.assignment.places for column in range(len(row.assignment.columns))]
    return {
        key: reported.Cell(missing="not_reported") if value is None else reported.Cell(value)
        for key, value in zip(keys, values, strict=False)
    }


def submitted(row: reported.ReturnRow, *values: float | None, by: Actor = LAN) -> reported.ReturnRow:
    drawn = reported.save_draft(row.id, cells=filled(row, *values), explanation="đúng", by=by, version=row.version)
    return reported.submit(row.id, by=by, version=drawn.version)


def recorded(row: reported.ReturnRow, *values: float | None) -> reported.ReturnRow:
    sent = submitted(row, *values)
    reported.approve(sent.id, by=MINH, version=sent.version)
    reported.record_approved()
    return reported.one(row.id, actor=LAN)
