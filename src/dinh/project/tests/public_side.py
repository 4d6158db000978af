"""What people hand in and are given, in a planted province: reports, news and warnings, papers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.apps import apps

from dinh.kernel.errors import Invalid
from dinh.kernel.manifests import Text
from dinh.project.tests.sides import (
    PAPER,
    Side,
)
from dinh.spine.cases import api as cases
from dinh.spine.documents import api as documents
from dinh.spine.jobs import api as jobs
from dinh.spine.places import api as places
from dinh.spine.publications import api as publications
from dinh.spine.requests import api as requests
from dinh.spine.requests.api import Draft
from dinh.spine.submissions import api as submissions
from dinh.systems.citizen_app.tests.world import picture
from dinh.systems.local_news.actions import alerts, feeds, warnings
from dinh.systems.local_news.exports import cap_writing
from dinh.systems.local_news.feeds import fetching
from dinh.systems.local_news.queries import alerts as news_queries
from dinh.systems.local_news.tests import factories as news
from dinh.web import typesetting


def reports_of(side: Side) -> None:
    """One in public with a photo and a neighbour's words, one that is private, one that nobody could work off."""
    commune = places.place(side.commune)
    point = {"longitude": commune.longitude, "latitude": commune.latitude}
    given: dict[str, Any] = {
        "category": "road_damage",
        "answers": {"size": "large"},
        "name": f"Dân {side.secret}",
        **point,
    }
    link, number = report(side, 0, f"Ổ gà {side.public}", photo=True, **given)
    report(side, 1, f"Chuyện {side.secret}", photo=True, private=True, **given)
    with unworkable():
        refused = requests.hand_in(Draft(id=report_id(side, 2), description=f"Hỏng {side.secret}", **given)).id
        submissions.work_off()
    requests.comment(link, text=f"Lời {side.public}")
    for category in ("", "street_light"):
        requests.subscribe(address=f"{side.secret}@example.vn", unit=side.commune, category=category, language="vi")
    subscriptions = {
        row.category: row.pk for row in apps.get_model("requests", "Subscription").objects.filter(unit=side.commune)
    }
    requests.confirm_subscription(subscriptions["street_light"])
    voice = next(moment.id for moment in requests.timeline(requests.request(number)) if moment.what == "comment")
    side.ids |= {
        "report": number,
        "report_link": str(link),
        "report_case": requests.request(number).case.rpartition(":")[2],
        "voice": str(voice),
        "refused": str(refused),
        "subscription": str(subscriptions[""]),
        "confirmed_subscription": str(subscriptions["street_light"]),
    }


def report_id(side: Side, number: int) -> UUID:
    return uuid5(NAMESPACE_URL, f"{side.letter}-{number}")


def report(side: Side, number: int, words: str, *, photo: bool = False, **given: Any) -> tuple[UUID, str]:
    """Handed in and worked off; its link and number."""
    draft = Draft(id=report_id(side, number), description=words, sender=f"{side.letter}-{number}", **given)
    receipt = requests.hand_in(draft, [("anh.jpg", picture())] if photo else [])
    submissions.work_off()
    jobs.deliver_pending()
    return receipt.id, receipt.number


@contextmanager
def unworkable() -> Iterator[None]:
    """No case can be opened meanwhile."""

    def refuse(**_: Any) -> None:
        raise Invalid("cases.no_type", "there is no kind of case '{code}'; there are {codes}", code="x", codes="y")

    opened, cases.open_case = cases.open_case, refuse  # type: ignore[assignment]
    try:
        yield
    finally:
        cases.open_case = opened


def news_of(side: Side) -> None:
    """A feed with an item, a message that came by it, and two warnings of the commune: one told, one still written."""
    author, checker = side.actor("official"), side.actor("leader")
    letter = side.letter.lower()
    number = feeds.save(
        feeds.Described(
            f"Báo {side.public}", "", f"https://bao-{letter}.example.vn/", "media", side.commune, licence=side.secret
        ),
        by=author,
    )
    item = f"<item><title>Tin {side.public}</title><link>https://bao.example.vn/{letter}</link></item>"
    text = f'<rss version="2.0"><channel>{item}</channel></rss>'.encode()
    feeds.take(number, feeds.Came(fetching.Fetched(text, "https://bao.example.vn/")))
    got = alerts.receive(
        cap_writing.write(news.message(f"walk-{letter}", areas=news.area_of(side.commune))), channel="desk"
    )
    told, written = (
        warnings.write(news.draft(title={"vi": f"Tin {word}", "en": f"News {word}"}, areas=[side.commune]), by=author)
        for word in (side.public, side.secret)
    )
    publications.submit(told.slug, by=author)
    warnings.issue(told.slug, revision=told.revision, by=checker)
    warnings.take_published(told.slug, 1)
    (own,) = news_queries.own_of(told.slug)
    side.ids |= {
        "feed": str(number), "received": str(got.number), "warning": written.slug, "own_message": str(own.number),
    }  # fmt: skip


def document_of(side: Side) -> None:
    row = documents.issue(
        kind=PAPER, about=f"urn:dinh:case:{side.ids['case']}", title=Text(f"Giấy {side.public}", f"Paper {side.public}"),
        organisation=side.office, by=side.actor("leader"), personal=True, holder=side.secret,
        render=lambda stamp: typesetting.typeset(
            '#set document(title: "x")\n= x', {"dated": stamp.issued_at.isoformat()}
        ),
    )  # fmt: skip
    side.ids["document"] = row.code.replace("-", "")
