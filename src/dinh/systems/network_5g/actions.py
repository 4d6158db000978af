"""What a planner does: areas, scenarios, and every edit with its reverse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

import msgspec
from django.db import transaction
from django.db.models import F

from dinh.kernel import clock
from dinh.kernel.errors import Conflict, Invalid, NotFound, Phrase, Refused
from dinh.kernel.vietnamese_text import fold
from dinh.spine.jobs import api as jobs
from dinh.spine.ledger import api as ledger
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import Actor
from dinh.systems.network_5g import queries
from dinh.systems.network_5g.domain import Carrier, Cell, Mast, Settings, SiteRow, mast_of, plain, settings_of
from dinh.systems.network_5g.models import Area, Edit, Raster, Scenario, ScenarioMast

MOST_MASTS: Final = 5_000
LAY: Final = "network_5g.lay"
CALCULATE: Final = "network_5g.calculate"
GROW: Final = "network_5g.grow"
EXAMPLE: Final = "network_5g.example"
LONGEST_NAME: Final = 120

type Change = tuple[Mapping[str, Any] | None, Mapping[str, Any] | None]
"""A mast before and after; None where there is none."""


# --- areas -----------------------------------------------------------------------------------------------


def open_area(
    *, name: str, places: Sequence[str], resolution_m: float, margin_km: float, flat_m: float, by: Actor, demo: bool = False,
    people: Mapping[str, int] = MappingProxyType({}), people_source: str = "", lay: bool = True,
) -> Area:  # fmt: skip
    """A planning area over units; its ground is laid in the background at once, unless the caller lays it. Raises Refused, Invalid."""
    if not places:
        raise Invalid("network_5g.no_place", "choose at least one province or commune to plan")
    for place in places:
        parties.require(by, queries.PLAN, place=place)
    queries.shapes_of(places)
    with transaction.atomic():
        area = Area.objects.create(
            name=_name(name), places=list(places), place=places[0], resolution_m=_between(Phrase("grid"), resolution_m, 5, 500),
            margin_km=_between(Phrase("margin"), margin_km, 0, 50), flat_m=_between(Phrase("height"), flat_m, -20, 4000), demo=demo,
            people=dict(people), people_source=people_source[:200], by=by.urn, created_at=clock.now(),
        )  # fmt: skip
        ledger.append("network_5g.area_opened", queries.urn_of(area), {"places": list(places), "by": by.urn})
        if lay:
            lay_ground(area=area, by=by)
    return area


def lay_ground(*, area: Area, by: Actor) -> jobs.TaskRow:
    """Has the ground laid anew, after its rasters have changed; the one that stands serves until then."""
    parties.require(by, queries.PLAN, place=area.place)
    task = jobs.start(LAY, {"area": str(area.id)}, title="Lay the ground of a planning area", by=by.urn)
    Area.objects.filter(pk=area.pk).update(task=task.id)
    area.task = task.id
    return task


def ground_is(*, area: Area, name: str) -> None:
    """The ground that was laid for an area is the one that stands."""
    area.ground, area.about = name, queries.about_ground(name)
    Area.objects.filter(pk=area.pk).update(ground=area.ground, about=area.about)


def add_raster(*, area: Area, kind: str, name: str, sha256: str, size: int, source: str, by: Actor) -> Raster:
    """A raster whose file is kept already. Clutter and people are one each: a new one takes the place of the old."""
    parties.require(by, queries.PLAN, place=area.place)
    with transaction.atomic():
        if kind != Raster.Kind.TERRAIN:
            area.rasters.filter(kind=kind).delete()
        row, _new = Raster.objects.get_or_create(
            area=area, kind=kind, sha256=sha256,
            defaults={"name": name[:200], "size": size, "source": source[:200], "by": by.urn, "created_at": clock.now()},
        )  # fmt: skip
        lay_ground(area=area, by=by)
    return row


def give_people(*, area: Area, people: Mapping[str, float], source: str, by: Actor) -> None:
    """People of communes by their codes, from a table; those that it does not tell keep the register's figure."""
    parties.require(by, queries.PLAN, place=area.place)
    with transaction.atomic():
        Area.objects.filter(pk=area.pk).update(
            people={code: round(count) for code, count in people.items()}, people_source=source[:200]
        )
        lay_ground(area=area, by=by)


def remove_raster(*, area: Area, number: int, by: Actor) -> None:
    parties.require(by, queries.PLAN, place=area.place)
    with transaction.atomic():
        if not area.rasters.filter(pk=number).delete()[0]:
            raise NotFound("network_5g.no_raster", "this raster is not part of the area any more")
        lay_ground(area=area, by=by)


# --- scenarios -------------------------------------------------------------------------------------------


