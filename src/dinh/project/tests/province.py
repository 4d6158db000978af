"""One of everything that Đình keeps, planted through the spine in two communes, for tests that walk every address.

Words tell where something came from and who may read it: `bimatA` only those whose reach takes in commune A, `noiboA` any
member of staff whose role shows such things, `congkhaiA` anyone.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings

from dinh.gateways.tabular import importing
from dinh.kernel import clock
from dinh.kernel.manifests import RuleSpec, Severity, Text
from dinh.project.tests import dossiers, public_side
from dinh.project.tests.sides import (
    BODY,
    COUNT,
    METER,
    RULE,
    SILENT,
    SOURCE,
    WORK,
    Side,
    username,
)
from dinh.spine.cases import api as cases
from dinh.spine.files import api as files
from dinh.spine.jobs import api as jobs
from dinh.spine.ledger import api as ledger
from dinh.spine.notices import api as notices
from dinh.spine.observations import api as observations
from dinh.spine.observations.api import reported
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import SYSTEM, Grant
from dinh.spine.places import api as places
from dinh.spine.publications import api as publications
from dinh.systems.account import actions as account
from dinh.systems.account import codes, joining
from dinh.systems.network_5g import actions as network
from dinh.systems.network_5g import queries as network_queries
from dinh.systems.network_5g.calculation import desk
from dinh.systems.network_5g.tests import planning


def people(side: Side, role: str) -> None:
    """Two who hold the role at the commune: what one wrote, the other may check."""
    for name in (username(role, side.letter), f"{username(role, side.letter)}-2"):
        grants = [Grant(role, side.commune)]
        parties.save_person(
            username=name, name=name, email=f"{name}@example.vn", organisation=side.office, grants=grants,
            place=side.commune,
        )  # fmt: skip


def plant(side: Side) -> None:
    """One of everything; `side.ids` tells what stands for which parameter of an address."""
    for role in parties.roles():
        people(side, role)
    _places_and_readings(side)
    _case(side)
    public_side.reports_of(side)
    _office(side)
    _publications(side)
    public_side.news_of(side)
    _returns(side)
    _copy(side)
    _tables_and_work(side)
    _persons(side)
    _network(side)
    public_side.document_of(side)
    dossiers.plant(side)


def _places_and_readings(side: Side) -> None:
    letter = side.letter.lower()
    commune = places.place(side.commune)
    station = places.save_place(
        kind="asset", id=f"tram-{letter}", level="salinity_station", name_vi=f"Trạm {side.public}",
        name_en=f"Station {side.public}", longitude=commune.longitude, latitude=commune.latitude, parent=side.commune,
    )  # fmt: skip
    places.save_place(
        kind="facility", id=f"cho-{letter}", level="marketplace", name_vi=f"Chợ {side.public}", name_en=f"Market {side.public}",
        longitude=commune.longitude, latitude=commune.latitude, attributes={"opening_hours": "Mo-Su 05:00-18:00"},
    )  # fmt: skip
    at = clock.now() - timedelta(minutes=2)
    row = {"indicator": METER, "subject": station.urn, "observed_at": at.isoformat(), "value": 7.5, "source": SOURCE}
    observations.record([row], by=SYSTEM, channel="test")
    wrong = {**row, "indicator": "walk.unknown", "dimensions": {"note": side.secret}}
    observations.record([wrong], by=side.actor("engineer"), channel="test")
    assert observations.settle()
    (alert,) = [held for held in observations.alerts(within=side.commune) if held.rule == RULE]
    observations.note_alert(alert.urn, side.secret, by=side.actor("operator"))
    mine = f"walk.{letter}"
    own = RuleSpec(
        mine, METER, Text(f"Quy tắc {side.public}", f"Rule {side.public}"), Severity.MINOR, above=40.0,
        within=side.commune,
    )  # fmt: skip
    observations.save_rule(own, by=side.actor("engineer"))
    moment = clock.now()
    window = observations.start_maintenance(
        place=side.commune, from_at=moment, until_at=moment + timedelta(hours=1), reason=side.internal,
        by=side.actor("operator"),
    )  # fmt: skip
    side.ids |= {
        "station": station.urn,
        "market": f"cho-{letter}",
        "unit": commune.code,
        "alert": alert.urn.rpartition(":")[2],
        "rule": mine,
        "maintenance": str(window.id),
        "series": str(observations.series_of(subject=station.urn)[0].id),
        "rejected": str(observations.rejected()[0].id),
    }


def _case(side: Side) -> None:
    leader = side.actor("leader")
    citizen = parties.save_person(
        username=f"dan-{side.letter.lower()}", name=f"Dân {side.secret}", email="", organisation=None, grants=[]
    )
    more: dict[str, Any] = {"place": side.commune, "organisation": side.office}
    row = cases.open_case(type="incident", title=f"Vụ {side.secret}", by=leader, requester=citizen.urn, **more)
    cases.take(row.urn, by=leader)
    cases.comment(row.urn, text=f"Ghi chú {side.secret}", by=leader)
    cases.ask(row.urn, text=f"Hỏi {side.secret}", by=leader)
    cases.add_task(row.urn, title=f"Việc {side.secret}", organisation=side.office, by=leader)
    file = cases.attach(row.urn, content=f"tệp {side.secret}".encode(), name=f"{side.secret}.txt", by=leader)
    other = cases.open_case(type="incident", title=f"Vụ trùng {side.secret}", by=leader, **more)
    cases.join(other.urn, into=row.urn, by=leader)
    free = cases.open_case(type="incident", title=f"Vụ chưa ai nhận {side.secret}", by=leader, **more)
    side.ids |= {
        "case": row.number_text,
        "free": free.number_text,
        "question": str(cases.questions(row.urn)[0].number),
        "task": str(cases.tasks(row.urn)[0].number),
        "file": file.id,
        "token": files.signed_path(file.urn).removeprefix("/files/").partition("/")[0],
        "leaf": str(cases.acts(row.urn)[0].ledger_index),
    }


def _office(side: Side) -> None:
    leader = side.actor("leader")
    rule = cases.set_routing(
        type="incident", category="power", place=side.commune, organisation=side.office, by=leader, note=side.internal
    )  # fmt: skip
    start = clock.now() - timedelta(hours=1)
    person = side.actor("operator").urn
    shift = cases.add_shift(
        organisation=side.office, person=person, starts_at=start, ends_at=start + timedelta(hours=8), by=leader
    )
    text = cases.save_template(
        organisation=side.office, type="incident", use="comment", title=side.internal, text_vi=side.internal, by=leader
    )
    side.ids |= {"routing": str(rule.id), "shift": str(shift.id), "text": str(text.id)}


def _publications(side: Side) -> None:
    author, checker = side.actor("official"), side.actor("leader")
    for kind, word in (("draft", side.secret), ("published", side.public)):
        slug = f"{kind}-{side.letter.lower()}"
        words = {"vi": f"Tin {word}", "en": f"News {word}"}
        made = publications.create(
            slug=slug, kind="news", title=words, summary=words, body=BODY, by=author, place=side.commune,
            organisation=side.office,
        )  # fmt: skip
        side.ids[kind] = slug
        if kind == "published":
            publications.submit(slug, by=author)
            publications.approve(slug, revision=made.revision, by=checker)
            publications.publish(slug, by=checker)


def _returns(side: Side) -> None:
    official = side.actor("official")
    month = clock.today().replace(day=1)
    form = f"bieu-{side.letter.lower()}"
    reported.save_assignment(
        code=form, name_vi=f"Biểu {side.secret}", name_en=f"Form {side.secret}", organisation=side.office,
        place=side.commune, of_places=[side.commune], columns=[{"indicator": COUNT}], period="month", due_days=5,
        first_day=date(month.year - (month.month == 1), month.month - 1 or 12, 1), by=SYSTEM,
    )  # fmt: skip
    reported.open_returns()
    duty = next(row for row in reported.duties(actor=official) if row.assignment.code == form)
    cells = {(side.commune, 0): reported.Cell(7.0)}
    saved = reported.save_draft(duty.id, cells=cells, by=official, version=duty.version, explanation=side.secret)
    reported.submit(saved.id, by=official, version=saved.version)
    formula = f"walk.f{side.letter.lower()}"
    reported.save_formula(
        code=formula, name_vi="Công thức", name_en="Formula", unit="1", expression=COUNT, by=SYSTEM
    )  # fmt: skip
    side.ids |= {"return": str(saved.id), "form": form, "formula": formula}


def _tables_and_work(side: Side) -> None:
    table = importing.keep(b"a,b\n1,2\n", name=f"{side.secret}.csv", by=side.actor("engineer"))
    task = jobs.start(WORK, {"file": side.secret}, title=f"Việc nền {side.secret}", by=side.actor("official").urn)
    receiver = side.actor("official").urn
    words = {"form": side.secret, "period": "1", "remarks": side.secret}
    with transaction.atomic():
        notices.notify("reporting.returned", to=[receiver], key=f"walk:{side.letter}", params=words)
    notice = notices.inbox_of(side.actor("official"), kind="reporting.returned").rows[0]
    key, _secret = parties.issue_key(label=f"Khoá {side.secret}", owner=receiver, scopes=["cases.view"], by=SYSTEM)
    side.ids |= {"import": table.key, "job": task.id, "notice": str(notice.id), "key": key.id}


def _copy(side: Side) -> None:
    """Of an official's data, ready."""
    official = side.actor("official")
    copy = parties.personal.ask_copy(official.urn, by=official)
    jobs.run_due_tasks()
    side.ids["copy"] = str(copy.number)


