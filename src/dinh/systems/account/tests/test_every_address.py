"""Walks every address of every installed system: what staff without a second factor reach, and what each page sends."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RegexPattern

from dinh.spine.parties.api import Grant
from dinh.systems.account.tests.factories import SET_UP, SIGN_IN, member_of_staff, person, signed_in, with_phone
from dinh.web.guard import OPEN

pytestmark = pytest.mark.django_db

_EXAMPLES = {"int": "1", "uuid": "0" * 8 + "-0000-4000-8000-" + "0" * 12}
_STREAMS = ("/live",)
DOCS = "/api/v1/docs"  # django-ninja's own page


ACTS_FOR_NOBODY = re.compile(
    r"action=\"(/i18n/setlang/|/app/again/|/app/reports/[^\"/]+/follow/|/app/subscriptions/[^\"/]+/(?:stop/|change/)?)\""
)
"""Forms that act in nobody's name, or for whoever knows the secret in their address: pages with them are the same for everybody, other sites' pages are refused otherwise."""


def _filled(route: str) -> str:
    return re.sub(r"<(?:(\w+):)?(\w+)>", lambda m: _EXAMPLES.get(m.group(1) or "str", "x"), route)


def addresses(resolver: URLResolver | None = None, before: str = "/") -> Iterator[str]:
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry.pattern, RegexPattern):
            continue
        path = before + _filled(str(entry.pattern))
        if isinstance(entry, URLPattern):
            yield path
        else:
            yield from addresses(entry, path)


def reachable() -> list[str]:
    return [path for path in dict.fromkeys(addresses()) if not path.startswith(_STREAMS)]


def test_the_walk_knows_the_systems_addresses() -> None:
    found = reachable()
    assert "/account/keys/" in found
    assert "/" in found
    assert len(found) > 20


@pytest.mark.parametrize("method", ["get", "post"])
def test_staff_without_a_second_factor_reach_nothing_but_its_set_up(method: str) -> None:
    person("an", *(Grant(role, None) for role in ("administrator", "leader", "operator")))
    client = Client(raise_request_exception=False)
    client.post(SIGN_IN, {"login": "an", "password": "bốn từ không liên quan"})
    assert client.session["_auth_user_id"]
    for path in reachable():
        if path.startswith(OPEN):
            continue
        answer: Any = getattr(client, method)(path)
        if path.startswith("/api/"):
            assert answer.status_code == 403, path
            assert answer.json()["code"] == "session.second_factor"
        else:
            assert (answer.status_code, answer.get("Location")) == (302, SET_UP), path


def test_what_is_open_before_a_second_factor_does_nothing_but_set_one_up_and_sign_out() -> None:
    assert set(OPEN) == {
        SET_UP,
        "/account/sign-out/",
        "/account/confirm/",
        "/static/",
        "/i18n/",
        "/healthz",
        "/readyz",
    }


def pages() -> Iterator[tuple[str, Any]]:
    client = member_of_staff("an", "administrator")
    client.raise_request_exception = False
    anyone = Client(raise_request_exception=False)
    for path in reachable():
        if "/export" in path or path.startswith("/metrics"):
            continue
        yield path, client.get(path)
        yield path, anyone.get(path)


def faults_of_headers(answer: Any) -> Iterator[str]:
    policy = answer.get("Content-Security-Policy", "")
    for needed in ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"):
        if needed not in policy:
            yield f"its policy lacks {needed}"
    for loose in ("unsafe-inline", "unsafe-eval", "http:", "https:", "*"):
        if loose in policy:
            yield f"its policy permits {loose}"
    expected = {"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY"}
    for name, value in expected.items():
        if answer.get(name) != value:
            yield f"{name} is not {value}"
    if answer.get("Referrer-Policy") not in ("same-origin", "no-referrer"):
        yield "it tells other sites where a visitor comes from"
    if "Permissions-Policy" not in answer:
        yield "it does not say which powers of the browser it uses"


def faults_of_body(body: str) -> Iterator[str]:
    if re.search(r"<[^>]+\son[a-z]+\s*=", body):
        yield "it has an inline event handler"
    if re.search(r"<[^>]+\sstyle\s*=", body):
        yield "it has an inline style"
    if re.search(r"(src|href|action)\s*=\s*[\"']?(https?:)?//(?!localhost|testserver)", body):
        yield "it asks another host"
    for attributes in re.findall(r"<script\b([^>]*)>", body):
        if not re.search(r"src=|nonce=|application/json", attributes):
            yield "it has an inline script"
    for form in re.findall(r"<form\b.*?</form>", body, re.DOTALL):
        if ACTS_FOR_NOBODY.search(form):
            continue
        if re.search(r"method=[\"']?post", form, re.IGNORECASE) and "csrfmiddlewaretoken" not in form:
            yield "it has a form without a CSRF token"


def test_every_answer_is_strict_and_no_page_has_inline_code_or_a_form_that_can_be_forged() -> None:
    seen = 0
    for path, answer in pages():
        faults = list(faults_of_headers(answer))
        if not answer.streaming and answer.get("Content-Type", "").startswith("text/html") and path != DOCS:
            seen += 1
            if not answer.get("Content-Disposition", "").startswith("attachment"):  # a file is not a page of this site
                faults += faults_of_body(answer.content.decode())
        assert not faults, path
    assert seen > 20


@pytest.mark.parametrize(
    "planted",
    [
        '<p style="color: red">',
        "<b onclick='x()'>",
        '<img src="https://evil.example/x.png">',
        "<a href=//evil.example>",
        "<script>x()</script>",
        '<form method="post"></form>',
    ],
)
def test_a_planted_fault_is_found(planted: str) -> None:
    assert list(faults_of_body(f"<p>{planted}</p>"))


def test_pages_of_a_signed_in_person_are_not_kept_by_shared_caches() -> None:
    client = member_of_staff("an")
    for path in ("/account/", "/account/keys/", "/"):
        assert re.search(r"private|no-store", client.get(path)["Cache-Control"]), path


def test_signed_in_pages_refuse_a_post_without_a_csrf_token() -> None:
    person("an", Grant("administrator", None))
    with_phone("an")
    client = signed_in("an")
    client.handler.enforce_csrf_checks = True
    for path in reachable():
        if path.startswith("/account/"):
            assert client.post(path).status_code == 403, path
    assert client.post("/i18n/setlang/", headers={"Origin": "https://other.example"}).status_code == 403
    assert client.post("/i18n/setlang/", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert settings.CSRF_COOKIE_SAMESITE == "Lax"
