"""Coverage of the scenarios that are shown on the operations centre's map, as polygons."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import numpy as np
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dinh.kernel.errors import Conflict, NotFound
from dinh.systems.network_5g import actions, pictures, queries
from dinh.systems.network_5g.example_names import in_words
from dinh.systems.network_5g.models import Scenario
from dinh.web.requests import actor, language, permission
from dinh.web.words import told

MOST_SIDE: Final = 400
"""Pixels a side that outlines are drawn from: a province at some 200 m."""


@require_POST
@permission(queries.PLAN)
def show(request: HttpRequest, id: UUID) -> HttpResponse:
    who = actor(request)
    row = queries.scenario(id, who)
    try:
        actions.show_on_map(scenario=row, shown=request.POST.get("shown") == "1", by=who)
    except Conflict as error:
        messages.error(request, told(error))
    else:
        messages.success(
            request,
            _("Its coverage is on the operations map.") if row.on_map else _("Its coverage left the operations map."),
        )
    return redirect("network_5g:scenario", id=row.id)


@require_GET
@permission(queries.READ)
def coverage(request: HttpRequest) -> HttpResponse:
    """A FeatureCollection: a multipolygon for each carrier of each scenario, where it counts as covered."""
    features = [feature for row in queries.on_map(actor(request)) for feature in _features(row, language(request))]
    return JsonResponse({"type": "FeatureCollection", "features": features})


def _features(row: Scenario, written: str) -> list[dict[str, Any]]:
    """Nothing for one that is not calculated as it stands. Drawn once for each answer."""
    try:
        question = queries.question(row)
    except NotFound:
        return []
    if queries.summary(question.digest) is None:
        return []
    kept = question.answer / "coverage.geojson"
    if not kept.exists():
        carrier = question.settings.carriers[0]
        values = pictures.values_of(question.answer, carrier.code, "rsrp")
        shape = _outline(values, pictures.Frame.of(row.area.about), round(question.settings.served_dbm * 100))
        _keep(kept, [{"type": "Feature", "geometry": shape, "properties": {"carrier": carrier.code}}])
    found: list[dict[str, Any]] = json.loads(kept.read_text(encoding="utf-8"))
    for feature in found:
        feature["properties"] |= {
            "name": in_words(row.name, written),
            "urn": queries.urn_of(row),
            "simulated": row.area.demo,
        }
    return found


def _outline(values: Any, frame: pictures.Frame, served: int) -> dict[str, Any]:
    """Where at least half of a block of pixels is covered, as a multipolygon in degrees."""
    import shapely
    from rasterio.features import shapes
    from rasterio.transform import from_origin

    side = max(1, -(-max(values.shape) // MOST_SIDE))
    rows, columns = (size // side * side for size in values.shape)
    covered = (np.asarray(values[:rows, :columns]) >= served).reshape(rows // side, side, columns // side, side)
    mask = (covered.mean(axis=(1, 3)) >= 0.5).astype(np.uint8)
    step = frame.step * side
    rings = shapes(mask, mask=mask.astype(bool), transform=from_origin(frame.west, frame.north, step, step))
    whole = shapely.union_all([shapely.geometry.shape(ring) for ring, _value in rings]).simplify(step * 0.6)
    there = pictures.to_degrees(frame.crs)
    bent = shapely.transform(whole, lambda x, y: there.transform(x, y), interleaved=False)
    found: dict[str, Any] = json.loads(shapely.to_geojson(shapely.set_precision(bent, 1e-5)))
    return found


def _keep(path: Path, features: list[dict[str, Any]]) -> None:
    with tempfile.NamedTemporaryFile(
        "w", dir=path.parent, suffix=".unfinished", delete=False, encoding="utf-8"
    ) as file:
        json.dump(features, file)
    os.replace(file.name, path)
