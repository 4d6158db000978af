"""Whatever bytes are sent: a list of sites, or an error with words."""

from __future__ import annotations

import gzip
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dinh.kernel.errors import DinhError
from dinh.systems.network_5g.domain import SiteList
from dinh.systems.network_5g.feeds.sites import heights_above_ground, read_any
from dinh.systems.network_5g.tests import packed

GEOJSON = b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"A","height":30},"geometry":{"type":"Point","coordinates":[105.97,9.6]}}]}'  # fmt: skip
KML = packed.kml(
    packed.placemark("A", "105.97,9.60,30", mode="absolute", data='<Data name="pci"><value>1</value></Data>')
)
SEEDS = {
    "csv": b"name,lat,lon,height,azimuth,pci,status\nA,9.6,105.9,30,0;120,1;2,new\nB,9.6,105.91,30,,,\n",
    "opencellid": packed.CELLS.encode(),
    "gzip": gzip.compress(packed.CELLS.encode(), mtime=0),
    "geojson": GEOJSON,
    "kml": KML,
    "kmz": packed.zipped({"doc.kml": KML}),
    "geopackage": packed.layer(".gpkg")[".gpkg"],
    "shapefile": packed.shapefile(attributes={"name": ["a", "b"], "height": [30.0, 30.0]}),
}


def check(content: bytes) -> None:
    try:
        read = read_any(content, "x", default_height_m=30.0)
    except DinhError:
        return
    assert isinstance(read, SiteList)
    above = heights_above_ground(read, lambda latitude, longitude: 5.0)
    for site in above.sites:
        site.mast("a")
    for fault in (*above.faults, *above.warnings):
        assert str(fault)
        assert fault.line >= 0


@pytest.mark.parametrize("form", SEEDS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_list_that_was_damaged_is_read_or_refused_in_words(form: str, data: st.DataObject) -> None:
    content = bytearray(SEEDS[form])
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, max(len(content) - 1, 0)))
        if data.draw(st.booleans()):
            content[at : at + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=6))
        else:
            del content[at : at + data.draw(st.integers(1, 400))]
    check(bytes(content))


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=300),
        st.text(max_size=300).map(lambda text: text.encode("utf-8", "surrogatepass")),
        st.tuples(
            st.sampled_from([b"PK\x03\x04", b"SQLite format 3\0", b"\x1f\x8b\x08", b"<kml>", b"{", b"LTE,452,4,1,2,3,105.9,9.6,1,1,1,1,1\n"]),
            st.binary(max_size=200),
        ).map(b"".join),
    )
)  # fmt: skip
def test_bytes_of_any_kind_are_read_or_refused_in_words(content: bytes) -> None:
    check(content)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["type", "coordinates", "name", "height", "pci"]), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(JSON, JSON, JSON)
def test_geojson_of_any_shape_is_read_or_refused_in_words(
    properties: object, geometry: object, coordinates: object
) -> None:
    point = {"type": "Point", "coordinates": coordinates}
    features = [{"type": "Feature", "properties": properties, "geometry": chosen} for chosen in (geometry, point)]
    check(json.dumps({"type": "FeatureCollection", "crs": geometry, "features": [*features, properties]}).encode())
