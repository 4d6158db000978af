"""Everything that a screen shows is in its address, so that a link reproduces the view."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from dinh.kernel.clock import VIETNAM, now, parse_moment, start_of_day
from dinh.kernel.errors import Invalid
from dinh.kernel.manifests import Severity
from dinh.kernel.urns import parse_urn

SEVERITIES: Final = tuple(severity.value for severity in Severity)
QUEUES: Final = ("all", "mine", "unowned", "due_soon")
STATES: Final = ("open", "acknowledged")
TABS: Final = ("list", "map", "figures")
OLDEST: Final = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class View:
    """What is asked for: `at` None is the present; `place` and `alert` are what is selected; `within`,
    `severities`, `domain`, `state` and `queue` narrow the lists."""

    at: datetime | None = None
    indicator: str = ""
    place: str = ""
    alert: str = ""
    within: str = ""
    severities: tuple[str, ...] = ()
    domain: str = ""
    state: str = ""
    queue: str = "all"
    tab: str = "list"

    @property
    def past(self) -> bool:
        return self.at is not None

    @property
    def filtered(self) -> bool:
        return bool(self.within or self.severities or self.domain or self.state)

    @property
    def here(self) -> str:
        return "/" + self.query()

    @property
    def unfiltered(self) -> str:
        return self.query(within="", severities=(), domain="", state="", queue="all")

    @property
    def unselected(self) -> str:
        return self.query(place="", alert="")

    @property
    def present(self) -> str:
        return self.query(at=None)

    @property
    def only_here(self) -> str:
        return self.query(within=self.place)

    def day(self) -> tuple[datetime, datetime]:
        """Start and end of the shown day in Vietnam."""
        start = start_of_day((self.at or now()).astimezone(VIETNAM).date())
        return start, start + timedelta(days=1)

    def query(self, **changes: Any) -> str:
        """The address's query with some parts changed; what is at its default is left out."""
        view = replace(self, **changes)
        pairs: list[tuple[str, str]] = []
        if view.at is not None:
            pairs.append(("at", view.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")))
        names = ("indicator", "place", "alert", "within", "domain", "state")
        pairs += [(name, value) for name in names if (value := getattr(view, name))]
        pairs += [("severity", severity) for severity in view.severities]
        if view.queue != "all":
            pairs.append(("queue", view.queue))
        if view.tab != "list":
            pairs.append(("tab", view.tab))
        return "?" + urlencode(pairs, safe=":,")


def parse_view(parameters: Mapping[str, Any]) -> View:
    """The view of a query. Raises Invalid `view.unknown_value` that names parameter, value and what is permitted;
    a moment in the future is the present."""

    def one(name: str) -> str:
        return str(parameters.get(name) or "").strip()[:200]

    def choice(name: str, permitted: tuple[str, ...], default: str) -> str:
        value = one(name) or default
        if value and value not in permitted:
            raise _unknown(name, value, permitted)
        return value

    def name(parameter: str, *kinds: str) -> str:
        value = one(parameter)
        if value and parse_urn(value).kind not in kinds:
            raise _unknown(parameter, value, tuple(f"urn:dinh:{kind}:…" for kind in kinds))
        return value

    many = getattr(parameters, "getlist", None)
    given = many("severity") if many else [one("severity")]
    severities = tuple(dict.fromkeys(part for value in given for part in value.split(",") if part))
    for severity in severities:
        if severity not in SEVERITIES:
            raise _unknown("severity", severity, SEVERITIES)
    at = moment(one("at"))
    return View(
        at=at,
        indicator=one("indicator"),
        place=name("place", "unit", "facility", "asset"),
        alert=name("alert", "alert"),
        within=name("within", "unit"),
        severities=severities,
        domain=one("domain"),
        state=choice("state", STATES, ""),
        queue=choice("queue", QUEUES, "all"),
        tab=choice("tab", TABS, "list"),
    )


def moment(text: str) -> datetime | None:
    """The past moment of an address, or None for the present; raises Invalid where it is not a moment."""
    if not text:
        return None
    at = parse_moment(text.replace(" ", "+"))
    if at < OLDEST:
        raise Invalid("view.too_old", "'{value}' lies before 2000; nothing was recorded then", value=text)
    return None if at >= now() else at


def _unknown(name: str, value: str, permitted: tuple[str, ...]) -> Invalid:
    return Invalid(
        "view.unknown_value",
        "'{value}' is no {name}; it may be {permitted}",
        name=name,
        value=value,
        permitted=", ".join(permitted),
    )
