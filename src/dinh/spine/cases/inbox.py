"""Many cases at once: queues, filters, figures; now, or as it was at a past moment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from statistics import median
from typing import Any, Final

from django.db.models import Count, F, Q, QuerySet

from dinh.kernel import clock
from dinh.kernel.errors import Invalid
from dinh.kernel.manifests import registry
from dinh.kernel.vietnamese_text import fold
from dinh.spine.cases import api, domain, models, scope
from dinh.spine.cases.rows import row_of
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import Actor

MOST_ROWS: Final = 1000
_ORDERS: Final = {
    "due_at": ("deadline_at", "number"),
    "opened_at": ("opened_at", "number"),
    "severity": ("severity_rank", "deadline_at", "number"),
    "number": ("number",),
}
_NO: Final = (False,)
_YES: Final = (True,)
"""With `in`: SQLite finds no index for a bare NOT."""
_MOVING: Final = frozenset({"deadline_at", "due_at", "state", "owner"})


class _Moment:
    """Where the fields are: in the cases now, or in the acts that were the newest ones at `at`."""

    def __init__(self, at: datetime | None) -> None:
        self.now = at or clock.now()
        self.past = at is not None
        self.fixed = "case__" if self.past else ""

    def rows(self) -> QuerySet[Any]:
        if not self.past:
            return models.Case.objects.all()
        standing = Q(until__isnull=True) | Q(until__gt=self.now)
        return models.Act.objects.filter(standing, at__lte=self.now).select_related("case")

    def row_of(self, found: Any) -> api.CaseRow:
        return row_of(found.case, found) if self.past else row_of(found)

    def queues(self, actor: Actor) -> dict[str, Q]:
        """A condition for each queue."""
        return {
            "all": Q(),
            "mine": Q(owner=actor.urn) if actor.urn else Q(pk__in=[]),
            "unowned": Q(owner="", final=False),
            "due_soon": Q(final=False, deadline_at__gte=self.now, deadline_at__lt=self.now + domain.SOON),
            "overdue": Q(final=False, deadline_at__lt=self.now),
        }


def cases(query: api.CaseQuery, *, actor: Actor) -> api.CasePage:
    """Three queries at most, whatever is asked."""
    parties.require(actor, "cases.view")
    moment = _Moment(query.at)
    found = _filtered(moment, query, actor)
    queues = moment.queues(actor)
    if query.queue not in queues:
        raise Invalid(
            "cases.no_queue",
            "there is no queue '{queue}'; there are {queues}",
            queue=query.queue,
            queues=", ".join(queues),
        )
    counts = found.order_by().aggregate(
        **{
            f"n_{name}": Count("pk", filter=condition) if name != "all" else Count("pk")
            for name, condition in queues.items()
        }
    )
    counted = {name: counts[f"n_{name}"] for name in queues}
    start = max(0, query.offset)
    end = start + min(max(0, query.limit), MOST_ROWS)
    rows = found.filter(queues[query.queue]).order_by(*_order(moment, query))[start:end]
    return api.CasePage(rows=tuple(moment.row_of(row) for row in rows), total=counted[query.queue], counts=counted)


def _filtered(moment: _Moment, query: api.CaseQuery, actor: Actor) -> QuerySet[Any]:
    fixed = moment.fixed
    found = moment.rows()
    states = set(query.states)
    if states and states <= set(domain.OPEN):
        found = found.filter(final__in=_NO)
    elif states and states <= set(domain.ENDED):
        found = found.filter(final__in=_YES)
    if states and states not in ({*domain.OPEN}, {*domain.ENDED}):
        found = found.filter(counts_as__in=states)
    for word in fold(query.text).split():
        found = found.filter(**{f"{fixed}search__contains": word})
    if query.within:
        found = found.filter(in_area(query.within, fixed))
    if query.organisation:
        found = found.filter(organisation=query.organisation)
    if query.type:
        found = found.filter(**{f"{fixed}type": query.type})
    if query.types:
        found = found.filter(**{f"{fixed}type__in": query.types})
    if query.severity:
        found = found.filter(**{f"{fixed}severity": query.severity})
    seen = scope.visible(actor, fixed=fixed)
    return found if seen is None else found.filter(seen)


def in_area(urn: str, fixed: str) -> Q:
    if urn.startswith("urn:dinh:unit:"):
        return Q(**{f"{fixed}unit__in": scope.units_within(urn)})
    return Q(**{f"{fixed}place": urn})


def _order(moment: _Moment, query: api.CaseQuery) -> Sequence[Any]:
    """Ended cases have no deadline and come last; where there are none, the index gives the order."""
    order = query.order
    last = None if set(query.states) <= set(domain.OPEN) and query.states else True
    name = order.removeprefix("-")
    if name not in _ORDERS:
        raise Invalid(
            "cases.no_order",
            "cases cannot be ordered by '{order}'; give {orders}, with '-' for the opposite",
            order=order,
            orders=", ".join(_ORDERS),
        )
    falling = order.startswith("-")
    found = []
    for field in _ORDERS[name]:
        path = field if field in _MOVING else f"{moment.fixed}{field}"
        if field == "deadline_at":
            found.append(F(path).desc(nulls_last=last) if falling else F(path).asc(nulls_last=last))
        else:
            found.append(F(path).desc() if falling else F(path).asc())
    return found


def figures(*, within: str | None, at: datetime | None, window: timedelta, reports: bool) -> api.WorkFigures:
    moment = _Moment(at)
    left_out = [] if reports else [spec.code for spec in registry.case_types() if spec.public or spec.alone]

    def place(fixed: str) -> Q:
        return (in_area(within, fixed) if within else Q()) & ~Q(**{f"{fixed}type__in": left_out})

    counts = (
        moment.rows()
        .filter(place(moment.fixed), final__in=_NO)
        .aggregate(
            open=Count("pk"),
            unowned=Count("pk", filter=Q(owner="")),
            overdue=Count("pk", filter=Q(deadline_at__lt=moment.now)),
        )
    )
    since = moment.now - window
    here = models.Case.objects.filter(place(""))
    owned = here.filter(owned_at__gt=since, owned_at__lte=moment.now).values_list("opened_at", "owned_at")
    waits = [(to - since_opening).total_seconds() / 60 for since_opening, to in owned if to is not None]
    closed = here.filter(closed_at__gt=since, closed_at__lte=moment.now).aggregate(
        all=Count("pk"), on_time=Count("pk", filter=Q(closed_at__lte=F("due_at")))
    )
    return api.WorkFigures(
        open=counts["open"],
        unowned=counts["unowned"],
        overdue=counts["overdue"],
        minutes_to_owner=median(waits) if waits else None,
        on_time=closed["on_time"] / closed["all"] if closed["all"] else None,
        window=window,
    )
