"""Reading requests: what anyone may see, and what moderators see within their reach."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import batched
from typing import Final

from django.db.models import Count, F, Q, QuerySet

from dinh.kernel import clock
from dinh.kernel.errors import NotFound
from dinh.kernel.manifests import CaseTypeSpec, Text, registry
from dinh.kernel.vietnamese_text import fold
from dinh.spine.cases import api as cases
from dinh.spine.cases.api import Act
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import Actor
from dinh.spine.places import api as places
from dinh.spine.prepared import Prepared
from dinh.spine.requests import models
from dinh.spine.requests.api import (
    HELD,
    MODERATE,
    TAKEN_OFF,
    Moment,
    PhotoRow,
    RequestPage,
    RequestQuery,
    RequestRow,
)

OPEN: Final = ("open", "waiting")
PART: Final = 500
METRES_A_DEGREE: Final = 111_320.0
"""Of latitude, on a sphere of the earth's mean radius."""
ORDERS: Final = {
    "-at": ("-at", "number"),
    "at": ("at", "number"),
    "-updated_at": ("-updated_at", "number"),
    "due_at": ("due_at", "number"),
}
_numbered = Prepared(str, lambda numbers: models.Request.objects.filter(number__in=numbers))
_pictured = Prepared(
    str,
    lambda numbers: (
        models.Photo.objects.filter(request__number__in=numbers).annotate(of=F("request__number")).order_by("position")
    ),
)
_heard = Prepared(
    str,
    lambda numbers: models.Voice.objects.filter(request__number__in=numbers).annotate(of=F("request__number")),
)
_changed_last = Prepared(
    str, lambda _: models.Request.objects.filter(shown=True).order_by("-updated_at").only("updated_at")[:1]
)
_withdrawn_last = Prepared(
    str,
    lambda _: (
        models.Request.objects.filter(withdrawn_at__isnull=False).order_by("-withdrawn_at").only("withdrawn_at")[:1]
    ),
)


def none(number: str) -> NotFound:
    return NotFound(
        "requests.none", "there is no public report '{number}'; look at the number again", number=number[:60]
    )


def request(number: str, actor: Actor | None) -> RequestRow:
    found = next(iter(_numbered([number])), None)
    if found is None or not (found.shown or (actor is not None and may_moderate(found, actor))):
        raise none(number)
    return rows([found])[0]


def may_moderate(found: models.Request, actor: Actor) -> bool:
    if parties.may(actor, MODERATE, place=found.unit or None):
        return bool(found.unit) or parties.may_everywhere(actor, MODERATE) or actor.organisation == found.organisation
    return bool(actor.organisation) and actor.organisation == found.organisation and parties.may(actor, MODERATE)


def reach(actor: Actor) -> Q | None:
    """A condition on requests that the actor may moderate; None is all of them."""
    if parties.may_everywhere(actor, MODERATE):
        return None
    areas = {grant.place for grant in actor.grants if grant.place and parties.may(actor, MODERATE, place=grant.place)}
    units = {row.urn for area in areas for row in places.area(area)} | areas
    found = Q(unit__in=sorted(units))
    if actor.organisation and parties.may(actor, MODERATE):
        found |= Q(organisation=actor.organisation)
    return found


def requests(query: RequestQuery, actor: Actor | None, total: int | None) -> RequestPage:
    found = _filtered(query, actor)
    if total is None:
        total = found.count()
    return RequestPage(rows(_page(found, query)), total)


def stamps(query: RequestQuery) -> Sequence[tuple[str, datetime]]:
    return list(_page(_filtered(query, None), query).values_list("number", "updated_at"))


def _page(found: QuerySet[models.Request], query: RequestQuery) -> QuerySet[models.Request]:
    return found.order_by(*ORDERS.get(query.order, ORDERS["-at"]))[query.offset : query.offset + query.limit]


