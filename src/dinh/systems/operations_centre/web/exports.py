"""Files to take away: CSV, XLSX and JSON, with source, licence and moment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dinh.kernel.clock import VIETNAM, now
from dinh.kernel.vietnamese_text import slug
from dinh.spine.observations import api as observations
from dinh.spine.parties import api as parties
from dinh.spine.places import api as places
from dinh.systems.operations_centre.domain.tables import FORMATS, Cell, Table, written
from dinh.systems.operations_centre.domain.view import View
from dinh.systems.operations_centre.queries import area as areas
from dinh.systems.operations_centre.queries import attention as lists
from dinh.systems.operations_centre.queries import charts, picture
from dinh.systems.operations_centre.web.parts import view_of
from dinh.web.requests import actor, language


def _file(table: Table, form: str) -> HttpResponse:
    body = written(table, form)
    name = f"dinh-{slug(table.name)}-{now().astimezone(VIETNAM):%Y%m%d-%H%M}.{form}"
    return HttpResponse(
        body, content_type=FORMATS[form], headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def _about(view: View, *, simulated: bool, sources: Sequence[str] = (), licence: str = "") -> list[tuple[str, str]]:
    lines = [
        (_("Area"), view.within or areas.area_urn()),
        (_("Moment"), (view.at or now()).isoformat(timespec="seconds")),
        (_("Simulated"), _("yes") if simulated else _("no")),
    ]
    if sources:
        lines.append((_("Source"), "; ".join(sources)))
    if licence:
        lines.append((_("Licence"), licence))
    return lines


@require_safe
def alerts(request: HttpRequest, form: str) -> HttpResponse:
    """The list as it is filtered; who has each only for those who may see it."""
    view = view_of(request)
    who = actor(request)
    found = lists.attention(view, actor=who, language=language(request))
    keys = [
        "severity",
        "title",
        "value",
        "unit",
        "place",
        "commune",
        "since",
        "state",
        "organisation",
        "due_at",
        "simulated",
        "urn",
    ]
    heads = [
        _("Severity"), _("What"), _("Value"), _("Unit"), _("Where"), _("Commune"), _("Since"), _("State"),
        _("Organisation"), _("Due"), _("Simulated"), "URN",
    ]  # fmt: skip
    rows: list[list[Cell]] = [
        [i.severity, i.title, i.value, i.unit, i.subject_name, i.place_name, i.since, i.state, i.organisation_name,
         i.due_at, i.simulated, i.alert or i.case]
        for i in found.items
    ]  # fmt: skip
    if parties.may(who, "cases.view"):
        keys += ["case", "owner"]
        heads += [_("Case"), _("Owner")]
        rows = [[*row, item.case_number, item.owner_name] for row, item in zip(rows, found.items, strict=True)]
    return _file(Table(_("alerts"), keys, heads, rows, _about(view, simulated=found.simulated)), form)


@require_safe
def figures(request: HttpRequest, form: str) -> HttpResponse:
    view = view_of(request)
    tiles = picture.tiles(view, language=language(request))
    rows = [_tile_row(tile) for _domain, group in tiles.groups for tile in group]
    keys, heads = _tile_head()
    return _file(Table(_("figures"), keys, heads, rows, _about(view, simulated=tiles.simulated)), form)


@require_safe
def catalogue(request: HttpRequest, form: str) -> HttpResponse:
    tongue = language(request)
    keys = ["code", "name", "domain", "unit", "kind", "direction", "period_s", "target", "owner", "source", "licence"]
    heads = [
        _("Code"), _("Name"), _("Domain"), _("Unit"), _("Kind"), _("Good direction"), _("Period, s"), _("Target"),
        _("Owner"), _("Source"), _("Licence"),
    ]  # fmt: skip
    rows: list[list[Cell]] = [
        [s.code, s.name.in_(tongue), s.domain.in_(tongue), s.unit, str(s.kind), str(s.direction),
         s.period.total_seconds() if s.period else None, s.target, s.owner, s.source, s.licence]
        for s in observations.indicators()
    ]  # fmt: skip
    return _file(Table(_("indicators"), keys, heads, rows), form)


@require_safe
def indicator(request: HttpRequest, code: str, form: str) -> HttpResponse:
    """The indicator by commune and step over a range."""
    view = view_of(request)
    tongue = language(request)
    spec = observations.indicator(code)
    start, end, step = charts.span(request.GET.get("range", "24h"), at=view.at)
    within = places.place(view.within).urn if view.within else areas.area_urn()
    table = observations.roll_up(
        code, within=within, start=start, end=end, every=max(step, timedelta(hours=1)), by="commune"
    )
    lines = table.sort_by([("at", "ascending"), ("place", "ascending")]).to_pylist()
    named = areas.names({line["place"] for line in lines})
    figure = next(iter(observations.figures([code], within=within, at=view.at)), None)
    rows: list[list[Cell]] = [
        [
            line["at"],
            line["place"],
            areas.place_label(named.get(line["place"]), tongue),
            line["value"],
            spec.unit,
            line["missing"],
            line["readings"],
        ]
        for line in lines
    ]
    return _file(
        Table(
            spec.name.in_(tongue),
            ["at", "place", "name", "value", "unit", "missing", "readings"],
            [_("Time"), _("Place"), _("Name"), _("Value"), _("Unit"), _("Why missing"), _("Readings")],
            rows,
            _about(
                view,
                simulated=bool(figure and figure.simulated),
                sources=tuple(figure.sources) if figure else (),
                licence=spec.licence,
            ),
        ),
        form,
    )


@require_safe
def series(request: HttpRequest, number: int, form: str) -> HttpResponse:
    """Every reading of a series over a range, corrections included; for staff."""
    view = view_of(request)
    parties.require(actor(request), "operations.view_detail")
    row = observations.series(number, actor=actor(request))
    spec = observations.indicator(row.indicator)
    start, end, _step = charts.span(request.GET.get("range", "24h"), at=view.at)
    table = observations.raw_history(number, start=start, end=end)
    keys = ["observed_at", "value", "missing", "source", "recorded_at", "version"]
    heads = [_("Observed"), _("Value"), _("Why missing"), _("Source"), _("Recorded"), _("Version")]
    rows = [[line[key] for key in keys] for line in table.to_pylist()]
    simulated = any(source.simulated for source in observations.sources() if source.code == row.source)
    return _file(
        Table(
            f"{row.indicator}-{number}",
            keys,
            heads,
            rows,
            _about(view, simulated=simulated, sources=[row.source], licence=spec.licence),
        ),
        form,
    )


def _tile_head() -> tuple[list[str], list[str]]:
    return (
        ["code", "name", "domain", "value", "unit", "change_24h", "target", "at", "stations", "stale", "simulated"],
        [
            _("Code"), _("Name"), _("Domain"), _("Value"), _("Unit"), _("Change in 24 h"), _("Target"), _("Time"),
            _("Stations"), _("Stale"), _("Simulated"),
        ],
    )  # fmt: skip


def _tile_row(tile: picture.Tile) -> list[Cell]:
    return [
        tile.spec.code, tile.name, tile.domain, tile.value, tile.spec.unit, tile.change, tile.spec.target, tile.at,
        tile.subjects, tile.stale, tile.simulated,
    ]  # fmt: skip
