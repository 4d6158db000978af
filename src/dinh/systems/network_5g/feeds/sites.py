"""Lists of sites in whatever form they come; the content tells which, never the name."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from dinh.engines.tables.coordinates import Plane, meridian_of
from dinh.engines.tables.shape import Wishes
from dinh.kernel.errors import Invalid, Phrase
from dinh.systems.network_5g.domain import Fault, SiteList, SiteRow
from dinh.systems.network_5g.feeds import features, kml, layers, opencellid, packages, site_columns, site_tables
from dinh.systems.network_5g.feeds.features import Points
from dinh.systems.network_5g.feeds.site_tables import TALLEST_M

SAME_PLACE_M: Final = 5.0
SAME_HEIGHT_M: Final = 0.5
_METRES_A_DEGREE: Final = 111_195.0
_MARKS: Final = b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"


def read_any(
    data: bytes,
    name: str,
    *,
    plane: Plane | None = None,
    above_sea: bool = False,
    default_height_m: float | None = None,
) -> SiteList:
    """CSV, Excel, GeoPackage, zipped Shapefile, GeoJSON, KML, KMZ, or the cells of OpenCelliD; gzipped too.

    `plane` reads metres that do not say of which system they are. Heights are above ground unless `above_sea` (then third
    numbers of points count as heights too, and `heights_above_ground` subtracts the terrain). `default_height_m` stands
    where a list tells none. Raises Invalid for what is none of these, with the name of the file.
    """
    if not data.strip(_MARKS):
        raise Invalid("radio.list_empty", "'{name}' is empty; give a list of sites", name=name)
    packages.weighed(data)
    if data.startswith(b"\x1f\x8b"):
        data = packages.gunzipped(data)
        if data.startswith(b"\x1f\x8b"):
            raise Invalid("radio.list_kind", "'{name}' is packed twice; unpack it and give the list itself", name=name)
    read = _read(data, name, plane, above_sea, default_height_m)
    return replace(read, warnings=[*read.warnings, *_under_two_names(read.sites), *_at_two_places(read.sites)])


def _read(data: bytes, name: str, plane: Plane | None, above_sea: bool, default_height_m: float | None) -> SiteList:
    found: list[Points]
    head = data[:2000].translate(None, b"\0").lstrip(_MARKS)
    if data.startswith(b"PK\x03\x04"):
        members = [member.lower() for member in packages.members_of(data)]
        if any(member.endswith(".shp") for member in members):
            found = layers.read_shapefile(data, plane=plane, heights=above_sea)
        elif any(member.endswith(".kml") for member in members):
            found = [kml.read(kml.unpacked(data))]
        elif any(member.startswith("xl/") or member == "content.xml" for member in members):
            return site_tables.read_sites(data, plane=plane, above_sea=above_sea, default_height_m=default_height_m)
        else:
            raise Invalid("radio.zip_kind", "'{name}' is a ZIP without a Shapefile, KML or workbook; unpack it and give the list itself", name=name)  # fmt: skip
    elif data.startswith(b"SQLite format 3\0"):
        found = layers.read_geopackage(data, plane=plane, heights=above_sea)
    elif data.startswith(b"\0\0\x27\x0a"):
        raise Invalid("radio.shp_alone", "'{name}' is one part of a Shapefile; pack .shp, .shx, .dbf and .prj into a ZIP and give that", name=name)  # fmt: skip
    elif head.startswith(b"<"):
        if b"<html" in head.lower():
            raise Invalid("radio.list_kind", "'{name}' is a web page; save the list as CSV or Excel and give that", name=name)  # fmt: skip
        found = [kml.read(data)]
    elif head.startswith((b"{", b"[")):
        found = layers.read_geojson(data, plane=plane, heights=above_sea)
    elif opencellid.is_one(head.partition(b"\n")[0].decode("ascii", "replace")):
        return opencellid.read(data, default_height_m=default_height_m)
    else:
        # Lists of our own are in Unicode: two letters of a name that an old font would draw as one are two letters.
        own = head.startswith(",".join(site_columns.EXPORTED).encode())
        wishes = Wishes(encoding="utf-8", delimiter=",", header_row=1, font="none") if own else None
        return site_tables.read_sites(
            data, plane=plane, above_sea=above_sea, default_height_m=default_height_m, wishes=wishes
        )
    lists = [features.sites_of(one, above_sea=above_sea, default_height_m=default_height_m) for one in found]
    return SiteList(
        [site for one in lists for site in one.sites],
        [fault for one in lists for fault in one.faults],
        [warning for one in lists for warning in one.warnings],
    )


def heights_above_ground(sites: SiteList, height_at: Callable[[float, float], float]) -> SiteList:
    """Heights above sea less the terrain there, `height_at(latitude, longitude)` in m, NaN where it is not known.

    Masts whose heights are above ground stay as they are. What would stand below ground or too high above it is a fault.
    """
    kept: list[SiteRow] = []
    faults = list(sites.faults)
    for site in sites.sites:
        if not site.above_sea:
            kept.append(site)
            continue
        ground = float(height_at(site.latitude, site.longitude))
        above = site.antenna_height_m - ground
        values = {"ground": ground, "above": above, "most": TALLEST_M}
        if math.isnan(ground):
            says = Phrase("no terrain is known at this place, so that a height above sea tells nothing; give the height above ground")  # fmt: skip
        elif above <= 0:
            says = Phrase("the terrain is {ground:.1f} m high there, so that the antenna would be below ground; is the height one above ground?")  # fmt: skip
        elif above > TALLEST_M:
            says = Phrase("the terrain is {ground:.1f} m high there, so that the antenna would stand {above:.0f} m above ground; the most is {most:g} m")  # fmt: skip
        else:
            kept.append(replace(site, antenna_height_m=above, above_sea=False))
            continue
        faults.append(Fault(site.line, site_columns.SHOWN["height"], f"{site.antenna_height_m:g}", says, values))
    return SiteList(kept, sorted(faults, key=lambda fault: fault.line), sites.warnings)


def _under_two_names(sites: Sequence[SiteRow]) -> list[Fault]:
    """Masts that are likely one and the same: within 5 m, equally high, named differently."""
    boxes: dict[tuple[int, int], list[SiteRow]] = {}
    told: list[Fault] = []
    for site in sites:
        north = site.latitude * _METRES_A_DEGREE
        # Boxes are wide enough everywhere in the country, and a little wider than needed in its north.
        east = site.longitude * _METRES_A_DEGREE * 0.9
        box = (int(east // SAME_PLACE_M), int(north // SAME_PLACE_M))
        around = (
            other for dx in (-1, 0, 1) for dy in (-1, 0, 1) for other in boxes.get((box[0] + dx, box[1] + dy), ())
        )
        twin = next((other for other in around if _same(site, other)), None)
        if twin is None:
            boxes.setdefault(box, []).append(site)
            continue
        says = Phrase("stands where {other} stands, equally high; is it the same mast under two names?")
        told.append(Fault(site.line, site_columns.SHOWN["name"], site.name[:80], says, {"other": twin.name}))
    return told


def _at_two_places(sites: Sequence[SiteRow]) -> list[Fault]:
    """Rows of one name that did not become one mast. Lists with codes tell masts of the same name apart."""
    first: dict[str, SiteRow] = {}
    told: list[Fault] = []
    for site in sites:
        other = first.setdefault(site.name, site)
        if other is not site and not site.code:
            says = Phrase("has rows at different places or heights, the first in row {line}; they are taken as masts of their own. Rows of one mast have the same place and height")  # fmt: skip
            told.append(Fault(site.line, site_columns.SHOWN["name"], site.name[:80], says, {"line": other.line}))
    return told


def _same(one: SiteRow, other: SiteRow) -> bool:
    east = (one.longitude - other.longitude) * math.cos(math.radians(one.latitude))
    apart = math.hypot(east, one.latitude - other.latitude) * _METRES_A_DEGREE
    return apart <= SAME_PLACE_M and abs(one.antenna_height_m - other.antenna_height_m) <= SAME_HEIGHT_M


def plane_of(zone: str) -> Plane:
    """By its central meridian or the name of a former province. Raises Invalid."""
    try:
        return Plane(float(zone.replace(",", ".")))
    except ValueError:
        meridian = meridian_of(zone)
    if meridian is None:
        raise Invalid("radio.zone_name", "'{zone}' is neither a meridian nor a province; write 105.5 or Sóc Trăng", zone=zone[:40])  # fmt: skip
    return Plane(meridian)