def _filtered(query: RequestQuery, actor: Actor | None) -> QuerySet[models.Request]:
    found = models.Request.objects.all()
    if (query.everything or query.to_check or query.taken_off) and actor is not None:
        within = reach(actor)
        found = found.filter(erased_at__isnull=True) if within is None else found.filter(within, erased_at__isnull=True)
    elif query.person:
        found = found.filter(person=query.person, erased_at__isnull=True)
    else:
        found = found.filter(shown=True)
    if query.to_check:
        found = found.filter(hidden="check")
    if query.taken_off:
        found = found.filter(hidden__in=TAKEN_OFF)
    if query.held_for:
        found = found.filter(held_for__contains=query.held_for)
    if query.why:
        found = found.filter(hidden=query.why)
    for word in fold(query.text).split()[:8]:
        found = found.filter(search__contains=word)
    named = {
        "number__in": query.numbers, "category__in": query.categories, "unit__in": query.units, "organisation": query.organisation,
        "at__gte": query.since, "at__lt": query.until, "updated_at__gte": query.updated_since, "updated_at__lt": query.updated_until,
    }  # fmt: skip
    found = found.filter(**{name: value for name, value in named.items() if value})
    conditions = _statuses()
    if query.status in conditions:
        found = found.filter(conditions[query.status])
    box = query.box or (_around(*query.near) if query.near else None)
    if box is not None:
        west, south, east, north = box
        found = found.filter(latitude__gte=south, latitude__lte=north, longitude__gte=west, longitude__lte=east)
    return found


def _statuses() -> Mapping[str, Q]:
    return {
        "open": Q(counts_as__in=OPEN),
        "closed": ~Q(counts_as__in=OPEN),
        "fixed": Q(counts_as="done"),
        "unfixed": Q(counts_as="unfixed"),
        "late": Q(counts_as__in=OPEN, paused=False, due_at__lt=clock.now()),
    }


def counts(query: RequestQuery, actor: Actor | None) -> Mapping[str, int]:
    found = _filtered(replace(query, status=""), actor)
    each = Counter[str]()
    # Grouped, rather than an aggregate for each status: the same as the conditions of `_statuses`.
    late = Count("pk", filter=Q(paused=False, due_at__lt=clock.now()))
    for kind, count, overdue in found.order_by().values_list("counts_as").annotate(count=Count("pk"), late=late):
        going_on = kind in OPEN
        each[""] += count
        each["open" if going_on else "closed"] += count
        each["fixed"] += count if kind == "done" else 0
        each["unfixed"] += count if kind == "unfixed" else 0
        each["late"] += overdue if going_on else 0
    return each


def _around(longitude: float, latitude: float, metres: float) -> tuple[float, float, float, float]:
    up = metres / METRES_A_DEGREE
    across = up / max(math.cos(math.radians(latitude)), 0.01)
    return longitude - across, latitude - up, longitude + across, latitude + up


def metres_between(longitude: float, latitude: float, other_longitude: float, other_latitude: float) -> float:
    """On the plane that touches the earth there: right to 0.1 % within some kilometres."""
    across = (other_longitude - longitude) * math.cos(math.radians(latitude)) * METRES_A_DEGREE
    return math.hypot(across, (other_latitude - latitude) * METRES_A_DEGREE)


def nearby(
    longitude: float, latitude: float, *, category: str, metres: float, limit: int
) -> Sequence[tuple[RequestRow, float]]:
    west, south, east, north = _around(longitude, latitude, metres)
    found = models.Request.objects.filter(
        shown=True, counts_as__in=OPEN, joined_to="", latitude__range=(south, north), longitude__range=(west, east)
    )
    if category:
        found = found.filter(category=category)
    near = []
    for row in rows(found.order_by("-at")[:200]):
        assert row.longitude is not None
        assert row.latitude is not None
        distance = metres_between(longitude, latitude, row.longitude, row.latitude)
        if distance <= metres:
            near.append((row, distance))
    return sorted(near, key=lambda pair: pair[1])[:limit]


def out_of_sight(cases: Iterable[str]) -> frozenset[str]:
    found: set[str] = set()
    for part in batched(cases, PART):
        found.update(models.Request.objects.filter(case__in=part, shown=False).values_list("case", flat=True))
    return frozenset(found)


def changed_at() -> datetime | None:
    """Nothing of what was never public moves it: its hour would tell that there is something."""
    public = [row.updated_at for row in _changed_last(())]
    withdrawn = withdrawn_at()
    return max([*public, withdrawn] if withdrawn else public, default=None)


def withdrawn_at() -> datetime | None:
    latest: datetime | None = next((row.withdrawn_at for row in _withdrawn_last(())), None)
    return latest


def desk_counts(actor: Actor) -> Mapping[str, int]:
    within = reach(actor)
    found = models.Request.objects.filter(erased_at__isnull=True)
    waiting = Q(hidden="check")
    conditions = {
        "check": waiting,
        "hidden": Q(hidden__in=TAKEN_OFF),
        "all": Q(),
        **{f"check.{name}": waiting & Q(held_for__contains=name) for name in HELD},
        **{f"hidden.{why}": Q(hidden=why) for why in TAKEN_OFF},
    }
    each = {f"count_{place}": Count("pk", filter=condition) for place, condition in enumerate(conditions.values())}
    counted = (found if within is None else found.filter(within)).aggregate(**each)
    return {name: counted[f"count_{place}"] for place, name in enumerate(conditions)}