def open_scenario(
    *, area: Area, name: str, by: Actor, based_on: Scenario | None = None, settings: Settings | None = None, note: str = ""
) -> Scenario:  # fmt: skip
    """An empty one, or a copy of another of the same area. Copies begin with no edits: there is nothing to undo."""
    parties.require(by, queries.PLAN, place=area.place)
    moment = clock.now()
    if based_on is not None and based_on.area_id != area.pk:
        raise Invalid("network_5g.other_area", "a scenario can only be copied within its own planning area")
    with transaction.atomic():
        row = Scenario.objects.create(
            area=area, name=_name(name), note=note[:4000], by=by.urn, created_at=moment, changed_at=moment, based_on=based_on,
            settings=based_on.settings if based_on else plain(settings or Settings()),
            next_code=based_on.next_code if based_on else 1,
        )  # fmt: skip
        if based_on is not None:
            copies = list(based_on.masts.all())
            for mast in copies:
                mast.pk, mast.scenario = None, row
            ScenarioMast.objects.bulk_create(copies, batch_size=500)
        ledger.append("network_5g.scenario_opened", queries.urn_of(row), {"area": str(area.id), "by": by.urn})
    return row


def describe_scenario(*, scenario: Scenario, name: str, note: str, by: Actor) -> None:
    queries.require_edit(by, scenario)
    scenario.name, scenario.note = _name(name), note[:4000]
    scenario.save(update_fields=["name", "note"])


def share_scenario(*, scenario: Scenario, shared: bool, by: Actor) -> None:
    """Shared, it is seen and edited by whoever plans at its place."""
    queries.require_edit(by, scenario)
    if scenario.by != by.urn:
        raise Refused("network_5g.not_yours", "only who made a scenario can share it or take it back")
    with transaction.atomic():
        Scenario.objects.filter(pk=scenario.pk).update(shared=shared)
        ledger.append("network_5g.scenario_shared", queries.urn_of(scenario), {"shared": shared, "by": by.urn})
    scenario.shared = shared


def show_on_map(*, scenario: Scenario, shown: bool, by: Actor) -> None:
    """Its coverage becomes the area's layer on the operations centre's map, in place of another scenario's. Raises Conflict."""
    queries.require_edit(by, scenario)
    if shown and not scenario.shared:
        raise Conflict("network_5g.not_shared", "share the scenario first; what is on the map is seen by others")
    with transaction.atomic():
        if shown:
            Scenario.objects.filter(area=scenario.area, on_map=True).update(on_map=False)
        Scenario.objects.filter(pk=scenario.pk).update(on_map=shown)
        ledger.append("network_5g.shown_on_map", queries.urn_of(scenario), {"shown": shown, "by": by.urn})
    scenario.on_map = shown


def archive_scenario(*, scenario: Scenario, archived: bool, by: Actor) -> None:
    """Put away, it is not listed; nothing is lost."""
    queries.require_edit(by, scenario)
    Scenario.objects.filter(pk=scenario.pk).update(archived_at=clock.now() if archived else None)


# --- edits -----------------------------------------------------------------------------------------------


def edit_masts(
    *, scenario: Scenario, kind: str, changes: Sequence[tuple[str | None, Mapping[str, Any] | None]], by: Actor,
    about: str = "", seen: Mapping[str, Any] | None = None,
) -> Edit:  # fmt: skip
    """Each change is (code or None for a new mast, values or None to remove it), values as `domain.Mast` without a code.

    `seen` are masts by code as whoever edits saw them: Conflict `network_5g.changed_meanwhile` where one is different now.
    All of it or nothing. Raises Invalid with the mast and what is wrong of it.
    """
    queries.require_edit(by, scenario)
    if not changes:
        raise Invalid("network_5g.no_change", "nothing was changed")
    with transaction.atomic():
        row = _locked(scenario)
        present = {mast.code: mast for mast in row.masts.filter(code__in=[code for code, _values in changes if code])}
        made: list[Change] = []
        number = row.next_code
        for code, values in changes:
            before = present[code].values if code is not None and code in present else None
            if code is not None and before is None:
                raise Conflict("network_5g.mast_gone", "the mast {code} is not there any more; load the scenario again", code=code)  # fmt: skip
            if code is not None and seen is not None and code in seen and seen[code] != before:
                raise Conflict("network_5g.changed_meanwhile", "somebody else changed {name} meanwhile; load the scenario again", name=before["name"] if before else code)  # fmt: skip
            after = None
            if values is not None:
                if code is None:
                    after, number = plain(_checked({**values, "code": f"T{number:04d}"})), number + 1
                else:
                    after = plain(_checked({**values, "code": code}))
            if before != after:
                made.append((before, after))
        edit = _record(row, kind, about, by, made)
        Scenario.objects.filter(pk=row.pk).update(next_code=number)
        _apply(row, made)
        if row.masts.count() > MOST_MASTS:
            raise Invalid("network_5g.masts_many", "a scenario holds at most {most:,} masts", most=MOST_MASTS)
    scenario.refresh_from_db()
    return edit