def _network(side: Side) -> None:
    """A small planning area, and two scenarios that whoever plans there shares, one of them calculated."""
    engineer = side.actor("engineer")
    area = planning.area(side.commune, name=f"Vùng {side.secret}")
    raster = area.rasters.create(
        kind="people", name=f"{side.secret}.tif", sha256="0" * 64, size=1, by=engineer.urn, created_at=clock.now()
    )
    rows = [
        planning.scenario(area, engineer, masts=2, name=f"{name} {side.secret}") for name in ("Phương án", "Bản sao")
    ]
    for row in rows:
        network.share_scenario(scenario=row, shared=True, by=engineer)
    question = network_queries.question(rows[0])
    desk.calculate(question, hear=lambda done, of: None)
    side.ids |= {
        "area": str(area.pk),
        "raster": str(raster.pk),
        "scenario": str(rows[0].pk),
        "other_scenario": str(rows[1].pk),
        "mast": rows[0].masts.all()[0].code,
        "answer": question.digest,
    }


def _persons(side: Side) -> None:
    """Somebody whom nobody plays: name and address are secret outside the commune; a session, a key, an invitation."""
    from allauth.mfa.models import Authenticator
    from allauth.usersessions.models import UserSession

    name = f"nguoi-{side.letter.lower()}"
    parties.save_person(
        username=name, name=f"Bà {side.secret}", email=f"{side.secret}@example.vn", organisation=side.office,
        grants=[Grant("official", side.commune)], place=side.commune,
    )  # fmt: skip
    accounts = get_user_model().objects
    user = accounts.get(username=username("official", side.letter))
    session = UserSession.objects.create(
        user=user, ip="203.0.113.7", user_agent=f"Firefox/1 {side.secret}", session_key=f"walk{side.letter}", data={}
    )
    credential: dict[str, Any] = {"clientExtensionResults": {"credProps": {"rk": True}}}
    other = accounts.get(username=f"{user.username}-2")  # of nobody who visits: this key could not sign
    factor = Authenticator.objects.create(
        user=other, type=Authenticator.Type.WEBAUTHN, data={"name": side.secret, "credential": credential}
    )
    contact, consent = _told(side)
    encoded, token = account.invite(name, by=SYSTEM)
    urn = f"urn:dinh:person:{name}"
    at = clock.now() - timedelta(minutes=2)
    row = {"indicator": METER, "subject": urn, "observed_at": at.isoformat(), "value": 1.5, "source": SOURCE}
    observations.record([row], by=SYSTEM, channel="test")
    side.ids |= {
        "person": name,
        "person_series": str(observations.series_of(subject=urn)[0].id),
        "organisation": side.office.rpartition(":")[2],
        "session": str(session.pk),
        "factor": str(factor.pk),
        "contact": contact,
        "consent": consent,
        "invited": encoded,
        "invitation": token,
    }


