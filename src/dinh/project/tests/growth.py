"""Many more of what is planted in a province: lists are drawn with few rows and with many."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction

from dinh.gateways.tabular import importing
from dinh.kernel import clock
from dinh.kernel.manifests import RuleSpec, Severity, Text
from dinh.project.tests import dossiers
from dinh.project.tests.public_side import report, report_id, unworkable
from dinh.project.tests.sides import BODY, COUNT, METER, SOURCE, WORK, Side
from dinh.spine.cases import api as cases
from dinh.spine.jobs import api as jobs
from dinh.spine.ledger import api as ledger
from dinh.spine.notices import api as notices
from dinh.spine.observations import api as observations
from dinh.spine.observations.api import reported
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import SYSTEM, Actor, Grant, security
from dinh.spine.places import api as places
from dinh.spine.publications import api as publications
from dinh.spine.requests import api as requests
from dinh.spine.requests.api import Draft
from dinh.spine.submissions import api as submissions
from dinh.systems.local_news.actions import feeds, warnings
from dinh.systems.local_news.tests import factories as news


def grow(side: Side, numbers: range) -> None:
    """As many more of everything that stands in a list."""
    leader, official = side.actor("leader"), side.actor("official")
    letter, at = side.letter.lower(), clock.now()
    commune = places.place(side.commune)
    stations = [
        {
            "kind": "asset", "id": f"tram-{letter}-{number}", "level": "salinity_station", "name_vi": f"Trạm {number}",
            "name_en": f"Station {number}", "longitude": commune.longitude, "latitude": commune.latitude,
            "parent": side.commune,
        }
        for number in numbers
    ]  # fmt: skip
    places.save_places(stations)
    readings = [
        {"indicator": METER, "subject": f"urn:dinh:asset:tram-{letter}-{number}", "value": 5.0, "source": SOURCE,
         "observed_at": (at - timedelta(minutes=1)).isoformat()}
        for number in numbers
    ]  # fmt: skip
    observations.record(readings, by=SYSTEM, channel="test")
    assert observations.settle()
    for number in numbers:
        _one_more(side, number, leader, official)
    _reports(side, numbers)
    jobs.deliver_pending()


def _reports(side: Side, numbers: range) -> None:
    """In public, some of each state; as many that wait to be looked at, and that could not be worked off."""
    commune = places.place(side.commune)
    place: dict[str, Any] = {"longitude": commune.longitude, "latitude": commune.latitude, "category": "road_damage"}
    for number in numbers:
        _, name = report(side, 1000 + number, f"Ổ gà {side.letter} {number}", photo=number % 20 == 0, **place)
        report(side, 2000 + number, f"Gọi 0912 345 {number:03d}", **place)
        if number % 5 == 0:
            case = requests.request(name).case
            cases.take(case, by=side.actor("leader"))
            cases.move(case, transition="fix", reason="Xong", by=side.actor("leader"))
    with unworkable():
        for number in numbers:
            requests.hand_in(Draft(id=report_id(side, 3000 + number), description="Không thành", **place))
        submissions.work_off()


def _one_more(side: Side, number: int, leader: Actor, official: Actor) -> None:
    name, at = f"{side.letter.lower()}-{number}", clock.now()
    office = parties.save_organisation(
        id=f"phong-{name}", name_vi=f"Phòng {name}", name_en=f"Unit {name}", parent=side.office, place=side.commune
    )
    person = parties.save_person(
        username=f"them-{name}", name=f"Người {name}", email="", organisation=side.office,
        grants=[Grant("official", side.commune), Grant("operator", side.commune)], place=side.commune,
    )  # fmt: skip
    row = cases.open_case(
        type="incident", title=f"Vụ {name}", by=leader, place=side.commune, organisation=office.urn, key=f"walk:{name}",
        category="power",
    )  # fmt: skip
    cases.assign(row.urn, to=person.urn, by=leader)
    cases.add_task(f"urn:dinh:case:{side.ids['case']}", title=f"Việc {name}", organisation=office.urn, by=leader)
    cases.add_task(row.urn, title=f"Việc {name}", organisation=side.office, by=leader)
    cases.comment(f"urn:dinh:case:{side.ids['case']}", text=name, by=leader)
    cases.set_routing(type="incident", category="", place=side.commune, organisation=office.urn, by=leader, note=name)
    cases.add_shift(
        organisation=side.office, person=person.urn, starts_at=at + timedelta(hours=number),
        ends_at=at + timedelta(hours=number + 1), by=leader,
    )  # fmt: skip
    cases.save_template(organisation=office.urn, type="incident", use="comment", title=name, text_vi=name, by=SYSTEM)
    for kind in ("draft", "published"):
        slug, words = f"{kind}-{name}", {"vi": f"Tin {name}", "en": f"News {name}"}
        made = publications.create(
            slug=slug, kind="news", title=words, summary=words, body=BODY, by=official, place=side.commune,
            organisation=side.office,
        )  # fmt: skip
        if kind == "published":
            publications.submit(slug, by=official)
            publications.approve(slug, revision=made.revision, by=leader)
            publications.publish(slug, by=leader)
    described = feeds.Described(f"Báo {name}", "", f"https://{name}.example.vn/", "media", side.commune)
    item = news.rss(news.item(name, f"Tin {name}"))
    feeds.take(feeds.save(described, by=official), item)
    news.sent(news.message(f"walk-{name}", areas=news.area_of(side.commune)))
    told = warnings.write(news.draft(areas=[side.commune]), by=official)
    publications.submit(told.slug, by=official)
    warnings.issue(told.slug, revision=told.revision, by=leader)
    warnings.take_published(told.slug, 1)
    warnings.write(news.draft(areas=[side.commune]), by=official)
    dossiers.grow(side, number)
    own = RuleSpec(f"walk.{name}", METER, Text(name, name), Severity.MINOR, above=40.0, within=side.commune)
    observations.save_rule(own, by=side.actor("engineer"))
    observations.start_maintenance(
        subject=f"urn:dinh:asset:tram-{name}", from_at=at + timedelta(days=1), until_at=at + timedelta(days=2), reason=name,
        by=side.actor("operator"),
    )  # fmt: skip
    wrong = {"indicator": "walk.unknown", "subject": side.ids["station"], "observed_at": at.isoformat(), "value": 1.0,
             "source": SOURCE}  # fmt: skip
    observations.record([wrong], by=side.actor("engineer"), channel="test")
    month = at.date().replace(day=1)
    reported.save_assignment(
        code=f"bieu-{name}", name_vi=name, name_en=name, organisation=side.office, place=side.commune,
        of_places=[side.commune], columns=[{"indicator": COUNT}], period="month", due_days=5,
        first_day=(month - timedelta(days=1)).replace(day=1), by=SYSTEM,
    )  # fmt: skip
    reported.open_returns()
    reported.save_formula(code=f"walk.f{name}", name_vi=name, name_en=name, unit="1", expression=COUNT, by=SYSTEM)
    reported.save_target(
        indicator=METER, place=side.commune, year=2030 + number, kind="target", value=1.0, document=name, by=SYSTEM
    )
    importing.keep(b"a,b\n1,2\n", name=f"{name}.csv", by=side.actor("engineer"))
    jobs.start(WORK, {"file": name}, title=name, by=person.urn)
    with transaction.atomic():
        notices.notify(
            "reporting.returned",
            to=[official.urn],
            key=f"walk:{name}",
            params={"form": name, "period": "1", "remarks": ""},
        )
    parties.issue_key(label=name, owner=person.urn, scopes=["cases.view"], by=SYSTEM)
    parties.issue_key(label=name, owner=official.urn, scopes=["cases.view"], by=SYSTEM)
    security.note("forged", account=person.urn, address=f"203.0.{number}.1")
    security.flush()
    ledger.checkpoint()
