"""A province small enough to look at."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dinh_simulator import nature, network, services, traffic
from dinh_simulator.incident import AFTER_START, Incidents
from dinh_simulator.noise import VIETNAM
from dinh_simulator.province import Province, read
from dinh_simulator.readings import Sampler

NOON = 1_795_305_600_000 - VIETNAM + 12 * 3_600_000  # 2026-11-22, 12:00 in Vietnam
FIRST = NOON + AFTER_START


@pytest.fixture
def province_file(tmp_path: Path) -> Path:
    communes = [
        {"urn": "urn:dinh:unit:2025:31783", "name": "Vĩnh Châu", "people": 68_000, "urban": True},
        {"urn": "urn:dinh:unit:2025:31673", "name": "Trần Đề", "people": 52_000, "urban": False},
    ]
    assets = [
        {"urn": "urn:dinh:asset:tram-tran-de", "level": "salinity_station", "attributes": {"reach_km": 4}},
        {"urn": "urn:dinh:asset:tram-my-thanh", "level": "salinity_station", "attributes": {"reach_km": 5}},
        {"urn": "urn:dinh:asset:tram-nga-nam", "level": "salinity_station", "attributes": {"reach_km": 90}},
        {"urn": "urn:dinh:asset:khi-tuong", "level": "air_station"},
        {"urn": "urn:dinh:asset:cong", "level": "sluice_gate"},
        {"urn": "urn:dinh:facility:benh-vien", "level": "hospital", "attributes": {"beds": 300}},
        {"urn": "urn:dinh:asset:mang", "level": "government_network"},
    ]
    for commune in communes:
        code = commune["urn"].rsplit(":", 1)[1]  # type: ignore[attr-defined]
        for number in range(1, 6):
            site = f"urn:dinh:asset:5g-{code}-{number}"
            common = {"commune": commune["urn"], "operator": f"urn:dinh:organisation:nha-mang-{'abc'[number % 3]}"}
            assets.append({"urn": site, "level": "gnb_site", "attributes": {"cells": 3}, **common})
            assets.append({"urn": f"{site}-1", "level": "gnb_cell", "parent": site, **common})
            assets.append({"urn": f"urn:dinh:asset:camera-{code}-{number}", "level": "traffic_camera", **common})
    path = tmp_path / "province.json"
    path.write_text(json.dumps({"communes": communes, "assets": assets, "facts": []}), encoding="utf-8")
    return path


@pytest.fixture
def province(province_file: Path) -> Province:
    return read(province_file, 94)


def sampler_of(province: Province, incidents: Incidents, seed: int = 94) -> Sampler:
    makers = (nature, network, services, traffic)
    return Sampler([measure for maker in makers for measure in maker.measures(province, incidents)], seed)


@pytest.fixture
def sampler(province: Province) -> Sampler:
    return sampler_of(province, Incidents(FIRST))
