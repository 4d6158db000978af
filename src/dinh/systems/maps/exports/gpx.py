"""A way as GPX 1.1 (https://www.topografix.com/GPX/1/1/): a route with what to do at its turns, and the track to follow."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, tostring

from dinh.systems.maps.domain.ways import Way

NAMESPACE = "http://www.topografix.com/GPX/1/1"


def write(way: Way, start: str, end: str, *, language: str, generated: bool, source: str) -> bytes:
    root = Element("gpx", version="1.1", creator="Đình", xmlns=NAMESPACE)
    about = SubElement(root, "metadata")
    SubElement(about, "name").text = _plain(f"{start} – {end}")
    note = "Đường mô phỏng / simulated roads" if generated else source
    if note:
        SubElement(about, "desc").text = note
    route = SubElement(root, "rte")
    for step in way.steps:
        x, y = way.line[step.begins]
        point = SubElement(route, "rtept", lat=f"{y:.6f}", lon=f"{x:.6f}")
        SubElement(point, "desc").text = _plain(step.says.in_(language))
    track = SubElement(SubElement(root, "trk"), "trkseg")
    for x, y in way.line:
        SubElement(track, "trkpt", lat=f"{y:.6f}", lon=f"{x:.6f}")
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _plain(text: str) -> str:
    """XML 1.0 has no place for control characters, and names come from everywhere."""
    return "".join(character for character in text if character >= " " and character not in "\ufffe\uffff")
