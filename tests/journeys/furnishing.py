"""What a house holds when four persons come to work: readings, people, forms, cases, publications. Run as a program."""

from __future__ import annotations

from datetime import date, timedelta

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402

from dinh.kernel import clock  # noqa: E402
from dinh.kernel.manifests import Aggregation, IndicatorSpec, Kind, Text  # noqa: E402
from dinh.project import checkpointing  # noqa: E402
from dinh.spine.cases import api as cases  # noqa: E402
from dinh.spine.observations import api as observations  # noqa: E402
from dinh.spine.observations.api import reported  # noqa: E402
from dinh.spine.parties import api as parties  # noqa: E402
from dinh.spine.parties.api import SYSTEM, Actor, Grant  # noqa: E402
from dinh.spine.places import api as places  # noqa: E402
from dinh.spine.publications import api as publications  # noqa: E402
from dinh.systems.operations_centre.tests import factories  # noqa: E402

LANGUAGES = ("vi", "en")
PEOPLE = (
    ("operator", "Trần Thị Bình", ("operator",)),
    ("official", "Lê Văn Cường", ("official",)),
    ("leader", "Phạm Quốc Khánh", ("leader",)),
    ("reporter", "Kim Thị Hoa", ("official", "engineer")),
    ("auditor", "Đỗ Minh Trí", ("auditor",)),
)
HEALTH = Text("Y tế", "Health")


def people() -> dict[str, Actor]:
    found = {}
    for name, full_name, roles in PEOPLE:
        actor = factories.person(f"demo-{name}", roles[0], full_name)
        grants = [Grant(role, None) for role in roles]
        parties.save_person(
            username=f"demo-{name}", name=full_name, email=f"{name}@example.vn", organisation=actor.organisation,
            grants=grants,
        )  # fmt: skip
        found[name] = Actor(
            urn=actor.urn, name=full_name, grants=tuple(grants), organisation=actor.organisation, is_staff=True
        )
    parties.save_organisation(id="so-y-te", name_vi="Sở Y tế", name_en="Department of Health")
    return found


def returns(reporter: Actor) -> None:
    """A monthly form of two communes with a year of returns to be filled in, newest last."""
    for code, vi, en in (("births", "Trẻ sinh ra", "Births"), ("girls", "Bé gái", "Girls")):
        spec = IndicatorSpec(
            f"test.{code}", Text(vi, en), HEALTH, "1", Kind.GAUGE, valid_min=0, valid_max=5000,
            over_time=Aggregation.SUM, over_place=Aggregation.SUM, decimals=0,
        )  # fmt: skip
        observations.declare_indicators([spec], by=SYSTEM)
    today = clock.today()
    reported.save_assignment(
        code="births", name_vi="Trẻ mới sinh", name_en="Newborn children", organisation=str(reporter.organisation),
        place=settings.AREA, of_places=[row.urn for row in places.area(settings.AREA)][:2],
        columns=[{"indicator": "test.births"}, {"indicator": "test.girls"}], period="month", due_days=20,
        first_day=date(today.year - 1, today.month, 1), by=SYSTEM,
        checks=[reported.Check("at_most", left=1, right=0)],
    )  # fmt: skip
    reported.open_returns()
    observations.save_source(
        code="so-sach", name_vi="Sổ theo dõi", name_en="Register", owner="", licence="CC0-1.0", simulated=False,
        period=timedelta(days=30),
    )  # fmt: skip


def work(operator: Actor, official: Actor) -> None:
    for number in range(6):
        cases.open_case(
            type="incident", title=f"Đường dây hỏng số {number}", title_en=f"Broken line {number}", by=operator,
            organisation=operator.organisation, severity="minor", key=f"journey-{number}",
        )  # fmt: skip
    for language in LANGUAGES:
        publications.create(
            slug=f"thong-bao-{language}", kind="news", by=official,
            title={"vi": f"Thông báo {language}", "en": f"Announcement {language}"},
            summary={"vi": "Nước mặn vào sâu.", "en": "Salt water came far in."},
            body=[{"type": "paragraph", "text": {"vi": "Độ mặn là 4,2 g/l.", "en": "Salinity is 4.2 g/l."}}],
        )  # fmt: skip
        publications.submit(f"thong-bao-{language}", by=official)


def main() -> None:
    call_command("migrate", interactive=False, verbosity=0)
    places.load_units()
    observations.start()
    factories.declare()
    factories.a_day(factories.stations(3), hours=2)
    found = people()
    returns(found["reporter"])
    work(found["operator"], found["official"])
    observations.stop()
    checkpointing.sign()
    key = parties.issue_key(
        label="journey", owner=str(found["operator"].organisation), scopes=["observations.record"], by=SYSTEM
    )
    print(key[1])


if __name__ == "__main__":
    main()