def rows(found: Iterable[models.Request]) -> Sequence[RequestRow]:
    listed = list(found)
    photos: dict[str, list[PhotoRow]] = {}
    for photo in _pictured([one.number for one in listed]):
        told = PhotoRow(photo.position, photo.file, photo.small, photo.shown, photo.after)
        photos.setdefault(photo.of, []).append(told)
    return [_row(one, photos.get(one.number, ())) for one in listed]


def _row(one: models.Request, photos: Sequence[PhotoRow]) -> RequestRow:
    spec = registry.case_type(one.type)
    category = spec.category(one.category) if spec else None
    return RequestRow(
        number=one.number,
        case=one.case,
        type=one.type,
        category=one.category,
        category_name=category.name if category else Text(one.category, one.category),
        description=one.description,
        longitude=one.longitude,
        latitude=one.latitude,
        address=one.address,
        unit=one.unit or None,
        at=one.at,
        updated_at=one.updated_at,
        private=one.private,
        hidden=one.hidden,
        shown=one.shown,
        source=one.source,
        language=one.language,
        simulated=one.simulated,
        state=one.state,
        state_name=_state_name(spec, one.state),
        counts_as=one.counts_as,
        organisation=one.organisation or None,
        due_at=one.due_at if one.due_at and one.due_at.year < 9999 else None,
        paused=one.paused,
        closed_at=one.closed_at,
        reason=one.reason,
        first_answer_at=one.first_answer_at,
        reopened=one.reopened,
        joined_to=one.joined_to or None,
        confirmed=one.confirmed,
        disputed=one.disputed,
        stars=one.stars,
        erased=one.erased_at is not None,
        photos=photos,
        external=one.external,
        held_for=one.held_for.split(),
        judged_by=one.judged_by,
        judged_at=one.judged_at,
    )


def _state_name(spec: CaseTypeSpec | None, code: str) -> Text:
    state = next((state for state in spec.states if state.code == code), None) if spec else None
    return state.name if state else Text(code, code)


# --- what happened ----------------------------------------------------------------


def timelines(rows: Sequence[RequestRow], *, moderator: bool) -> Mapping[str, Sequence[Moment]]:
    acts = cases.acts_of(row.case for row in rows)
    said: dict[str, list[Moment]] = {}
    for one in _heard([row.number for row in rows]):
        if one.shown or moderator:
            moment = Moment(one.at, one.what, one.text, role=one.role, stars=one.stars, id=one.pk, shown=one.shown)
            said.setdefault(one.of, []).append(moment)
    return {
        row.number: sorted(
            [*_acts(acts.get(row.case, ()), row, registry.case_type(row.type)), *said.get(row.number, ())],
            key=lambda moment: moment.at,
        )
        for row in rows
    }


def _acts(acts: Sequence[Act], found: RequestRow, spec: CaseTypeSpec | None) -> Iterable[Moment]:
    """Each with the office that had it then: the one now, and before every handing on the one that handed it on."""
    offices: list[str | None] = []
    office = found.organisation
    for act in reversed(acts):
        offices.append(office)
        if act.what == "handed_on":
            office = act.detail.get("from")
    counts = {state.code: state.counts_as for state in spec.states} if spec else {}
    for act, had in zip(acts, reversed(offices), strict=True):
        state = _state_name(spec, act.state)
        counts_as = counts.get(act.state, "")
        text = "" if act.erased else str(act.detail.get("text", ""))
        if act.what == "opened":
            yield Moment(found.at, "opened", organisation=had, state_name=state, counts_as=counts_as)
        elif act.what.startswith("transition:") or (act.what == "taken" and act.detail.get("to_state")):
            ends = counts_as not in OPEN
            again = act.what == "transition:reopen"
            reason = str(act.detail.get("reason", "")) if (ends or again) and not act.erased else ""
            yield Moment(
                act.at, "reopened" if again else "moved", reason, had, "" if act.by else "reporter", state, counts_as
            )
        elif act.what == "handed_on":
            yield Moment(act.at, "handed_on", "", act.detail.get("to"), state_name=state, counts_as=counts_as)
        elif act.what == "replied":
            yield Moment(act.at, "replied", text, had, counts_as=counts_as)
        elif act.what in ("asked", "answered", "joined", "split"):
            yield Moment(act.at, act.what, "", had, counts_as=counts_as)
