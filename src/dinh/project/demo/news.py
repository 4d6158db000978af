"""Simulated feeds and one warning of the administration, an exercise, so that no page of the news is empty. Done again it
adds nothing but a new exercise where the last one is over."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.conf import settings

from dinh.kernel import clock
from dinh.kernel.manifests import registry
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import SYSTEM, Actor, Grant
from dinh.spine.publications import api as publications

WRITES: Final = "demo-official"
CHECKS: Final = "demo-leader"
COMMUNES: Final = ("31783", "31795", "31810")


def declare() -> None:
    """Nothing where the news are left out."""
    if any(manifest.slug == "local_news" for manifest in registry.manifests()):
        _feeds()
        _warning()


def _feeds() -> None:
    from dinh.systems.local_news import examples
    from dinh.systems.local_news.actions import feeds
    from dinh.systems.local_news.queries import feeds as known

    there = {row.address for row in known.feeds(actor=SYSTEM)}
    for name_vi, name_en, address, kind, every in (
        ("Báo Sóc Trăng (mô phỏng)", "Sóc Trăng newspaper (simulated)", examples.PAPER, "media", 15),
        ("Tin nông nghiệp (mô phỏng)", "News of agriculture (simulated)", examples.OFFICE, "administration", 60),
        ("Đài khí tượng (mô phỏng)", "Weather office (simulated)", examples.WARNINGS, "warnings", 10),
    ):
        if address not in there:
            described = feeds.Described(name_vi, name_en, address, kind, str(settings.AREA), every_min=every)
            feeds.save(described, by=SYSTEM, simulated=True)


def _warning() -> None:
    from dinh.systems.local_news.actions import warnings
    from dinh.systems.local_news.queries import alerts, placing

    communes = [urn for urn, row in placing.ground().communes.items() if row.code in COMMUNES]
    if not communes or any(row.own for row in alerts.in_force()):
        return
    writer, checker = _actor(WRITES), _actor(CHECKS)
    now = clock.now().replace(microsecond=0)
    made = warnings.write(
        warnings.Draft(
            title={"vi": "Diễn tập: cắt điện luân phiên tại Vĩnh Châu", "en": "Exercise: power is cut by turns in Vĩnh Châu"},
            text={
                "vi": "Đây là tin diễn tập. Trạm biến áp Vĩnh Châu gặp sự cố; điện được cắt luân phiên theo khu vực, mỗi lần hai giờ.",
                "en": "This is an exercise. The substation of Vĩnh Châu has a fault; power is cut by turns, two hours at a time.",
            },
            event={"vi": "Mất điện", "en": "Power cut"},
            instruction={
                "vi": "Rút phích cắm thiết bị không dùng. Báo điện lực khi có người dùng máy thở tại nhà.",
                "en": "Unplug what you do not use. Tell the power company where somebody at home depends on a breathing machine.",
            },
            category="Infra", severity="Moderate", urgency="Expected", certainty="Observed", response="Prepare",
            begins=now, ends=now + timedelta(days=3), areas=sorted(communes), exercise=True,
        ),
        by=writer,
    )  # fmt: skip
    publications.submit(made.slug, by=writer)
    warnings.issue(made.slug, revision=made.revision, by=checker)


def _actor(username: str) -> Actor:
    row = parties.person(username)
    return Actor(
        urn=row.urn, name=row.name, grants=tuple(Grant(grant.role, grant.place) for grant in row.grants),
        organisation=row.organisation, is_staff=True,
    )  # fmt: skip
