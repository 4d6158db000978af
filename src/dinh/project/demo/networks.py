"""Planning areas with calculated networks, made by the worker once the server runs: the start does not wait for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.conf import settings

from dinh.kernel.errors import Conflict
from dinh.kernel.manifests import registry
from dinh.project.demo.scattering import PEOPLE_RURAL, PEOPLE_URBAN, Commune
from dinh.spine.jobs import api as jobs
from dinh.spine.parties.api import SYSTEM

KIND: Final = "network_5g.example"
TITLE: Final = "Prepare a planning area of the demonstration"
CITIES: Final = ("ha-noi", "ho-chi-minh")
GRID_M: Final = 100.0
RADIUS_KM: Final = 8.0
NETWORK: Final = {
    "name": "Sóc Trăng (mô phỏng)", "scenario": "Mạng hiện có (mô phỏng)", "resolution_m": GRID_M, "margin_km": 3.0, "ground_m": 1.5,
    "people_source": (
        "giả định của bản trình diễn khi danh mục không có dân số: "
        f"{PEOPLE_URBAN // 1000}.000 người mỗi phường, {PEOPLE_RURAL // 1000}.000 người mỗi xã, không phải thống kê"
    ),
    "settings": {"radius_km": RADIUS_KM},
    "note": "Trạm lấy từ danh mục tài sản của bản trình diễn, do chương trình rải ngẫu nhiên quanh trung tâm các xã, phường.",
}  # fmt: skip
"""The sites of three operators as if they were one network."""


def plan(communes: Sequence[Commune]) -> None:
    """Nothing where 5G planning is left out. What was made at an earlier start stays as it is."""
    if all(manifest.slug != KIND.partition(".")[0] for manifest in registry.manifests()):
        return
    people = {commune.row.code: commune.people for commune in communes}
    _start("soc-trang", NETWORK | {"places": [settings.AREA], "people": people})
    for city in CITIES:
        _start(city, {"city": city})


def _start(code: str, params: dict[str, object]) -> None:
    task = jobs.start(KIND, params, title=TITLE, by=SYSTEM.urn, key=f"demonstration-{code}")
    if task.state in ("failed", "cancelled"):
        try:
            jobs.retry(task.id, by=SYSTEM.urn)
        except Conflict:
            return
