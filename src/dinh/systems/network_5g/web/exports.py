"""What people take away of a scenario."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dinh.kernel.errors import Conflict, NotFound
from dinh.kernel.vietnamese_text import fold
from dinh.systems.network_5g import pictures, queries, telling
from dinh.systems.network_5g.exports.geopackage import geopackage
from dinh.systems.network_5g.exports.report import report_pdf
from dinh.systems.network_5g.exports.site_list import site_list
from dinh.systems.network_5g.exports.workbook import workbook
from dinh.systems.network_5g.layers import LAYERS
from dinh.systems.network_5g.models import Scenario
from dinh.web.requests import actor, language, permission

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES: Final = {
    "pdf": "application/pdf",
    "xlsx": XLSX,
    "csv": "text/csv; charset=utf-8",
    "gpkg": "application/geopackage+sqlite3",
    "tif": "image/tiff",
}


def names() -> list[tuple[str, str]]:
    """Forms of export with what they hold, for menus."""
    return [
        ("pdf", _("PDF: report with maps and tables")),
        ("xlsx", _("Excel: summary, masts, cells, communes, settings")),
        ("csv", _("CSV: masts, to be imported again")),
        ("gpkg", _("GeoPackage: masts, cells and communes for GIS")),
        ("tif", _("GeoTIFF: maps of all carriers and layers")),
    ]


@require_GET
@permission(queries.READ)
def export(request: HttpRequest, id: UUID, form: str) -> HttpResponse:
    row = queries.scenario(id, actor(request))
    if form not in TYPES:
        raise NotFound("network_5g.no_form", "there is no file as '{form}'", form=form[:20])
    content = _made(row, form, language(request))
    answer = HttpResponse(content, content_type=TYPES[form])
    answer["Content-Disposition"] = f'attachment; filename="{file_name(row)}.{form}"'
    return answer


def file_name(row: Scenario) -> str:
    return "-".join(fold(row.name).split())[:60].encode("ascii", "ignore").decode() or "scenario"


def _made(row: Scenario, form: str, written: str) -> bytes:
    address = reverse("network_5g:scenario", args=[row.id])
    if form == "pdf":
        return report_pdf(telling.told(row, address=address, with_maps=True, language=written), written)
    if form == "xlsx":
        return workbook(telling.told(row, address=address, with_maps=False, language=written), written)
    if form == "gpkg":
        return geopackage(telling.told(row, address=address, with_maps=False, with_shapes=True))
    if form == "csv":
        return site_list(queries.masts(row))
    return _geotiff(row)


def _geotiff(row: Scenario) -> bytes:
    import numpy as np

    from dinh.engines.radio.rasters import write_geotiff

    question = queries.question(row)
    if queries.summary(question.digest) is None:
        raise Conflict("network_5g.not_calculated", "the scenario is not calculated as it stands; open it first")
    frame = pictures.Frame.of(row.area.about)
    bands: dict[str, Any] = {}
    for carrier in question.settings.carriers:
        for layer in LAYERS:
            values = pictures.values_of(question.answer, carrier.code, layer.code)
            known = values >= 0 if layer.code in ("server", "mcs") else values != pictures.NOTHING
            bands[f"{carrier.code}: {layer.name.en}{f', {layer.unit}' if layer.unit else ''}"] = np.where(known, values / layer.scale, np.nan)  # fmt: skip
    about = {"SCENARIO": row.name, "MODEL": question.settings.model, "DIGEST": question.digest, "SOFTWARE": "Đình"}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "map.tif"
        write_geotiff(path, bands, west=frame.west, north=frame.north, step_x=frame.step, step_y=frame.step, crs=frame.crs, about=about)  # fmt: skip
        return path.read_bytes()
