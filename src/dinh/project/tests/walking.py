"""Every address of the house, filled in with what was planted, asked as every kind of visitor.

Requests go through all middleware but not through Django's test client, whose copying of every template's context would
take most of the time. Each is rolled back: what one visitor does, the next one does not see.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in
from django.core.cache import cache
from django.core.signals import got_request_exception, request_finished
from django.db import close_old_connections, transaction
from django.http import HttpResponseBase
from django.test import Client, RequestFactory
from django.test.client import ClientHandler
from django.urls import URLPattern, URLResolver, get_resolver

from dinh.project.tests.filling import GHOSTS, PLANTED
from dinh.project.tests.sides import Side
from dinh.spine.parties import api as parties
from dinh.web import limits


@dataclass(frozen=True, slots=True)
class Address:
    """`route` is as the code has it, `parameters` by name their converters."""

    name: str
    route: str
    parameters: Mapping[str, str]

    def template(self, parameter: str) -> str | None:
        """None where nobody has said what fills it."""
        namespace = self.name.partition(":")[0]
        for key in (f"{self.name}:{parameter}", f"{namespace}:{parameter}"):
            if key in PLANTED:
                return PLANTED[key]
        return None

    def path(self, values: Mapping[str, str]) -> str:
        path = self.route
        for name, converter in self.parameters.items():
            value = values[name]
            path = path.replace(f"<{converter}:{name}>", value).replace(f"<{name}>", value)
        return path

    def planted(self, side: Side) -> str:
        """The path to what was planted in a commune."""
        known = {**side.ids, "commune": side.commune, "station_id": side.ids["station"].rpartition(":")[2]}
        return self.path({name: (self.template(name) or "").format_map(known) for name in self.parameters})

    def ghost(self, side: Side) -> str:
        """The same with the last thing that was planted replaced by one that does not exist."""
        known = {**side.ids, "commune": side.commune, "station_id": side.ids["station"].rpartition(":")[2]}
        values = {name: (self.template(name) or "").format_map(known) for name in self.parameters}
        for name, converter in self.parameters.items():
            if "{" in (self.template(name) or ""):
                values[name] = "urn:dinh:unit:2025:99999" if name == "urn" else GHOSTS[converter]
        return self.path(values)


def addresses(resolver: URLResolver | None = None, before: str = "/", namespace: str = "") -> Iterator[Address]:
    """Every one, by system; parameters that are hidden in a regular expression are a fault of the address."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{entry.namespace}:" if entry.namespace else namespace
            yield from addresses(entry, before + str(entry.pattern), inner)
            continue
        assert isinstance(entry, URLPattern)
        route = before + str(entry.pattern)
        converters = entry.pattern.converters
        parameters = {name: _word(route, name) for name in converters}
        yield Address(namespace + (entry.name or route.strip("/")), route, parameters)


def _word(route: str, name: str) -> str:
    head = route.partition(f":{name}>")
    return head[0].rpartition("<")[2] if head[1] else "str"


def every() -> list[Address]:
    """Two operations at one path of the API are one address."""
    return list({address.route: address for address in addresses()}.values())


@dataclass(slots=True)
class Answer:
    status: int
    body: str
    location: str = ""
    error: str = ""

    @property
    def said(self) -> str:
        """As the snapshot tells it: a redirect to the sign-in is `in`, to the set-up of a second factor `2fa`."""
        if self.status in {301, 302, 303}:
            if self.location.startswith(settings.LOGIN_URL):
                return "in"
            if self.location.startswith("/account/second-factor/"):
                return "2fa"
        return str(self.status)


@dataclass(slots=True)
class Visitor:
    """Anyone, a person of one role at one place past the second factor, or a key."""

    name: str
    cookie: str = ""
    bearer: str = ""


READ: Final = ("text/", "application/json", "application/geo", "application/atom")
"""What is looked through for words."""
_handler: Any = None
_factory: Final = RequestFactory()


def ask(visitor: Visitor, method: str, path: str) -> Answer:
    global _handler
    if _handler is None:
        _handler = ClientHandler(enforce_csrf_checks=False)
        _handler.load_middleware()
    limits.forget()
    if path.startswith("/account/"):
        cache.clear()
    headers = {"accept-language": "vi"}
    if visitor.bearer:
        headers["authorization"] = f"Bearer {visitor.bearer}"
    if visitor.cookie:
        headers["cookie"] = visitor.cookie
    request = getattr(_factory, method.lower())(path, {}, headers=headers)
    request._dont_enforce_csrf_checks = True
    faults: list[str] = []

    def fault(**_: Any) -> None:
        faults.append(traceback.format_exc())

    got_request_exception.connect(fault)
    with transaction.atomic():
        response: HttpResponseBase = _handler.get_response(request)
        try:
            content = b"".join(response) if response.streaming else response.content  # type: ignore[attr-defined]
        finally:
            request_finished.disconnect(close_old_connections)  # it would end the transaction
            response.close()
            request_finished.connect(close_old_connections)
            transaction.set_rollback(True)
            got_request_exception.disconnect(fault)
    kind = response.get("Content-Type", "")
    text = content.decode("utf-8", "replace") if kind.startswith(READ) else ""
    return Answer(response.status_code, text, response.get("Location", ""), "".join(faults))


