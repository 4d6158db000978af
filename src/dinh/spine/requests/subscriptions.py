"""Whoever wants to hear of new public requests."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from dinh.kernel import clock
from dinh.kernel.errors import Invalid, NotFound
from dinh.kernel.masking import masked_address
from dinh.spine.jobs.api import Event
from dinh.spine.notices import api as notices
from dinh.spine.parties.api import PERSON
from dinh.spine.places import api as places
from dinh.spine.requests import categories, models, telling
from dinh.spine.requests.api import SubscriptionRow


@transaction.atomic
def subscribe(*, address: str, person: str, unit: str, category: str, language: str) -> None:
    known = person or notices.address(address)
    if not person and not known.startswith("mailto:"):
        raise Invalid(
            "requests.mail", "'{address}' is no e-mail address; write it like ten@example.vn", address=address[:80]
        )
    area = places.place(unit) if unit else None
    if category:
        categories.service(category)
    now = clock.now()
    row, _ = models.Subscription.objects.get_or_create(
        address=known,
        unit=unit,
        category=category,
        defaults={
            "id": uuid.uuid4(), "language": language, "since": now,
            "confirmed_at": now if person else None,
        },
    )  # fmt: skip
    if row.confirmed_at is None:
        service = categories.service(category) if category else None
        what = {
            "vi": ", ".join(
                word for word in (service.name.vi if service else "mọi loại", area.full_name_vi if area else "") if word
            ),
            "en": ", ".join(
                word
                for word in (service.name.en if service else "everything", area.full_name_en if area else "")
                if word
            ),
        }
        notices.notify(
            "request.subscribe", to=[known], key=f"subscription#{row.pk}#{now:%Y%m%d%H}",
            params={"what": what, "link": telling.link("subscription", row.pk)}, language=language,
        )  # fmt: skip


def confirm(id: UUID) -> tuple[str, str]:
    row = models.Subscription.objects.filter(pk=id).first()
    if row is None:
        raise NotFound("requests.no_link", "this link leads to nothing; look up the report by its number")
    if row.confirmed_at is None:
        row.confirmed_at = clock.now()
        row.save(update_fields=["confirmed_at"])
    return row.unit, row.category


def of_person(person: str, mail: str) -> Sequence[SubscriptionRow]:
    addresses = [person, *([f"mailto:{mail}"] if mail else [])]
    return _rows(models.Subscription.objects.filter(address__in=addresses))


def beside(id: UUID) -> Sequence[SubscriptionRow]:
    return _rows(models.Subscription.objects.filter(address=_confirmed(id).address, confirmed_at__isnull=False))


@transaction.atomic
def change(id: UUID, *, unit: str, category: str) -> UUID:
    row = _confirmed(id)
    if unit:
        places.place(unit)
    if category:
        categories.service(category)
    same = models.Subscription.objects.filter(address=row.address, unit=unit, category=category).exclude(pk=id).first()
    if same is not None:
        same.confirmed_at = same.confirmed_at or clock.now()
        same.save(update_fields=["confirmed_at"])
        row.delete()
        return same.pk
    row.unit, row.category = unit, category
    row.save(update_fields=["unit", "category"])
    return row.pk


def _confirmed(id: UUID) -> models.Subscription:
    row = models.Subscription.objects.filter(pk=id, confirmed_at__isnull=False).first()
    if row is None:
        raise NotFound("requests.no_link", "this link leads to nothing; look up the report by its number")
    return row


def _rows(found: QuerySet[models.Subscription]) -> Sequence[SubscriptionRow]:
    return [
        SubscriptionRow(
            id=row.pk,
            unit=row.unit,
            category=row.category,
            way="account" if row.address.startswith(PERSON) else "mail",
            address=masked_address(row.address).partition(":")[2] if row.address.startswith("mailto:") else "",
            since=row.since,
            confirmed_at=row.confirmed_at,
        )
        for row in found.order_by("-since", "pk")
    ]


def unsubscribe(id: UUID) -> None:
    models.Subscription.objects.filter(pk=id).delete()


def shown(event: Event) -> None:
    """A request came into public view: whoever subscribed hears of it, once."""
    request = models.Request.objects.filter(number=event.payload["number"], shown=True).first()
    if request is None:
        return
    wanted = Q(unit__in={"", request.unit}) & Q(category__in={"", request.category}) & Q(confirmed_at__isnull=False)
    name = categories.service(request.category).name
    where = request.address or ""
    title = {"vi": f"{name.vi}, {where}" if where else name.vi, "en": f"{name.en}, {where}" if where else name.en}
    heard: set[str] = {request.person}
    for row in models.Subscription.objects.filter(wanted).order_by("since"):
        if row.address in heard:
            continue
        heard.add(row.address)
        notices.notify(
            "request.nearby", to=[row.address], key=f"{request.number}#nearby#{row.pk}",
            params={
                "title": title, "number": request.number, "link": telling.link("request", request.number),
                "stop": telling.link("unsubscribe", row.pk),
            },
            language=row.language,
        )  # fmt: skip
