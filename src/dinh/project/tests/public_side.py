"""What people hand in and are given, in a planted province: reports, news and warnings, papers, dossiers."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.apps import apps
from PIL import Image

from dinh.kernel.errors import Invalid
from dinh.kernel.manifests import Text
from dinh.project.tests.sides import (
    PAPER,
    PROCEDURE,
    Side,
)
from dinh.spine.cases import api as cases
from dinh.spine.documents import api as documents
from dinh.spine.jobs import api as jobs
from dinh.spine.parties.api import Actor
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
from dinh.systems.public_services.actions import attaching, catalogue, drafts, handing_in
from dinh.systems.public_services.actions import desk as services
from dinh.systems.public_services.domain import folders as procedures
from dinh.systems.public_services.feeds.national import Fact
from dinh.systems.public_services.models import Attachment
from dinh.systems.public_services.models import Draft as DossierDraft
from dinh.systems.public_services.queries import access
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
    requests.subscribe(address=f"{side.secret}@example.vn", unit=side.commune, category="", language="vi")
    voice = next(moment.id for moment in requests.timeline(number) if moment.what == "comment")
    side.ids |= {
        "report": number,
        "report_link": str(link),
        "report_case": requests.request(number).case.rpartition(":")[2],
        "voice": str(voice),
        "refused": str(refused),
        "subscription": str(apps.get_model("requests", "Subscription").objects.get(unit=side.commune).pk),
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


def service_draft(side: Side, by: Actor, *, counter: bool, number: int) -> tuple[DossierDraft, Attachment]:
    """Complete, with a paper of its own; at the counter by an official, else of somebody with an account."""
    procedure = procedures.procedure(PROCEDURE)
    answers = {
        "full_name": f"Ông {side.secret}", "birth_date": "1990-02-03", "sex": "nam", "id_number": "092188001234",
        "residence": f"Ấp {side.secret}", "status": "chua", "purpose": "khac", "purpose_words": f"Vay {side.secret}", "again": True,
        "relation": "ban_than", "fee_group": "khong", "agreed": True,
    }  # fmt: skip
    draft = drafts.begin(procedure, place=side.commune, by=by, language="vi", counter=counter)
    drafts.save(draft, answers, base=0)
    draft = drafts.set_applicant(
        draft, name=f"Ông {side.secret}", email=f"{side.secret}@example.vn", phone="+84912345678", acting="self", acting_for=""
    )  # fmt: skip
    picture = io.BytesIO()
    Image.new("RGB", (40 + number, 30)).save(picture, "JPEG")
    file = attaching.attach(
        draft, procedure, "earlier", content=picture.getvalue(), name=f"{side.secret}.jpg", by=by.urn
    )
    return draft, file


def dossiers_of(side: Side) -> None:
    """A dossier that was returned, of somebody with an account, and a draft that an official is taking in at the counter."""
    official = side.actor("official")
    handed_in, paper = service_draft(side, side.actor("auditor"), counter=False, number=0)
    begun, begun_paper = service_draft(side, official, counter=True, number=1)
    row = handing_in.hand_in_at_once(handed_in)
    services.take(row, by=official)
    services.save_findings(
        row, [services.Found("document", "earlier", False, f"Mờ {side.secret}", "Chụp lại")], by=official
    )
    services.send_back(row, by=official)
    catalogue.take_in([national(0)])
    side.ids |= {
        "dossier": str(row.pk),
        "dossier_number": row.number,
        "dossier_code": access.code_of(row),
        "dossier_paper": str(paper.pk),
        "service_draft": str(begun.pk),
        "service_draft_paper": str(begun_paper.pk),
    }


def national(number: int) -> Fact:
    code = f"1.9{number:05d}" if number else "1.004873"
    return Fact(code, f"Thủ tục {number}", "Hộ tịch", "", "Cấp xã", "", "", "", (), (), "")