def take_list(*, scenario: Scenario, rows: Sequence[SiteRow], about: str, by: Actor, replace_all: bool = False) -> Edit:
    """Masts of a list, as one edit. One of the same name that is there already is changed, not doubled."""
    if not rows:
        raise Invalid(
            "network_5g.empty_list", "no mast of the list can be taken; mend its faults and bring it in again"
        )
    known = {mast.name: mast.code for mast in scenario.masts.all()}
    changes: list[tuple[str | None, Mapping[str, Any] | None]] = []
    named = set[str]()
    for row in rows:
        values = plain(row.mast(""))
        changes.append((known.get(row.name) if row.name not in named else None, values))
        named.add(row.name)
    if replace_all:
        changes += [(code, None) for name, code in known.items() if name not in named]
    return edit_masts(scenario=scenario, kind=Edit.Kind.IMPORT, changes=changes, by=by, about=about)


def change_settings(*, scenario: Scenario, settings: Settings, by: Actor, about: str = "") -> Edit | None:
    """None where nothing is different."""
    queries.require_edit(by, scenario)
    after = plain(settings)
    with transaction.atomic():
        row = _locked(scenario)
        if settings_of(row.settings) == settings:
            return None
        edit = _record(row, Edit.Kind.SETTINGS, about, by, [], before=row.settings, after=after)
        Scenario.objects.filter(pk=row.pk).update(settings=after)
    scenario.refresh_from_db()
    return edit


def undo(*, scenario: Scenario, by: Actor) -> Edit:
    """Raises Conflict where nothing is left to undo."""
    return _step(scenario, by, back=True)


def redo(*, scenario: Scenario, by: Actor) -> Edit:
    return _step(scenario, by, back=False)


def _step(scenario: Scenario, by: Actor, *, back: bool) -> Edit:
    queries.require_edit(by, scenario)
    with transaction.atomic():
        row = _locked(scenario)
        edit = row.edits.filter(number=row.position if back else row.position + 1).first()
        if edit is None:
            raise (
                Conflict("network_5g.nothing_left", "there is nothing to undo")
                if back
                else Conflict("network_5g.nothing_undone", "there is nothing to do again")
            )
        changes = [(after, before) for before, after in edit.changes] if back else list(edit.changes)
        _apply(row, changes)
        settings = edit.before if back else edit.after
        if settings is not None:
            Scenario.objects.filter(pk=row.pk).update(settings=settings)
        Scenario.objects.filter(pk=row.pk).update(position=F("position") + (-1 if back else 1), changed_at=clock.now())
    scenario.refresh_from_db()
    return edit


def _locked(scenario: Scenario) -> Scenario:
    return Scenario.objects.select_for_update().get(pk=scenario.pk)


def _record(
    row: Scenario, kind: str, about: str, by: Actor, changes: Sequence[Change], *, before: Any = None, after: Any = None
) -> Edit:  # fmt: skip
    """What was undone before this edit is gone: time has gone another way."""
    row.edits.filter(number__gt=row.position).delete()
    edit = Edit.objects.create(
        scenario=row, number=row.position + 1, kind=kind, about=about[:200], changes=[list(change) for change in changes],
        before=before, after=after, by=by.urn, at=clock.now(),
    )  # fmt: skip
    Scenario.objects.filter(pk=row.pk).update(position=row.position + 1, changed_at=edit.at)
    return edit


def _apply(row: Scenario, changes: Sequence[Change]) -> None:
    gone = [before["code"] for before, after in changes if before is not None and after is None]
    ScenarioMast.objects.filter(scenario=row, code__in=gone).delete()
    come = [_row_of(row, after) for before, after in changes if before is None and after is not None]
    ScenarioMast.objects.bulk_create(come, batch_size=500)
    other = {after["code"]: after for before, after in changes if before is not None and after is not None}
    held = list(ScenarioMast.objects.filter(scenario=row, code__in=list(other)))
    for mast in held:
        fresh = _row_of(row, other[mast.code])
        for name in ("name", "search", "standing", "operator", "height_m", "cells", "values"):
            setattr(mast, name, getattr(fresh, name))
    ScenarioMast.objects.bulk_update(
        held, ["name", "search", "standing", "operator", "height_m", "cells", "values"], batch_size=500
    )


def _row_of(row: Scenario, values: Mapping[str, Any]) -> ScenarioMast:
    return ScenarioMast(
        scenario=row, code=values["code"], name=values["name"][:120], standing=values["standing"],
        operator=values["operator"][:60], height_m=values["antenna_height_m"], cells=len(values["cells"]), values=values,
        search=fold(f"{values['code']} {values['name']} {values['operator']}")[:300],
    )  # fmt: skip


