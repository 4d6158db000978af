"""What people ask of the administration: reports from the public, each with its case, its place and its public side.

A request is handed in (`submissions`), becomes a case of a public type, and is followed by whoever reported it and by
neighbours. Its categories are those of the public case types. Public readers see what is `shown`; the id of a request is the
reporter's secret link, its number is for everybody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from dinh.spine.requests.rows import (
    FEWEST as FEWEST,
)
from dinh.spine.requests.rows import (
    FOLLOWED_FOR as FOLLOWED_FOR,
)
from dinh.spine.requests.rows import (
    HELD as HELD,
)
from dinh.spine.requests.rows import (
    KIND as KIND,
)
from dinh.spine.requests.rows import (
    MODERATE as MODERATE,
)
from dinh.spine.requests.rows import (
    MOST_PHOTOS as MOST_PHOTOS,
)
from dinh.spine.requests.rows import (
    TAKEN_OFF as TAKEN_OFF,
)
from dinh.spine.requests.rows import (
    DepartmentFigures as DepartmentFigures,
)
from dinh.spine.requests.rows import (
    Draft as Draft,
)
from dinh.spine.requests.rows import (
    FollowedRow as FollowedRow,
)
from dinh.spine.requests.rows import (
    ImportReport as ImportReport,
)
from dinh.spine.requests.rows import (
    Moment as Moment,
)
from dinh.spine.requests.rows import (
    PastRequest as PastRequest,
)
from dinh.spine.requests.rows import (
    PhotoRow as PhotoRow,
)
from dinh.spine.requests.rows import (
    RequestPage as RequestPage,
)
from dinh.spine.requests.rows import (
    RequestQuery as RequestQuery,
)
from dinh.spine.requests.rows import (
    RequestRow as RequestRow,
)
from dinh.spine.requests.rows import (
    ServiceRow as ServiceRow,
)
from dinh.spine.requests.rows import (
    SubscriptionRow as SubscriptionRow,
)

if TYPE_CHECKING:
    from dinh.spine.parties.api import Actor
    from dinh.spine.submissions.api import Receipt


# --- categories ---------------------------------------------------------------------


def services() -> Sequence[ServiceRow]:
    """In the order of their manifests."""
    from dinh.spine.requests import categories

    return categories.services()


def service(code: str) -> ServiceRow:
    """Raises NotFound `requests.no_category`."""
    from dinh.spine.requests import categories

    return categories.service(code)


def suggest(text: str, *, limit: int = 3) -> Sequence[ServiceRow]:
    """Categories that the words speak of, best first, diacritics folded; nothing where none is near."""
    from dinh.spine.requests import categories

    return categories.suggest(text, limit)


# --- handing in -----------------------------------------------------------------------


def check(draft: Draft) -> None:
    """Raises Invalid `requests.incomplete` with `fields` (name: what is wrong), NotFound `requests.no_category`."""
    from dinh.spine.requests import handing

    handing.check(draft)


def hand_in(draft: Draft, photos: Sequence[tuple[str, bytes]] = ()) -> Receipt:
    """Checked and on the disk when it returns; the request and its case follow by themselves. Photos are name and bytes.
    Raises as `check`, Invalid `requests.photos`, and as `submissions.accept`."""
    from dinh.spine.requests import handing

    return handing.hand_in(draft, photos)


def import_past(rows: Iterable[PastRequest], *, source: str, by: Actor) -> ImportReport:
    """Takes over reports of another system with their real times; those that are there already by `source` and id are left."""
    from dinh.spine.requests import past

    return past.import_past(rows, source=source, by=by)


# --- reading ---------------------------------------------------------------------------


def request(number: str, *, actor: Actor | None = None) -> RequestRow:
    """Raises NotFound `requests.none`, in the same words for what is not public and not within the actor's reach."""
    from dinh.spine.requests import queries

    return queries.request(number, actor)


def requests(query: RequestQuery, *, actor: Actor | None = None, total: int | None = None) -> RequestPage:
    """In a fixed number of queries; what is not public only for moderators, within their reach. `total` where it is known."""
    from dinh.spine.requests import queries

    return queries.requests(query, actor, total)


def stamps(query: RequestQuery) -> Sequence[tuple[str, datetime]]:
    """Number and last change of what `requests` finds in public: as long as they are the same, so is what is shown of it."""
    from dinh.spine.requests import queries

    return queries.stamps(query)


