"""A small scenario with results, made up: for what is exported of one."""

from __future__ import annotations

import io
import math
from datetime import UTC, datetime
from typing import Any

import numpy as np
from PIL import Image
from shapely.geometry import box, mapping

from dinh.systems.network_5g.domain import Cell, Mast, Settings, Standing
from dinh.systems.network_5g.exports.contents import (
    BandCapacity,
    CellLoad,
    CommuneFigures,
    InputFile,
    LevelShare,
    MapPicture,
    ReportInput,
    Step,
)

COLOURS = ((13, 8, 135), (126, 3, 168), (204, 71, 120), (248, 149, 64), (240, 249, 33))
LEVELS = (
    Step("#f0f921", -85), Step("#f89540", -95), Step("#cc4778", -105), Step("#7e03a8", -115), Step("#0d0887", None),
)  # fmt: skip


def masts(count: int = 3) -> list[Mast]:
    standings = list(Standing)
    return [
        Mast(
            f"m{number}", f"Trạm {number + 1:02d} Trần Đề", 9.50 + 0.021 * (number % 7), 106.05 + 0.017 * (number % 11), 30.0 + number % 9,
            tuple(Cell(azimuth, 3.0, pci=(3 * number + place) % 1008) for place, azimuth in enumerate((0.0, 120.0, 240.0))),
            standings[number % 3], "Viettel" if number % 2 else "VNPT", "fibre" if number % 2 else "", generated=number % 4 == 0,
        )
        for number in range(count)
    ]  # fmt: skip


def picture(seed: int, width: int = 320, height: int = 260) -> bytes:
    """A field of five colours around some masts."""
    pick = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width]
    centres = pick.uniform((20, 20), (height - 20, width - 20), (9, 2))
    field = max_of = np.full((height, width), -1e9)
    for north, east in centres:
        field = np.maximum(max_of, -30 * np.log10(np.hypot(y - north, x - east) + 2))
        max_of = field
    band = np.clip(((field + 30 * math.log10(120)) / 10).astype(int), 0, 4)
    buffer = io.BytesIO()
    Image.fromarray(np.array(COLOURS, np.uint8)[band]).save(buffer, "PNG")
    return buffer.getvalue()


def scenario(count: int = 3, **changes: Any) -> ReportInput:
    chosen = masts(count)
    maps = [
        MapPicture("level", "n41", picture(1), 26_000, LEVELS),
        MapPicture("level", "n78", picture(2), 26_000, LEVELS),
        MapPicture("sinr", "", picture(3), 26_000, (Step("#f0f921", 20), Step("#f89540", 10), Step("#cc4778", 0), Step("#7e03a8", None))),
        MapPicture("throughput", "", picture(4), 26_000, (Step("#f0f921", 500), Step("#f89540", 100), Step("#cc4778", 10), Step("#7e03a8", None))),
    ]  # fmt: skip
    values: dict[str, Any] = {
        "title": "Phương án A: phủ các xã ven biển",
        "area_name": "Trần Đề",
        "organisation": "Sở Khoa học và Công nghệ",
        "made_at": datetime(2026, 11, 27, 1, 30, tzinfo=UTC),
        "address": "/network/scenarios/phuong-an-a/",
        "digest": "9f2c" * 16,
        "settings": Settings(),
        "masts": chosen,
        "area_km2": 412.37,
        "people": 131_077.0,
        "pixel_m": 25.0,
        "coverage": [LevelShare(-115, 130_950, 405.2), LevelShare(-105, 127_411, 371.8), LevelShare(-95, 98_002, 214.5), LevelShare(-85, 51_210, 77.1)],
        "communes": [
            CommuneFigures(f"{31591 + n}", name, 20_000 + 1_000 * n, 20_000 + 1_000 * n - lost, 60.0 + n, 55.0 + n, mapping(box(106.0 + n / 10, 9.5, 106.1 + n / 10, 9.6)))
            for n, (name, lost) in enumerate([("xã Trần Đề", 120), ("xã Tài Văn", 0), ("xã Liêu Tú", 2_310), ("xã Lịch Hội Thượng", 1), ("xã Thạnh Thới An", 900)])
        ],
        "bands": [BandCapacity("n41", 3 * count, 1_753.4, 512.2, 1_310.8, 1_270.1), BandCapacity("n78", 3 * count, 1_753.4, 331.9, 990.0, 990.0)],
        "loads": [
            CellLoad(mast.code, place, band, 0.05 + ((number * 37 + place * 11) % 121) / 100, 410.0 + number, 3.2)
            for number, mast in enumerate(chosen) for place in range(3) for band in ("n41", "n78")
        ],
        "maps": maps,
        "inputs": [
            InputFile("terrain", "N09E106.hgt", "ab" * 32), InputFile("people", "dan-so-mo-phong.csv", "cd" * 32, generated=True),
            InputFile("sites", "tram.kmz", "ef" * 32),
        ],
    }  # fmt: skip
    return ReportInput(**(values | changes))
