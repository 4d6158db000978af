"""Lists of sites in every form, made small for tests."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
import pyogrio
import shapely

PLACES: Final = ((105.9739, 9.6025), (106.01, 9.55))
ATTRIBUTES: Final[dict[str, Sequence[Any]]] = {
    "Tên trạm": ["ST-01", "ST-02"],
    "Chiều cao": [32.0, 24.5],
    "azimuth": ["0;120;240", ""],
    "PCI": ["1;2;3", ""],
}


def layer(
    suffix: str,
    *,
    crs: str = "EPSG:4326",
    places: Sequence[tuple[float, ...]] = PLACES,
    attributes: dict[str, Sequence[Any]] | None = None,
) -> dict[str, bytes]:
    """The files of a GeoPackage or a Shapefile by their suffix."""
    told = ATTRIBUTES if attributes is None else attributes
    deep = len(places[0]) > 2
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"sites{suffix}"
        pyogrio.raw.write(
            path,
            shapely.to_wkb([shapely.Point(place) for place in places], output_dimension=3 if deep else 2),
            [np.array(values, dtype=object if isinstance(values[0], str) else np.float64) for values in told.values()],
            list(told),
            crs=crs,
            geometry_type="Point Z" if deep else "Point",
        )
        return {file.suffix: file.read_bytes() for file in Path(folder).iterdir()}


def zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def shapefile(**changes: Any) -> bytes:
    return zipped({f"tram/sites{suffix}": content for suffix, content in layer(".shp", **changes).items()})


def placemark(name: str, coordinates: str, *, mode: str = "", data: str = "") -> str:
    said = f"<altitudeMode>{mode}</altitudeMode>" if mode else ""
    return (
        f"<Placemark><name>{name}</name><ExtendedData>{data}</ExtendedData>"
        f"<Point>{said}<coordinates>{coordinates}</coordinates></Point></Placemark>"
    )


def kml(*placemarks: str) -> bytes:
    inner = "".join(placemarks)
    return f'<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><Folder>{inner}</Folder></Document></kml>'.encode()


CELLS: Final = """radio,mcc,net,area,cell,unit,lon,lat,range,samples,changeable,created,updated,averageSignal
LTE,452,4,30501,1234561,101,105.9739,9.6025,1000,20,1,1600000000,1700000000,-95
LTE,452,4,30501,1234562,102,105.9740,9.6026,1000,10,1,1600000000,1700000000,-95
NR,452,4,30501,1234563,-1,105.9739,9.6025,1000,2,1,1600000000,1700000000,0
LTE,452,1,30501,999,7,105.9739,9.6025,1000,20,1,1600000000,1700000000,-95
GSM,452,4,1,2,0,105.9,9.6,1000,20,1,1600000000,1700000000,-95
LTE,456,1,1,2,0,105.9,11.6,1000,20,1,1600000000,1700000000,-95
LTE,452,2,30501,77,-1,0.0,0.0,1000,20,1,1600000000,1700000000,-95
"""
