"""What every template knows: the menu this person may see, the area, whether data is simulated."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest
from django.urls import Resolver404, resolve

from dinh.kernel import clock
from dinh.kernel.clock import VIETNAM
from dinh.kernel.errors import DinhError
from dinh.kernel.manifests import Panel, Text, registry
from dinh.spine.observations import api as observations
from dinh.spine.parties import api as parties
from dinh.spine.places import api as places
from dinh.web import requests

THEMES: Final = ("light", "dark")
IN_BAR: Final = 4


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the menu; `current` when the page lies under it."""

    label: Text
    path: str
    current: bool


class House:
    """Worked out only as far as a template asks."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def actor(self) -> parties.Actor:
        return requests.actor(self.request)

    @cached_property
    def menu(self) -> list[Entry]:
        permitted = [
            item for item in registry.menu() if not item.permission or parties.may(self.actor, item.permission)
        ]
        here = [item.path for item in permitted if self._under(item.path)]
        nearest = max(here, key=len, default="")
        return [Entry(item.label, item.path, item.path == nearest) for item in permitted]

    def _under(self, path: str) -> bool:
        return self.request.path == path if path == "/" else self.request.path.startswith(path)

    @property
    def bar(self) -> list[Entry]:
        """The entries under the thumb on a phone."""
        return self.menu[:IN_BAR]

    @property
    def bells(self) -> list[Panel]:
        """What systems show beside the person's name, by address: fragments that the page fetches by itself, so that
        no page waits for them. `house.bell` is the slot."""
        if not self.actor.urn:
            return []
        return [
            panel
            for panel in registry.panels("house.bell")
            if panel.permission is None or parties.may(self.actor, panel.permission)
        ]

    @cached_property
    def area(self) -> places.PlaceRow | None:
        try:
            return places.place(settings.AREA)
        except DinhError:
            return None

    @cached_property
    def simulated(self) -> bool:
        """True when any source is simulated: the page says so."""
        return bool(settings.DEMO) or any(source.simulated for source in observations.sources())

    @property
    def search(self) -> str:
        """Where the search field sends its words; '' where no system offers to search."""
        return answered("/search", settings.ROOT_URLCONF)

    @property
    def sign_in(self) -> str:
        """The address of the sign-in page, '' where no system has one."""
        return answered(settings.LOGIN_URL, settings.ROOT_URLCONF)

    @property
    def account(self) -> str:
        return answered("/account/", settings.ROOT_URLCONF)

    @property
    def sign_out(self) -> str:
        return answered("/account/sign-out/", settings.ROOT_URLCONF)

    @cached_property
    def roads(self) -> str:
        """Tiles of the roads for whatever map the page shows."""
        return registry.roads()

    @property
    def theme(self) -> str:
        chosen = self.request.COOKIES.get("dinh_theme", "")
        return chosen if chosen in THEMES else ""

    @property
    def now(self) -> Any:
        return clock.now().astimezone(VIETNAM)


@cache
def answered(path: str, urls: str) -> str:
    """The path, '' where no system answers it."""
    try:
        resolve(path, urls)
    except Resolver404:
        return ""
    return path


def house(request: HttpRequest) -> dict[str, Any]:
    return {"house": House(request)}