def counts(query: RequestQuery, *, actor: Actor | None = None) -> Mapping[str, int]:
    """How many there are of each status ('' is all), one query; `query.status` is not looked at."""
    from dinh.spine.requests import queries

    return queries.counts(query, actor)


def nearby(
    longitude: float, latitude: float, *, category: str = "", metres: float = 150.0, limit: int = 5
) -> Sequence[tuple[RequestRow, float]]:
    """Open public requests near a point with their distance in metres, nearest first."""
    from dinh.spine.requests import queries

    return queries.nearby(longitude, latitude, category=category, metres=metres, limit=limit)


def timeline(row: RequestRow, *, moderator: bool = False) -> Sequence[Moment]:
    """Oldest first; what officials say among themselves is not in it."""
    from dinh.spine.requests import queries

    return queries.timelines([row], moderator=moderator)[row.number]


def timelines(rows: Sequence[RequestRow]) -> Mapping[str, Sequence[Moment]]:
    """Of many, in a fixed number of queries."""
    from dinh.spine.requests import queries

    return queries.timelines(rows, moderator=False)


def figures(*, units: Sequence[str] = (), since: datetime, until: datetime) -> Sequence[DepartmentFigures]:
    from dinh.spine.requests import figures as room

    return room.figures(units=units, since=since, until=until)


def desk_counts(*, actor: Actor) -> Mapping[str, int]:
    """Within the reach of a moderator: check, hidden, all; check.<one of HELD>, hidden.<one of TAKEN_OFF>. One query."""
    from dinh.spine.requests import queries

    return queries.desk_counts(actor)


def out_of_sight(cases: Iterable[str]) -> frozenset[str]:
    """Those of the cases whose request is not public: in no figure that anybody may read."""
    from dinh.spine.requests import queries

    return queries.out_of_sight(cases)


def changed_at() -> datetime | None:
    """When anything public last changed; for caches."""
    from dinh.spine.requests import queries

    return queries.changed_at()


def withdrawn_at() -> datetime | None:
    """When something last left the public pages, in whichever process; what was kept of them before is not given out any more."""
    from dinh.spine.requests import queries

    return queries.withdrawn_at()


def on_withdrawn(listener: Callable[[], None]) -> None:
    """Called in this process, in its own thread of work, once the change is on the disk. For AppConfig.ready."""
    from dinh.spine.requests import withdrawing

    withdrawing.listeners.append(listener)


# --- following ---------------------------------------------------------------------------


def followed(id: UUID) -> FollowedRow:
    """Raises NotFound `requests.no_link`, Refused `requests.link_over` with `number`, and `account` where it is of one."""
    from dinh.spine.requests import following

    return following.followed(id)


def follow(number: str, *, address: str = "", person: str = "", language: str) -> None:
    """A neighbour has the same trouble: to an address that somebody wrote goes a link that confirms it; a person who is signed
    in, by URN, needs none. Raises NotFound, Invalid `requests.address`."""
    from dinh.spine.requests import following

    following.follow(number, address=address, person=person, language=language)


def send_link_again(number: str, *, address: str) -> None:
    """A link that makes following work again, to an address that follows the request, that its reporter's account has proven or
    that the reporter left; for any other nothing happens, and nobody learns of it."""
    from dinh.spine.requests import following

    following.send_link_again(number, address=address)


def follow_again(id: UUID, sign: str) -> None:
    """What such a link brings: following works for 30 days more. Quiet where the sign is none, or older than three days."""
    from dinh.spine.requests import following

    following.again(id, sign)


def own_link(number: str, *, person: str) -> UUID:
    """Of the reporter who is signed in: works for 30 days from now. Raises NotFound `requests.none` for anybody else."""
    from dinh.spine.requests import following

    return following.own(number, person)


def say_fixed(id: UUID, *, text: str = "") -> FollowedRow:
    """Raises Conflict `requests.not_closed`."""
    from dinh.spine.requests import voices

    return voices.say_fixed(id, text)


def say_not_fixed(id: UUID, *, text: str) -> FollowedRow:
    """Opens the case again where the reporter says so, or neighbours of whom three say so; its owner is told.
    Raises Conflict `requests.not_closed`, `requests.too_late`, Invalid `requests.text_needed`."""
    from dinh.spine.requests import voices

    return voices.say_not_fixed(id, text)


