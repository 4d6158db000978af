"""From a submission to a request with its case: pictures first, then all that touches registers in one transaction."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from PIL import Image

from dinh.kernel import clock
from dinh.kernel.errors import DinhError, Invalid
from dinh.kernel.manifests import Text, registry
from dinh.kernel.vietnamese_text import fold
from dinh.spine.cases import api as cases
from dinh.spine.files import api as files
from dinh.spine.files.api import Prepared
from dinh.spine.jobs import api as jobs
from dinh.spine.notices import api as notices
from dinh.spine.parties.api import SYSTEM
from dinh.spine.places import api as places
from dinh.spine.requests import categories, judging, models, telling
from dinh.spine.requests.api import FOLLOWED_FOR, Draft, ServiceRow
from dinh.spine.submissions.api import Submission

SMALL_PX: Final = 480
SHOWN: Final = "request.shown"
TITLE_WORDS: Final = 80
TOLD_A_DAY: Final = 5
"""Reports of one day of which an address that anybody may have written hears: nobody's telephone rings all night for reports that
somebody else hands in. The office has the address all the same, and the link works."""


@dataclass(frozen=True, slots=True)
class Pictures:
    """Each picture with its small one, and what is wrong with those that are none."""

    good: Sequence[tuple[Prepared, Prepared]]
    faults: Sequence[str]


def prepare(submission: Submission) -> Pictures:
    """A photo that cannot be read does not keep the report from its office."""
    good, faults = [], []
    for attachment in submission.files:
        try:
            whole = files.prepare(
                attachment.content(),
                name=attachment.name,
                accept=files.IMAGES,
                about=f"urn:dinh:request:{submission.number}",
            )
            good.append((whole, smaller(whole)))
        except Invalid as error:
            faults.append(error.message)
    return Pictures(good, faults)


def smaller(whole: Prepared) -> Prepared:
    """Of what was written anew by ourselves."""
    with Image.open(io.BytesIO(whole.content)) as picture:
        picture.thumbnail((SMALL_PX, SMALL_PX))
        out = io.BytesIO()
        picture.convert("RGB").save(out, "WEBP", quality=70, method=4)
    stem = whole.name.rpartition(".")[0] or whole.name
    return Prepared(out.getvalue(), f"{stem}-small.webp", "image/webp", picture.width, picture.height)


def draft_of(submission: Submission) -> Draft:
    return Draft(id=submission.id, **submission.payload)


def work(submission: Submission, pictures: Pictures) -> str:
    draft = draft_of(submission)
    row = categories.service(draft.category)
    number, urn = submission.number, f"urn:dinh:request:{submission.number}"
    unit = _unit(draft)
    title = _title(row, draft)
    case = cases.open_case(
        type=row.type,
        title=title.vi,
        title_en=title.en,
        by=SYSTEM,
        place=unit,
        severity="major" if row.danger else "minor",
        requester=urn,
        key=f"request:{submission.id}",
        category=row.code,
        fields=_fields(row, draft),
        simulated=draft.simulated,
    )
    held_for = judging.held_for(draft, submission)
    hidden = "check" if held_for else ""
    private = draft.private or row.private
    request = models.Request.objects.create(
        id=submission.id,
        number=number,
        case=case.urn,
        type=row.type,
        category=row.code,
        description=draft.description,
        search=fold(f"{number} {row.name.vi} {row.name.en} {draft.description} {draft.address}"),
        longitude=draft.longitude,
        latitude=draft.latitude,
        address=draft.address,
        unit=unit or "",
        at=submission.at,
        updated_at=clock.now(),
        private=private,
        hidden=hidden,
        held_for=" ".join(held_for),
        shown=not private and not hidden,
        source=draft.source,
        language=draft.language,
        sender=submission.sender,
        simulated=draft.simulated,
        person=draft.person,
        state=case.state,
        counts_as=case.counts_as,
        organisation=case.organisation or "",
        due_at=case.due_at,
    )
    _keep(request, pictures, by=draft.person, personal=private)
    reporter = models.Follower.objects.create(
        id=submission.id,
        request=request,
        role="reporter",
        name=draft.name,
        address=draft.person or _told_at(draft, submission.at),
        left=_left(draft) if draft.person else "",
        language=draft.language,
        since=submission.at,
        until=submission.at + FOLLOWED_FOR,
        confirmed_at=submission.at,
    )
    for fault in pictures.faults:
        cases.comment(case.urn, text=f"Một ảnh kèm theo không dùng được: {fault}", by=SYSTEM)
    telling.received(request, reporter)
    if request.shown:
        jobs.publish(SHOWN, {"number": number})
    return urn


def _left(draft: Draft) -> str:
    return notices.address(draft.email) or notices.address(draft.phone)


def _told_at(draft: Draft, at: datetime) -> str:
    address = _left(draft)
    today = models.Follower.objects.filter(address=address, role="reporter", since__gt=at - timedelta(days=1))
    return address if address and today.count() < TOLD_A_DAY else ""


def _unit(draft: Draft) -> str | None:
    """The commune of the point, else the unit that was named; neither may be known here."""
    if draft.longitude is not None and draft.latitude is not None:
        found = places.unit_at(draft.longitude, draft.latitude)
        if found is not None:
            return found.urn
    if draft.unit:
        try:
            return places.place(draft.unit).urn
        except DinhError:
            return None
    return None


def _title(row: ServiceRow, draft: Draft) -> Text:
    where = draft.address or " ".join(draft.description.split())[:TITLE_WORDS]
    return Text(f"{row.name.vi}: {where}", f"{row.name.en}: {where}") if where else row.name


def _fields(row: ServiceRow, draft: Draft) -> dict[str, Any]:
    """What the type has fields for."""
    spec = registry.case_type(row.type)
    known = spec.fields.get("properties", {}) if spec else {}
    told = {
        "description": draft.description, "address": draft.address, "reporter_name": draft.name,
        "reporter_contact": ", ".join(part for part in (draft.phone, draft.email) if part), **draft.answers,
    }  # fmt: skip
    return {name: value for name, value in told.items() if name in known and value not in ("", None)}


def _keep(request: models.Request, pictures: Pictures, *, by: str, personal: bool) -> None:
    for position, (whole, small) in enumerate(pictures.good, start=1):
        kept = [files.save(one, name=one.name, about=request.case, by=by, personal=personal) for one in (whole, small)]
        models.Photo.objects.update_or_create(
            request=request, position=position, defaults={"file": kept[0].urn, "small": kept[1].urn}
        )