# --- what values may be ------------------------------------------------------------------------------------


def _checked(values: Mapping[str, Any]) -> Mast:
    """Raises Invalid with the mast's name, the value and what it may be."""
    name = str(values.get("name", ""))[:LONGEST_NAME]
    try:
        mast = mast_of(values)
    except msgspec.ValidationError as error:
        raise Invalid("network_5g.mast_values", "mast {name}: {why}", name=name or "?", why=str(error)) from error
    if not mast.name.strip():
        mast = replace(mast, name=mast.code)
    for what, value, low, high in (
        (Phrase("latitude"), mast.latitude, 8.0, 23.5), (Phrase("longitude"), mast.longitude, 102.0, 117.5),
        (Phrase("antenna height"), mast.antenna_height_m, 0.1, 400.0),
    ):  # fmt: skip
        _between(what, value, low, high, mast.name)
    if not 1 <= len(mast.cells) <= 12:
        raise Invalid("network_5g.cells", "mast {name} has {count} cells; give it 1 to 12", name=mast.name, count=len(mast.cells))  # fmt: skip
    for cell in mast.cells:
        _check_cell(cell, mast.name)
    return replace(mast, name=mast.name.strip()[:LONGEST_NAME], operator=mast.operator.strip()[:60])


def _check_cell(cell: Cell, name: str) -> None:
    given: Sequence[tuple[Phrase, float | None, float, float]] = (
        (Phrase("azimuth"), cell.azimuth_deg, 0, 360), (Phrase("tilt"), cell.tilt_deg, -10, 30), (Phrase("gain"), cell.gain_dbi, -5, 40),
        (Phrase("power"), cell.power_dbm, 0, 60), (Phrase("PCI"), cell.pci, 0, 1007),
    )  # fmt: skip
    for what, value, low, high in given:
        if value is not None:
            _between(what, value, low, high, name)


def checked_settings(values: Mapping[str, Any]) -> Settings:
    """Raises Invalid with the value and what it may be."""
    try:
        found = settings_of(values)
    except msgspec.ValidationError as error:
        raise Invalid("network_5g.settings", "the settings cannot be read: {why}", why=str(error)) from error
    limits: Sequence[tuple[Phrase, float, float, float]] = (
        (Phrase("radius"), found.radius_km, 0.2, 60), (Phrase("receiver height"), found.receiver_height_m, 0.5, 50),
        (Phrase("noise figure"), found.noise_figure_db, 0, 20), (Phrase("gain"), found.gain_dbi, -5, 40), (Phrase("tilt"), found.tilt_deg, -10, 30),
        (Phrase("load"), found.load, 0, 1), (Phrase("level"), found.served_dbm, -140, -40), (Phrase("share of people"), found.subscribers_share, 0, 1),
        (Phrase("busy hour"), found.busy_hour_kbps, 0, 100_000), (Phrase("terminal's power"), found.terminal_dbm, 0, 33),
    )  # fmt: skip
    for what, value, low, high in limits:
        _between(what, value, low, high)
    if found.subscribers is not None:
        _between(Phrase("customers"), found.subscribers, 0, 100_000_000)
    if found.model == "p1812" and found.sight == "statistical":
        raise Invalid("network_5g.sight", "P.1812 reads the terrain; choose a model of TR 38.901 for a mean over buildings")  # fmt: skip
    if not 1 <= len(found.carriers) <= 4 or len({carrier.code for carrier in found.carriers}) < len(found.carriers):
        raise Invalid("network_5g.carriers", "give 1 to 4 carriers with different names")
    for carrier in found.carriers:
        _check_carrier(carrier)
    return found


def _check_carrier(carrier: Carrier) -> None:
    if not carrier.code.isalnum() or not carrier.code.isascii() or len(carrier.code) > 12:
        raise Invalid("network_5g.carrier_name", "a carrier is named by letters and digits such as n78, not '{code}'", code=carrier.code)  # fmt: skip
    _between(Phrase("frequency"), carrier.frequency_mhz, 400, 6000, carrier.code)
    _between(Phrase("bandwidth"), carrier.bandwidth_mhz, 5, 100, carrier.code)
    _between(Phrase("power"), carrier.power_dbm, 0, 60, carrier.code)
    _between(Phrase("layers"), carrier.layers, 1, 8, carrier.code)


def _between(what: Phrase, value: float, low: float, high: float, of: str = "") -> float:
    if not low <= value <= high:
        raise Invalid(
            "network_5g.out_of_range", "{of}{what} is between {low:g} and {high:g}, not {value:g}",
            of=f"{of}: " if of else "", what=what, low=low, high=high, value=value,
        )  # fmt: skip
    return value


def _name(text: str) -> str:
    found = " ".join(text.split())[:LONGEST_NAME]
    if not found:
        raise Invalid("network_5g.no_name", "give it a name")
    return found
