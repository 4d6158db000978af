"""What a device keeps of the app: the manifest, the worker with its list, pages that are nobody's."""

from __future__ import annotations

import json

import pytest
from django.conf import settings
from django.test import Client

from dinh.systems.citizen_app.web import pwa
from dinh.web import assets

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not (assets.BUILT / pwa.WORKER).exists(), reason="the front end is not built"),
]


def test_everything_that_the_worker_keeps_is_there_and_is_nobodys(client: Client) -> None:
    text = client.get("/app/sw.js").content.decode()
    told = json.loads(text.partition("=")[2].partition(";\n")[0])
    assert set(told["pages"]) == {code for code, _ in settings.LANGUAGES}
    for pages in told["pages"].values():
        for path in pages.values():
            answer = client.get(path)
            assert answer.status_code == 200, path
            assert settings.SESSION_COOKIE_NAME not in answer.cookies
    for path in told["files"]:
        assert (assets.BUILT / path.removeprefix("/static/built/")).exists()


def test_a_kept_page_is_in_the_language_of_its_address_whatever_the_device_asks(client: Client) -> None:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "vi"
    page = client.get("/app/shell/en/offline/")
    assert '<html lang="en"' in page.content.decode()
    assert "This page needs a network" in page.content.decode()
    assert client.get("/app/shell/fr/offline/").status_code == 404
    assert client.get("/app/shell/en/../").status_code == 404


def test_the_first_page_is_one_answer_with_its_styles_and_anybodys(client: Client) -> None:
    answer = client.get("/app/", headers={"accept-encoding": "gzip"})
    assert len(answer.content) <= 40_000
    assert "public" in answer["Cache-Control"]
    assert not answer.cookies
    plain = client.get("/app/").content.decode()
    assert "<style>" in plain
    assert 'rel="stylesheet"' not in plain
    assert "'sha256-" in answer["Content-Security-Policy"]
    assert "unsafe-inline" not in answer["Content-Security-Policy"]


def test_the_app_can_be_installed(client: Client) -> None:
    told = json.loads(client.get("/app/manifest.webmanifest").content)
    assert told["scope"] == "/app/"
    assert {icon["purpose"] for icon in told["icons"]} == {"any", "maskable"}
    for icon in told["icons"]:
        assert icon["src"].startswith("/static/citizen_app/")