def _told(side: Side) -> tuple[str, str]:
    """An address by which somebody signs in who does not visit, and a consent to tell who they are."""
    official = side.actor("official", second=True)
    at = clock.now()
    identity = parties.personal.IdentityRow(
        f"Bà {side.secret}", None, "", "999195000001", side.secret, "", "2", "VNeID", at
    )
    joining.add_contact(official.name, codes.Address("email", f"{side.secret}@hopthu.example"))
    parties.personal.save_identity(official.urn, identity)
    consent = parties.personal.consent(
        by=official, to=side.office, purpose="walk", words=Text(side.secret, side.secret),
        fields=["name"], until=at + timedelta(days=9),
    )  # fmt: skip
    return str(joining.contacts(official.name)[0][0]), str(consent.number)


@contextmanager
def alone() -> Iterator[None]:
    """Registers with nothing in them, whatever a walk before this one left there, and a ledger's key and checkpoints of
    its own: those that are left behind would belie the next test's ledger."""
    call_command("flush", interactive=False, verbosity=0)
    with tempfile.TemporaryDirectory(prefix="dinh-walk-") as name:
        folder = Path(name)
        with (
            override_settings(
                LEDGER_KEY=folder / "ledger_key", CHECKPOINTS=folder / "checkpoints", REGISTRATION=True, VNEID=SILENT
            ),
            planning.in_this_process(),
        ):
            yield


def seal() -> str:
    """Signs the ledger as it stands; the size it has."""
    jobs.deliver_pending()
    row = ledger.checkpoint()
    assert row is not None
    return str(row.size)
