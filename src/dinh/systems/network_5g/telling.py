"""A scenario and its answer as files tell it: from kept figures to the content of reports, workbooks and layers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import shapely

from dinh.engines.radio.nr.rates import Carrier as PeakCarrier
from dinh.engines.radio.nr.rates import peak_rate_bps
from dinh.kernel import clock
from dinh.kernel.errors import Conflict, Phrase
from dinh.spine.parties import api as parties
from dinh.systems.network_5g import pictures, queries
from dinh.systems.network_5g.carriers import blocks_of, shares_of, spacing_hz
from dinh.systems.network_5g.domain import Carrier
from dinh.systems.network_5g.example_names import in_words
from dinh.systems.network_5g.exports.contents import (
    BandCapacity,
    CellLoad,
    CommuneFigures,
    InputFile,
    LevelShare,
    MapKind,
    MapPicture,
    ReportInput,
    Step,
)
from dinh.systems.network_5g.layers import BY_CODE
from dinh.systems.network_5g.models import Scenario
from dinh.systems.network_5g.report_maps import paper_map

MAPS: Final[tuple[tuple[str, MapKind], ...]] = (("rsrp", "level"), ("sinr", "sinr"), ("down", "throughput"))


def told(
    row: Scenario, *, address: str, with_maps: bool, with_shapes: bool = False, language: str = "vi"
) -> ReportInput:
    """Raises Conflict where the scenario is not calculated as it stands."""
    question = queries.question(row)
    summary = queries.summary(question.digest)
    if summary is None:
        raise Conflict("network_5g.not_calculated", "the scenario is not calculated as it stands; open it first")
    about, settings = row.area.about, question.settings
    first = summary["carriers"][settings.carriers[0].code]
    shapes = queries.shapes_of(row.area.places, row.area.people) if with_maps or with_shapes else None
    outlines = {commune.urn: commune.shape for commune in shapes.communes} if shapes else {}
    names = {mast.code: mast.name for mast in question.masts}
    outside = dict.fromkeys(code for found in summary["carriers"].values() for code in found["outside"])
    organisation = parties.parties([row.by]).get(row.by)
    return ReportInput(
        title=in_words(row.name, language), area_name=in_words(row.area.name, language), organisation=organisation.name("vi") if organisation else "",
        made_at=clock.now(), address=address, digest=question.digest, settings=settings, masts=question.masts,
        area_km2=about["area_km2"], people=about["people"], pixel_m=about["step"],
        coverage=[LevelShare(level["dbm"], level["people"], level["km2"]) for level in first["levels"]],
        communes=[
            CommuneFigures(
                commune["urn"].rpartition(":")[2], commune["name_vi"], commune["people"], found["people"], commune["area_km2"],
                found["km2"], shapely.from_wkb(outlines[commune["urn"]]) if with_shapes else None,
            )
            for commune, found in zip(about["communes"], first["communes"], strict=True)
        ],
        bands=[_band(carrier, summary["carriers"][carrier.code]) for carrier in settings.carriers],
        loads=[load for carrier in settings.carriers for load in _loads(carrier, summary["carriers"][carrier.code])],
        maps=_maps(row, question, shapes) if with_maps and shapes else (), inputs=_inputs(row),
        outside=[names[code] for code in outside], people_source=in_words(row.area.people_source, language), assumed=_assumed(row),
    )  # fmt: skip


def _band(carrier: Carrier, found: Mapping[str, Any]) -> BandCapacity:
    each = found["busy"]["demand_mbps"] / max(sum(cell["people"] for cell in found["cells"]), 1e-9)
    asked = found["busy"]["demand_mbps"]
    carried = sum(cell["people"] * each / max(cell["load"], 1.0) for cell in found["cells"])
    median = found["down_mbps"][1] if found["down_mbps"] else 0.0
    return BandCapacity(carrier.code, len(found["cells"]), _peak(carrier), median, asked, carried)


def _peak(carrier: Carrier) -> float:
    if carrier.technology != "nr":
        return 0.0
    return (
        peak_rate_bps(
            [PeakCarrier(blocks_of(carrier), spacing_hz(carrier), carrier.layers, 8, time_share=shares_of(carrier)[0])]
        )
        / 1e6
    )


def _loads(carrier: Carrier, found: Mapping[str, Any]) -> Sequence[CellLoad]:
    return [CellLoad(cell["mast"], cell["cell"], carrier.code, cell["load"], cell["people"], cell["km2"]) for cell in found["cells"]]  # fmt: skip


def _maps(row: Scenario, question: Any, shapes: queries.Shapes) -> Sequence[MapPicture]:
    frame = pictures.Frame.of(row.area.about)
    found = []
    for carrier in question.settings.carriers:
        for code, kind in MAPS:
            layer = BY_CODE[code]
            png, across = paper_map(
                pictures.values_of(question.answer, carrier.code, code), frame, layer,
                outlines=[commune.shape for commune in shapes.communes], masts=question.masts, box=shapes.box,
            )  # fmt: skip
            steps = [Step(step.colour, step.from_) for step in reversed(layer.steps)]
            found.append(MapPicture(kind, carrier.code, png, across, steps))
    return found


def _inputs(row: Scenario) -> Sequence[InputFile]:
    roles: dict[str, Any] = {"terrain": "terrain", "clutter": "clutter", "people": "people"}
    rasters = [
        InputFile(roles[raster.kind], f"{raster.name} ({raster.source})" if raster.source else raster.name, raster.sha256)
        for raster in row.area.rasters.all()
    ]  # fmt: skip
    patterns = [(carrier.code, carrier.pattern) for carrier in queries.settings(row).carriers if carrier.pattern]
    return [*rasters, *(InputFile("antenna", f"{code}: {one.file}", one.sha256) for code, one in patterns)]


def _assumed(row: Scenario) -> Sequence[str]:
    about, found = row.area.about, []
    if row.area.demo:
        found.append(
            Phrase("This area is an example: masts are generated, and people of communes are assumed in round figures.")
        )
    if about["flat"]:
        found.append(Phrase("No terrain was given: the ground is flat."))
    if not about["clutter"]:
        found.append(Phrase("No clutter was given: neither buildings nor trees stand on the ground."))
    if about["people_from"] != "grid":
        found.append(Phrase("People of each commune are spread evenly over it."))
    if about["approximate"]:
        found.append(Phrase("Outlines of communes are approximate."))
    return found
