"""What the functions of `api` return and take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from dinh.kernel.manifests import Text

FOLLOWED_FOR: Final = timedelta(days=30)
KIND: Final = "request"
"""Of what is handed in as a report."""
MOST_PHOTOS: Final = 6
MODERATE: Final = "requests.moderate"
HELD: Final = ("link", "phone", "identity", "many", "same")
"""Why a request is held for an official to look at first: a web address, a phone number, an identity number in its words; too many
of one sender; the same words again."""
TAKEN_OFF: Final = ("spam", "abuse", "personal")
"""Why an official takes one off the public pages."""


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """A category that anyone may report in; the service of Open311. `asks` are the JSON Schemas of its questions by name,
    `needs` those that must be answered."""

    code: str
    type: str
    name: Text
    group: Text
    summary: Text
    asks: Mapping[str, Mapping[str, Any]]
    needs: Sequence[str]
    keywords: Sequence[str]
    danger: bool
    private: bool
    time: timedelta
    office_hours: bool


@dataclass(frozen=True, slots=True)
class Draft:
    """A request as somebody gives it. `person` is the URN of a signed-in reporter; `seen` the number of a request that was offered as the same."""

    id: UUID
    category: str
    description: str = ""
    longitude: float | None = None
    latitude: float | None = None
    address: str = ""
    unit: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict)
    private: bool = False
    name: str = ""
    email: str = ""
    phone: str = ""
    language: str = "vi"
    source: str = "app"
    person: str = ""
    sender: str = ""
    many: bool = False
    """It comes from where suspiciously many come: shown in public only once an official has looked."""
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class PhotoRow:
    """URNs of the picture and of a small one for lists."""

    position: int
    file: str
    small: str
    shown: bool
    after: bool


@dataclass(frozen=True, slots=True)
class RequestRow:
    """`status` is open or closed, as Open311 says; `counts_as` tells a closed one that was fixed (done) from one that was not
    (unfixed) and from what was no request (rejected)."""

    number: str
    case: str
    type: str
    category: str
    category_name: Text
    description: str
    longitude: float | None
    latitude: float | None
    address: str
    unit: str | None
    at: datetime
    updated_at: datetime
    private: bool
    hidden: str
    shown: bool
    source: str
    language: str
    simulated: bool
    state: str
    state_name: Text
    counts_as: str
    organisation: str | None
    due_at: datetime | None
    paused: bool
    closed_at: datetime | None
    reason: str
    first_answer_at: datetime | None
    reopened: int
    joined_to: str | None
    confirmed: int
    disputed: int
    stars: int | None
    erased: bool
    photos: Sequence[PhotoRow] = ()
    external: str = ""
    held_for: Sequence[str] = ()
    """Names of `HELD`; kept also after an official has looked."""
    judged_by: str = ""
    """URN of the official who showed it or took it off last."""
    judged_at: datetime | None = None

    @property
    def urn(self) -> str:
        return f"urn:dinh:request:{self.number}"

    @property
    def status(self) -> str:
        return "open" if self.counts_as in ("open", "waiting") else "closed"


@dataclass(frozen=True, slots=True)
class FollowedRow:
    """A request by the link of whoever follows it; `address` is masked."""

    id: UUID
    request: RequestRow
    role: str
    name: str
    address: str
    until: datetime
    verdict: str
    questions: Sequence[tuple[int, str]] = ()
    """Open questions of the office to the reporter: number and text."""


@dataclass(frozen=True, slots=True)
class SubscriptionRow:
    """`way` is account or mail; `address` is masked, '' of an account. The id is the secret by which it is changed and ended."""

    id: UUID
    unit: str
    category: str
    way: str
    address: str
    since: datetime
    confirmed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of what happened, for the public: `what` is opened, moved, handed_on, replied, asked, answered, joined, split,
    fixed, not_fixed, comment, rating. `organisation` did it, or `role` (reporter, neighbour) said it."""

    at: datetime
    what: str
    text: str = ""
    organisation: str | None = None
    role: str = ""
    state_name: Text | None = None
    counts_as: str = ""
    stars: int | None = None
    id: int | None = None
    """Of what people said, for whoever may take it off the page."""
    shown: bool = True


@dataclass(frozen=True, slots=True)
class RequestQuery:
    """All given conditions hold together. `status` is open, closed, fixed, unfixed, late or ''; `near` longitude, latitude, metres."""

    text: str = ""
    numbers: Sequence[str] = ()
    categories: Sequence[str] = ()
    units: Sequence[str] = ()
    organisation: str = ""
    status: str = ""
    since: datetime | None = None
    until: datetime | None = None
    updated_since: datetime | None = None
    updated_until: datetime | None = None
    box: tuple[float, float, float, float] | None = None
    """west, south, east, north."""
    near: tuple[float, float, float] | None = None
    person: str = ""
    to_check: bool = False
    """For moderators: those that nobody has looked at yet."""
    taken_off: bool = False
    """For moderators: those that an official took off."""
    held_for: str = ""
    """For moderators: one of `HELD`."""
    why: str = ""
    """For moderators: one of `TAKEN_OFF`."""
    everything: bool = False
    """For moderators: private and hidden ones too."""
    order: str = "-at"
    """-at, at, -updated_at, due_at."""
    offset: int = 0
    limit: int = 50


@dataclass(frozen=True, slots=True)
class RequestPage:
    rows: Sequence[RequestRow]
    total: int


@dataclass(frozen=True, slots=True)
class PastRequest:
    """As another system recorded it; `id` is its name there, `category` one of ours."""

    id: str
    category: str
    at: datetime
    title: str = ""
    description: str = ""
    due_at: datetime | None = None
    closed_at: datetime | None = None
    reason: str = ""
    longitude: float | None = None
    latitude: float | None = None
    address: str = ""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """`refusals` are id and message of the first thousand."""

    taken: int
    there: int
    refused: int
    refusals: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class DepartmentFigures:
    """Of an office in a window of time, of public requests only; None where fewer than five stand behind a figure."""

    organisation: str
    received: int | None
    open: int | None
    late: int | None
    fixed: int | None
    unfixed: int | None
    reopened_share: float | None
    hours_to_answer: float | None
    """Median, by the clock."""
    hours_to_fix: float | None
    on_time: float | None
    stars: float | None


FEWEST: Final = 5
"""Fewer than this are no figure: chance would weigh too much in it."""
