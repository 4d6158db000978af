"""Maps for paper: an answer's colours with the outlines of communes and the masts."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import shapely
from PIL import Image, ImageDraw

from dinh.systems.network_5g import pictures
from dinh.systems.network_5g.domain import Mast
from dinh.systems.network_5g.layers import Layer
from dinh.systems.network_5g.pictures import Frame, Values

ACROSS: Final = 1100
_GROUND: Final = (240, 239, 232, 255)
_LINE: Final = (83, 96, 107, 255)
_INK: Final = (23, 34, 43, 255)
_PAPER: Final = (255, 253, 249, 255)


def paper_map(
    values: Values, on: Frame, layer: Layer, *, outlines: Sequence[bytes], masts: Sequence[Mast], box: tuple[float, float, float, float]
) -> tuple[bytes, float]:  # fmt: skip
    """(PNG, metres across) of what lies in the box of degrees; outlines are WKB in degrees."""
    west, south, east, north = box
    top, left, bottom, right = _window(on, box)
    drawn = pictures.overlay(values[top:bottom, left:right], on, layer, top=top, left=left, most=ACROSS)
    picture = Image.open(io.BytesIO(drawn.png)).convert("RGBA")
    sheet = Image.new("RGBA", picture.size, _GROUND)
    sheet.alpha_composite(picture)
    pen = ImageDraw.Draw(sheet)
    x0, y0 = _mercator(drawn.box[0], drawn.box[3])
    x1, y1 = _mercator(drawn.box[2], drawn.box[1])
    wide, high = sheet.size

    def place(longitude: float, latitude: float) -> tuple[float, float]:
        x, y = _mercator(longitude, latitude)
        return (x - x0) / (x1 - x0) * wide, (y - y0) / (y1 - y0) * high

    for outline in outlines:
        for ring in _rings(shapely.from_wkb(outline)):
            pen.line([place(lon, lat) for lon, lat in ring], fill=_LINE, width=1)
    for mast in masts:
        if west <= mast.longitude <= east and south <= mast.latitude <= north:
            x, y = place(mast.longitude, mast.latitude)
            pen.ellipse((x - 4, y - 4, x + 4, y + 4), fill=_PAPER, outline=_INK, width=2)
    held = io.BytesIO()
    sheet.convert("RGB").quantize(96).save(held, "PNG", optimize=False)
    middle = math.radians((drawn.box[1] + drawn.box[3]) / 2)
    return held.getvalue(), (x1 - x0) * pictures.WORLD_M * math.cos(middle)


def _window(on: Frame, box: tuple[float, float, float, float]) -> tuple[int, int, int, int]:
    """Rows and columns that hold the box, cut to the grid."""
    west, south, east, north = box
    edge = np.linspace(0, 1, 9)
    places = [on.place_of(west + (east - west) * t, y) for t in edge for y in (south, north)]
    places += [on.place_of(x, south + (north - south) * t) for t in edge for x in (west, east)]
    rows, columns = [p[0] for p in places], [p[1] for p in places]
    top, left = max(0, math.floor(min(rows))), max(0, math.floor(min(columns)))
    return top, left, min(on.rows, math.ceil(max(rows)) + 1), min(on.columns, math.ceil(max(columns)) + 1)


def _rings(shape: Any) -> list[list[tuple[float, float]]]:
    parts = shape.geoms if hasattr(shape, "geoms") else [shape]
    return [[(x, y) for x, y, *_ in ring.coords] for part in parts for ring in (part.exterior, *part.interiors)]


def _mercator(longitude: float, latitude: float) -> tuple[float, float]:
    """0 to 1 from the west and from the north of the square of Web Mercator."""
    return (longitude + 180) / 360, (1 - math.asinh(math.tan(math.radians(latitude))) / math.pi) / 2
