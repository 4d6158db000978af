"""Returns in every state, formulas with a rule that watches one, and targets by year: so that no screen of reporting is
empty. Done again it changes nothing but the formulas and targets that the file declares otherwise."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from importlib.resources import files
from typing import Any, Final

from django.conf import settings

from dinh.kernel import clock
from dinh.kernel.manifests import RuleSpec, Severity, Text
from dinh.project.demo.scattering import Commune
from dinh.spine.observations import api as observations
from dinh.spine.observations.api import reported
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import SYSTEM, Actor, Grant

FILE: Final = files("dinh.project.demo") / "soc_trang" / "reporting.toml"
REPORTER: Final = "demo-reporter"
LEADER: Final = "demo-leader"
SENT_BACK: Final = "Số liệu tuần của một số xã chưa khớp với hệ thống một cửa; đề nghị kiểm tra lại."
CORRECTED: Final = "Bổ sung hồ sơ nộp muộn của tuần"
LENGTH: Final = {"week": 7, "month": 31, "year": 366}


def declare(communes: Sequence[Commune], seed: int) -> None:
    document = tomllib.loads(FILE.read_text(encoding="utf-8"))
    for row in document["formula"]:
        _formula(row)
    observations.declare_rules([_rule(row) for row in document["rule"]], by=SYSTEM)
    for row in document["target"]:
        _target(row)
    known = {held.code for held in reported.assignments(actor=SYSTEM)}
    for row in document["form"]:
        if row["code"] not in known:
            _form(row, communes, seed)


def _formula(row: Mapping[str, Any]) -> None:
    held = {formula.code: formula for formula in reported.formulas()}.get(row["code"])
    given = {
        "name_vi": row["name"]["vi"], "name_en": row["name"]["en"], "unit": row["unit"], "decimals": row["decimals"],
        "expression": row["expression"], "direction": row["direction"], "headline": row.get("headline"),
    }  # fmt: skip
    if held is None or any(getattr(held, name) != value for name, value in given.items()):
        reported.save_formula(code=row["code"], **given, by=SYSTEM)


def _rule(row: Mapping[str, Any]) -> RuleSpec:
    return RuleSpec(
        row["code"], row["indicator"], Text(**row["name"]), Severity(row["severity"]), below=row["below"],
        clear_at=row["clear_at"],
    )  # fmt: skip


def _target(row: Mapping[str, Any]) -> None:
    this_year = clock.today().year
    years = {row["year"]: row["value"]} if "year" in row else {this_year: row["value"], this_year + 1: row["then"]}
    for year, value in years.items():
        reported.save_target(
            indicator=row["indicator"], place=row.get("place", settings.AREA), year=year, kind=row["kind"],
            value=float(value), document=row["document"], by=SYSTEM,
        )  # fmt: skip


def _form(row: Mapping[str, Any], communes: Sequence[Commune], seed: int) -> None:
    rows = [commune.row.urn for commune in communes[: row["places"]]]
    reported.save_assignment(
        code=row["code"], name_vi=row["name"]["vi"], name_en=row["name"]["en"],
        organisation=f"urn:dinh:organisation:{row['organisation']}", place=settings.AREA, of_places=rows,
        columns=[{"indicator": code} for code in row["columns"]], period=row["period"], due_days=row["due_days"],
        first_day=_first_day(row), by=SYSTEM, change_percent=row["change_percent"], responsible=[parties.person(REPORTER).urn],
        checks=[reported.Check("at_most", left=left, right=right) for left, right in row["within"]],
    )  # fmt: skip
    reported.open_returns()
    reporter, leader = _actor(REPORTER), _actor(LEADER)
    chance = random.Random(f"{seed}-{row['code']}")  # noqa: S311 - a picture to look at, not a secret
    for number, held in enumerate(_open(row["code"])):
        _fill(held, number, row, chance, reporter, leader)


def _first_day(row: Mapping[str, Any]) -> date:
    return clock.today() - timedelta(days=row["periods"] * LENGTH[row["period"]])


def _open(code: str) -> Iterator[reported.ReturnRow]:
    """The returns of a form, the newest first."""
    found = list(reported.overview(actor=SYSTEM, period="week", since=date(2000, 1, 1)))
    found += reported.overview(actor=SYSTEM, period="month", since=date(2000, 1, 1))
    found += reported.overview(actor=SYSTEM, period="year", since=date(2000, 1, 1))
    return iter(sorted((held for held in found if held.assignment.code == code), key=lambda held: held.first_day)[::-1])


def _fill(
    held: reported.ReturnRow, number: int, row: Mapping[str, Any], chance: random.Random, reporter: Actor, leader: Actor
) -> None:
    """The newest is empty, then a draft, one that waits, one sent back; the older ones are approved, one is corrected."""
    figures = dict(_figures(held.assignment, row, chance))
    if number == 0 and row["periods"] > 2:
        return
    if number == 1 and row["periods"] > 2:
        half = dict(list(figures.items())[: len(figures) // 2])
        reported.save_draft(held.id, cells=half, by=reporter, version=held.version)
        return
    if row["periods"] <= 2 and number == 0:
        reported.save_draft(held.id, cells=figures, by=reporter, version=held.version)
        return
    saved = reported.save_draft(
        held.id, cells=figures, by=reporter, version=held.version, explanation="Đã đối chiếu với sổ theo dõi."
    )
    sent = reported.submit(held.id, by=reporter, version=saved.version)
    if number == 2:
        return
    if number == 3 and row["period"] == "week":
        reported.send_back(held.id, remarks=SENT_BACK, by=leader, version=sent.version)
        return
    reported.approve(held.id, by=leader, version=sent.version)
    if number == 5 and row["period"] == "week":
        reported.record_approved()
        again = reported.correct(held.id, reason=CORRECTED, by=reporter)
        place = again.assignment.places[0]
        old = again.cells[place, 0].value or 0.0
        cells = dict(again.cells) | {(place, 0): reported.Cell(old + 7)}
        saved = reported.save_draft(
            again.id, cells=cells, by=reporter, version=again.version, explanation="Hồ sơ nộp muộn"
        )
        sent = reported.submit(again.id, by=reporter, version=saved.version)
        reported.approve(again.id, by=leader, version=sent.version)


def _figures(
    form: reported.AssignmentRow, row: Mapping[str, Any], chance: random.Random
) -> Iterator[tuple[tuple[str, int], reported.Cell]]:
    """Each figure that another bounds is a share of it; the others of the form's first, around the commune's own size."""
    bound = dict(row["within"])
    for place in form.places:
        size = random.Random(place).uniform(0.6, 1.5)  # noqa: S311
        values: list[float] = []
        for column, scale in enumerate(row["scale"]):
            if column == 0:
                value = scale * size * chance.uniform(0.85, 1.15) if scale > 1 else scale
            else:
                value = values[bound.get(column, 0)] * min(1.0, scale * chance.uniform(0.95, 1.04))
            values.append(float(round(value)))
        yield from (((place, column), reported.Cell(value)) for column, value in enumerate(values))


def _actor(username: str) -> Actor:
    row = parties.person(username)
    return Actor(
        urn=row.urn, name=row.name, grants=tuple(Grant(grant.role, grant.place) for grant in row.grants),
        organisation=row.organisation, is_staff=True,
    )  # fmt: skip
