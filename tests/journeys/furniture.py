"""Fills the house of the four persons: stations, people, cases, a form to report on, a publication to check.

What a person changes is there once for each language, so that neither journey stands in the other's way.
"""

from __future__ import annotations

from datetime import timedelta

import django

django.setup()

from django.core.management import call_command  # noqa: E402 - Django has to be set up first

from dinh.kernel import clock  # noqa: E402
from dinh.kernel.manifests import Aggregation, IndicatorSpec, Kind, Text  # noqa: E402
from dinh.spine.cases import api as cases  # noqa: E402
from dinh.spine.observations import api as observations  # noqa: E402
from dinh.spine.observations.api import reported  # noqa: E402
from dinh.spine.parties import api as parties  # noqa: E402
from dinh.spine.parties.api import SYSTEM, Grant  # noqa: E402
from dinh.spine.places import api as places  # noqa: E402
from dinh.spine.publications import api as publications  # noqa: E402
from dinh.systems.network_5g import actions as network  # noqa: E402
from dinh.systems.network_5g import queries  # noqa: E402
from dinh.systems.network_5g.calculation import grounds  # noqa: E402
from dinh.systems.operations_centre.tests import factories  # noqa: E402

LANGUAGES = ("vi", "en")
GROUND = "Mỹ Xuyên"
SERVICES = Text("Dịch vụ công", "Public services")
PEOPLE = (
    ("demo-operator", "Trần Thị Bình", ("operator",)),
    ("demo-leader", "Nguyễn Văn Phước", ("leader",)),
    ("demo-official", "Thạch Minh Sơn", ("official", "engineer")),
    ("demo-auditor", "Đỗ Thị Thanh Mai", ("auditor",)),
    ("demo-planner", "Lâm Thị Cẩm Tú", ("network_planner",)),
)
FIGURES = (
    ("test.dossiers", Text("Hồ sơ tiếp nhận", "Dossiers received")),
    ("test.dossiers_in_time", Text("Hồ sơ giải quyết đúng hạn", "Dossiers answered in time")),
)


def people() -> str:
    office = parties.save_organisation(
        id="so-nnmt", name_vi="Sở Nông nghiệp và Môi trường", name_en="Department of Agriculture and Environment"
    )
    parties.save_organisation(id="so-yt", name_vi="Sở Y tế", name_en="Department of Health")
    for username, name, roles in PEOPLE:
        parties.save_person(
            username=username, name=name, email=f"{username}@example.vn", organisation=office.urn,
            grants=[Grant(role, None) for role in roles],
        )  # fmt: skip
    return office.urn


def forms(office: str) -> None:
    observations.declare_indicators(
        [
            IndicatorSpec(
                code, name, SERVICES, "1", Kind.GAUGE, valid_min=0, valid_max=100_000, decimals=0,
                over_place=Aggregation.SUM,
            )
            for code, name in FIGURES
        ],
        by=SYSTEM,
    )  # fmt: skip
    communes = [row.urn for row in places.area(factories.AREA)]
    for number, language in enumerate(LANGUAGES):
        reported.save_assignment(
            code=f"dossiers-{language}", name_vi=f"Hồ sơ một cửa, cụm {number + 1}",
            name_en=f"One-stop dossiers, cluster {number + 1}", organisation=office, place=factories.AREA,
            of_places=communes[3 * number : 3 * number + 3], columns=[{"indicator": code} for code, _ in FIGURES],
            checks=[reported.Check("at_most", left=1, right=0)], period="day", due_days=2,
            first_day=clock.today() - timedelta(days=1), last_day=clock.today() - timedelta(days=1), by=SYSTEM,
        )  # fmt: skip
    reported.open_returns()


def work(office: str) -> None:
    for language in LANGUAGES:
        for number in (1, 2):
            cases.open_case(
                type="incident", title=f"Cống số {number} kẹt cửa ({language})",
                title_en=f"Sluice {number} is stuck ({language})", organisation=office, place=factories.AREA,
                severity="major", key=f"journey-{language}-{number}", by=SYSTEM,
            )  # fmt: skip
        publications.create(
            slug=f"do-man-{language}", kind="news", title={"vi": "Độ mặn đầu vụ", "en": "Salinity early in the season"},
            summary={"vi": "Độ mặn trên sông Hậu.", "en": "Salinity in the Hậu."},
            body=[
                {"type": "paragraph", "text": {"vi": "Cửa Trần Đề đo 4,2 g/l.", "en": "4.2 g/l at the Trần Đề mouth."}}
            ],
            by=SYSTEM,
        )  # fmt: skip
        publications.submit(f"do-man-{language}", by=SYSTEM)


def planning() -> None:
    """One commune on a coarse grid, laid: what is calculated there takes a blink."""
    unit = next(row for row in places.area(factories.AREA) if row.name_vi == GROUND)
    area = network.open_area(
        name=GROUND, places=[unit.urn], resolution_m=200, margin_km=1, flat_m=1.5, by=SYSTEM, people={unit.code: 30_000},
        people_source="giả định", lay=False,
    )  # fmt: skip
    network.ground_is(area=area, name=grounds.lay(queries.ground_question(area)))


def commune_office() -> None:
    """Where dossiers of the commune go."""
    unit = next(row for row in places.area(factories.AREA) if row.name_vi == GROUND)
    parties.save_organisation(
        id="ubnd-xa", name_vi=f"UBND xã {GROUND}", name_en=f"People’s Committee of {GROUND}", place=unit.urn
    )


def main() -> None:
    call_command("migrate", interactive=False, verbosity=0)
    places.load_units()
    observations.start()
    factories.declare()
    factories.a_day(factories.stations(4), hours=2)
    office = people()
    forms(office)
    work(office)
    planning()
    commune_office()
    observations.stop()
    key = parties.issue_key(label="journeys", owner=office, scopes=["observations.record"], by=SYSTEM)
    print(key[1])


if __name__ == "__main__":
    main()
