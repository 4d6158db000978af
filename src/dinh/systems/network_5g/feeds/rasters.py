"""Rasters that planners bring: whether a file is one, before it is kept."""

from __future__ import annotations

from pathlib import Path

import rasterio
from rasterio.errors import RasterioError

from dinh.kernel.errors import Invalid

DRIVERS = ("GTiff", "SRTMHGT")
"""No other one may look at a file from outside: some formats name further files to read."""


def check_raster(path: Path, kind: str) -> Path:
    """The path of a GeoTIFF; an HGT tile is written as one beside it, since only its name says where it lies.

    Raises Invalid for what is no raster, or does not say where it lies.
    """
    try:
        with rasterio.open(path, driver=list(DRIVERS)) as source:
            if source.crs is None:
                raise Invalid("radio.raster_place", "{name} does not say where it lies; give it a coordinate system (gdal_edit -a_srs)", name=path.name)  # fmt: skip
            if source.driver != "SRTMHGT":
                return path if path.suffix.lower() == ".tif" else path.rename(path.with_suffix(".tif"))
            whole = path.with_suffix(".tif")
            profile = source.profile | {"driver": "GTiff", "compress": "deflate", "tiled": True}
            with rasterio.open(whole, "w", **profile) as target:
                target.write(source.read())
            return whole
    except RasterioError as error:
        raise Invalid("radio.raster_unread", "{name} is not a raster that can be read: {reason}", name=path.name, reason=str(error)[:120]) from error  # fmt: skip
