"""An extract comes in: places, roads, and what happens to those before."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import osmium
import pytest
from django.conf import LazySettings
from django.conf import settings as house

from dinh.kernel.errors import Invalid, NotFound, SourceUnavailable
from dinh.spine.places import api as places
from dinh.systems.maps import actions, examples
from dinh.systems.maps.domain import kinds
from dinh.systems.maps.feeds import osm_file, road_graph
from dinh.systems.maps.queries import finding
from dinh.systems.maps.routing import graph as graphs


def extract(path: Path, tags: dict[int, dict[str, str]], *, roads: bool = True) -> Path:
    """A cross of two roads near Mỹ Xuyên, and nodes with tags by their number from 10 on."""
    with osmium.SimpleWriter(str(path), overwrite=True) as writer:
        for number in range(1, 6):
            offset = (number - 3) * 0.002
            at = (105.97 + offset, 9.56) if number != 3 else (105.97, 9.56)
            writer.add_node(osmium.osm.mutable.Node(id=number, version=1, location=at))
        for number, given in sorted(tags.items()):
            writer.add_node(
                osmium.osm.mutable.Node(id=number, version=1, location=(105.97 + number / 1e5, 9.56), tags=given)
            )
        if roads:
            writer.add_way(
                osmium.osm.mutable.Way(
                    id=1, version=1, nodes=[1, 2, 3, 4, 5], tags={"highway": "residential", "name": "Đường Một"}
                )
            )
    return path


@pytest.mark.slow
def test_places_come_with_their_names_hours_and_licence_and_a_second_import_changes_nothing(
    units: None, settings: LazySettings, tmp_path: Path
) -> None:
    settings.HOME = tmp_path
    tags = {
        10: {"amenity": "hospital", "name": "Bệnh viện Số Một", "name:en": "First Hospital", "opening_hours": "24/7", "phone": "+84 299 3 822 251", "website": "javascript:alert(1)"},
        11: {"amenity": "pharmacy"},
        12: {"amenity": "cafe"},
        13: {"amenity": "bench", "name": "Ghế"},
        14: {"shop": "chemist", "name": "Nhà thuốc Hai", "website": "nhathuoc.example.vn", "addr:housenumber": "12", "addr:street": "Đường Một"},
    }  # fmt: skip
    path = extract(tmp_path / "one.osm.pbf", tags)
    heard: list[str] = []
    taken = actions.import_map(path, hear=heard.append)
    assert (taken.taken, taken.refused) == (3, ()), "a café without a name and a bench are not looked for"
    assert len(heard) > 5
    row = places.place("urn:dinh:facility:osm-node-10")
    assert (row.level, row.name_vi, row.name_en) == ("hospital", "Bệnh viện Số Một", "First Hospital")
    assert row.attributes == {
        "opening_hours": "24/7", "phone": "+84 299 3 822 251", "source": osm_file.SOURCE, "licence": "ODbL 1.0", "osm": "node/10",
    }  # fmt: skip
    assert places.place("urn:dinh:facility:osm-node-11").name_vi == "Nhà thuốc"
    assert places.place("urn:dinh:facility:osm-node-14").attributes["address"] == "12 Đường Một"
    assert places.place("urn:dinh:facility:osm-node-14").attributes["website"] == "https://nhathuoc.example.vn"
    again = actions.import_map(path)
    assert (again.taken, again.changed, again.unchanged, again.rebuilt) == (0, 0, 3, False)

    del tags[10]
    other = actions.import_map(extract(tmp_path / "two.osm.pbf", tags))
    assert other.gone == 1
    assert graphs.current() == other.graph
    assert finding.find("benh vien so mot").total == 0, "what is not in the newest map is found no more"
    assert places.place("urn:dinh:facility:osm-node-10").level == kinds.GONE
    tags[10] = {"amenity": "hospital", "name": "Bệnh viện Số Một"}
    back = actions.import_map(extract(tmp_path / "three.osm.pbf", tags))
    assert back.gone == 0
    assert finding.find("benh vien so mot").hits[0].kind == kinds.BY_CODE["hospital"]


def test_a_file_that_is_none_is_broken_or_empty_is_refused_and_the_map_stays(
    units: None, settings: LazySettings, tmp_path: Path
) -> None:
    settings.HOME = tmp_path
    whole = extract(tmp_path / "whole.osm.pbf", {10: {"amenity": "pharmacy"}})
    broken = tmp_path / "broken.osm.pbf"
    broken.write_bytes(whole.read_bytes()[:-40])
    words = tmp_path / "words.osm.pbf"
    words.write_bytes(b"<html>not found</html>")
    empty = tmp_path / "empty.osm.pbf"
    empty.write_bytes(b"")
    roadless = extract(tmp_path / "roadless.osm.pbf", {10: {"amenity": "pharmacy"}}, roads=False)
    for path in (broken, words, empty, roadless):
        with pytest.raises(Invalid, match=path.name):
            actions.import_map(path)
    with pytest.raises(NotFound, match="no file"):
        actions.import_map(tmp_path / "absent.osm.pbf")
    assert graphs.current() is None
    assert finding.find("nha thuoc").total == 0
    assert not list(graphs.home().glob("draft*")) if graphs.home().is_dir() else True


def test_the_pointer_leads_nowhere_but_to_a_digest(settings: LazySettings, tmp_path: Path) -> None:
    settings.HOME = tmp_path
    (tmp_path / "maps").mkdir()
    (tmp_path / "etc").mkdir()
    pointer = tmp_path / "maps" / graphs.POINTER
    for content in (
        b'{"digest":"../etc","file":"x","built_at":"","bounds":[0,0,1,1],"ways":1,"generated":false,"source":"","licence":""}',
        b"{}",
        b"not json",
    ):
        pointer.write_bytes(content)
        graphs._read = (-1, None)
        assert graphs.current() is None


@pytest.mark.slow
def test_the_generated_roads_are_marked_joined_and_never_replace_real_ones(
    generated: None, settings: LazySettings
) -> None:
    graph = graphs.current()
    assert graph is not None
    assert graph.generated
    found = finding.find("benh vien")
    assert found.total >= 5
    assert all(hit.place.simulated for hit in found.hits)
    communes = places.area(house.AREA)
    network = examples.generate(communes, 94)
    assert network.nodes == examples.generate(communes, 94).nodes, "the same for the same seed"
    joined = {1}
    edges = [nodes for nodes, _ in network.ways]
    grown = -1
    while grown != len(joined):
        grown = len(joined)
        for nodes in edges:
            if joined & set(nodes):
                joined |= set(nodes)
    on_roads = {node for nodes in edges for node in nodes}
    assert joined == on_roads, "from every street one comes to every other"
    assert all("mô phỏng" in tags["name"] for _, tags in network.ways)
    graphs.switch(graphs.Graph(graph.digest, "real", graph.built_at, graph.bounds, 1, False, "", ""))
    assert examples.make(area=house.AREA, seed=1) is None


@pytest.mark.parametrize(
    "does", ["print('[INFO] Hilbert', flush=True); time.sleep(60)", "print('[INFO] Hilbert', flush=True); os.close(1); os.close(2); time.sleep(60)"]
)  # fmt: skip
def test_a_builder_that_hangs_is_ended_and_says_where(does: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(road_graph, "SILENT_S", 1.0)
    begun, ended, heard = subprocess.Popen, list[subprocess.Popen[str]](), list[str]()

    def start(*given: Any, **named: Any) -> subprocess.Popen[str]:
        ended.append(begun(*given, **named))
        return ended[-1]

    monkeypatch.setattr(subprocess, "Popen", start)
    with pytest.raises(SourceUnavailable, match="after «Hilbert» and was ended"):
        road_graph._run([sys.executable, "-c", f"import os, time; {does}"], heard.append)
    assert heard == ["Hilbert"]
    assert ended[0].returncode == -9