def person(name: str, *grants: parties.Grant, organisation: str | None = None, username: str = "") -> Visitor:
    """Somebody who signed in with both factors; an account of that name that exists is taken as it is."""
    username = username or name.lower().replace("@", "-")
    if grants:
        parties.save_person(username=username, name=username, email="", organisation=organisation, grants=grants)
    user = get_user_model().objects.get(username=username)
    client = Client()
    receivers, user_logged_in.receivers = user_logged_in.receivers, []  # a sign-in of its own is tried elsewhere
    user_logged_in.sender_receivers_cache.clear()
    try:
        client.force_login(user)
    finally:
        user_logged_in.receivers = receivers
        user_logged_in.sender_receivers_cache.clear()
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "at": 0, "type": "totp"}]
    session["account_authentication_methods_user"] = session["_auth_user_id"]
    session.save()
    return Visitor(name, cookie=f"{settings.SESSION_COOKIE_NAME}={session.session_key}; django_language=vi")


ASKED: Final = (
    "/?alert=urn:dinh:alert:{alert}",
    "/?place={station}",
    "/?within={commune}",
    "/fragments/card/?alert=urn:dinh:alert:{alert}",
    "/fragments/card/?place={commune}",
    "/fragments/attention/?within={commune}",
    "/search?q=bimat",
    "/search?q=tin",
    "/indicators/?q=bimat",
    "/indicators/walk.meter/?within={commune}",
    "/map/values.json?indicator=walk.meter",
    "/export/alerts.csv?within={commune}",
    "/export/figures.csv?within={commune}",
    "/app/reports/?q=bimat",
    "/app/reports/?unit={commune}",
    "/app/reports/points.geojson?unit={commune}",
    "/app/reports/feed.rss?q=bimat",
    "/app/reports/feed.atom?unit={commune}",
    "/app/reports/feed.geojson?unit={commune}",
    "/app/figures.json?days=365&unit={commune}",
    "/app/subscriptions/?unit={commune}",
    "/app/desk/?queue=all&q=bimat",
    "/work/?text=bimat",
    "/work/?within={commune}",
    "/work/export.csv?within={commune}",
    "/work/departments/?within={commune}",
    "/work/duty/?organisation={office}",
    "/work/fragments/queue/?within={commune}",
    "/account/people/?q=bimat",
    "/account/organisations/?q=xa",
    "/account/keys/?all=1",
    "/data/rejected/?source=walk",
    "/data/jobs/?kind=walk.work",
    "/notices/?q=bimat",
    "/news/?unit={commune}&q=tin",
    "/news/?page=2",
    "/news/feed.atom?unit={commune}",
    "/services/?q=bimat",
    "/services/progress/?q=bimat",
    "/services/desk/?text=bimat",
    "/services/desk/?ended=1",
    "/services/figures/?days=7",
    "/publications/?q=tin",
    "/publications/desk/?queue=review",
    "/maps/?q=cho",
    "/maps/?kind=marketplace&near={commune}",
    "/maps/way/?from={commune}&to=9.60,105.97",
    "/5g/?q=bimat",
    "/5g/compare/?a={scenario}&b={other_scenario}",
    "/5g/scenarios/{scenario}/masts/?q=tram",
    "/5g/scenarios/{scenario}/profile/?from=105.96,9.51&to=105.98,9.53",
    "/5g/scenarios/{scenario}/reading/?lon=105.97&lat=9.52",
    "/reporting/overview/?period=month",
    "/reporting/overview.csv?period=month",
    "/reporting/lineage/?code=walk.count&place={commune}&step=month",
    "/series/{person_series}/",
    "/series/{person_series}/chart.json",
    "/series/{person_series}/data.csv",
    "/rules/?q=quy",
    "/rules/chart.json?name_vi=Nhap&name_en=Draft&indicator=walk.meter&kind=threshold&above=4&severity=minor&series={series}",
    "/verify/consistency.json?first=1",
    "/verify/document/?code={document}",
    "/api/v1/alerts?place={commune}",
    "/api/v1/cases?text=bimat",
    "/api/v1/cases?place={commune}",
    "/api/v1/figures?place={commune}&indicator=walk.meter",
    "/api/v1/observations?indicator=walk.meter&place={commune}",
    "/api/v1/observations?indicator=walk.meter&place={commune}&every=PT1H&format=csv",
    "/api/v1/places?q=tram",
)
"""Lists that answer better when they are asked something, or not at all otherwise."""


def questions(side: Side) -> list[str]:
    """As somebody would ask who knows what there is in the commune."""
    return list(dict.fromkeys(filled(ASKED, side)))


def filled(templates: Iterable[str], side: Side) -> list[str]:
    known = {**side.ids, "commune": side.commune, "office": side.office}
    return [template.format_map(known) for template in templates]