def comment(id: UUID, *, text: str) -> FollowedRow:
    from dinh.spine.requests import voices

    return voices.comment(id, text)


def remark(number: str, *, text: str, sender: str) -> None:
    """A word about a public request by whoever does not follow it, such as another program; in public once an official has
    seen it. Raises NotFound, Invalid."""
    from dinh.spine.requests import voices

    voices.remark(number, text, sender)


def answer(id: UUID, *, question: int, text: str) -> FollowedRow:
    """To a question of the office, by the reporter."""
    from dinh.spine.requests import voices

    return voices.answer(id, question, text)


def rate(id: UUID, *, stars: int, text: str = "") -> FollowedRow:
    """The reporter's survey, once it is closed: one to five."""
    from dinh.spine.requests import voices

    return voices.rate(id, stars, text)


def make_private(id: UUID) -> FollowedRow:
    """Off the public pages by its reporter, for good; the office goes on with it. Raises Conflict `requests.not_yours`."""
    from dinh.spine.requests import holding

    return holding.make_private(id)


def export(id: UUID) -> Mapping[str, Any]:
    """All that is kept of the follower, as JSON values."""
    from dinh.spine.requests import holding

    return holding.export_one(id)


def forget(id: UUID) -> None:
    """The reporter's words, pictures, address and name go, and the request from public view; that it was handled stays.
    Of a neighbour: the following ends."""
    from dinh.spine.requests import holding

    holding.forget(id)


# --- hearing of new ones -------------------------------------------------------------


def subscribe(*, address: str = "", person: str = "", unit: str, category: str, language: str) -> None:
    """To an e-mail address that somebody wrote goes a link that confirms it; a person who is signed in, by URN, needs none.
    Raises Invalid, NotFound."""
    from dinh.spine.requests import subscriptions

    subscriptions.subscribe(address=address, person=person, unit=unit, category=category, language=language)


def confirm_subscription(id: UUID) -> tuple[str, str]:
    """Its unit and category. Raises NotFound `requests.no_link`."""
    from dinh.spine.requests import subscriptions

    return subscriptions.confirm(id)


def subscriptions_of(person: str, *, mail: str = "") -> Sequence[SubscriptionRow]:
    """Of an account, and of the e-mail address that it has proven; newest first."""
    from dinh.spine.requests import subscriptions

    return subscriptions.of_person(person, mail)


def subscriptions_beside(id: UUID) -> Sequence[SubscriptionRow]:
    """All that the address of a confirmed one has confirmed, itself too; newest first. Whoever has its link reads the mail of
    that address. Raises NotFound `requests.no_link`, also for one that nobody confirmed."""
    from dinh.spine.requests import subscriptions

    return subscriptions.beside(id)


def change_subscription(id: UUID, *, unit: str, category: str) -> UUID:
    """The id of the one that there is then: where the same was there already, this one goes. Raises NotFound."""
    from dinh.spine.requests import subscriptions

    return subscriptions.change(id, unit=unit, category=category)


def unsubscribe(id: UUID) -> None:
    """Quiet where it is gone already."""
    from dinh.spine.requests import subscriptions

    subscriptions.unsubscribe(id)


# --- keeping the public side in order ---------------------------------------------


def hide(numbers: Sequence[str], *, why: str, by: Actor) -> int:
    """`why` is spam, abuse or personal; '' shows them (again). Returns how many changed. Audited. Raises Refused."""
    from dinh.spine.requests import moderation

    return moderation.hide(numbers, why=why, by=by)


def show_photo(number: str, position: int, *, shown: bool, by: Actor) -> None:
    from dinh.spine.requests import moderation

    moderation.show_photo(number, position, shown=shown, by=by)


def show_voice(number: str, id: int, *, shown: bool, by: Actor) -> None:
    from dinh.spine.requests import moderation

    moderation.show_voice(number, id, shown=shown, by=by)


def add_photo(number: str, *, name: str, content: bytes, by: Actor) -> None:
    """A picture of how it looks after the work, by an official. Raises Invalid `files.*`, Refused."""
    from dinh.spine.requests import moderation

    moderation.add_photo(number, name=name, content=content, by=by)
