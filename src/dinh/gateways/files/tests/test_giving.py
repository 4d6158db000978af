"""Addresses that open one file, for a time, and let no browser run what is in it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from dinh.gateways.files import checks
from dinh.kernel import clock
from dinh.kernel.errors import Invalid, NotFound
from dinh.spine.files import api as files
from dinh.spine.ledger import api as ledger

pytestmark = pytest.mark.django_db
CASE = "urn:dinh:case:2026-000118"
TEXT = "Kính gửi Uỷ ban".encode()


@pytest.fixture(autouse=True)
def _store(settings: Any, tmp_path: Path) -> None:
    settings.FILES_HOME, settings.FILES_KEYS = tmp_path / "files", tmp_path / "keys"


def keep(content: bytes = TEXT, name: str = "Đơn kiến nghị.txt", *, personal: bool = False) -> files.FileRow:
    return files.save(content, name=name, about=CASE, by="", personal=personal)


def later(monkeypatch: pytest.MonkeyPatch, by: timedelta) -> None:
    moment: datetime = clock.now() + by
    monkeypatch.setattr(clock, "now", lambda: moment)


def test_whoever_has_the_address_gets_the_file_and_nothing_can_run_in_it() -> None:
    answer = Client().get(files.signed_path(keep().urn))
    assert (answer.status_code, answer.content) == (200, TEXT)
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["Content-Disposition"] == "inline; filename*=utf-8''" + quote("Đơn kiến nghị.txt")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("default-src 'none';")
    assert answer["Content-Security-Policy"].endswith("sandbox")
    assert "private" in answer["Cache-Control"]
    assert "Set-Cookie" not in answer


def test_what_a_browser_should_not_show_is_put_on_the_disk() -> None:
    answer = Client().get(files.signed_path(keep(b"a,b\n=1+1,2", "b.csv").urn))
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"


def test_text_of_an_old_encoding_says_so() -> None:
    answer = Client().get(files.signed_path(keep("Ðu?ng".encode("windows-1258", "replace") + b"\xd0", "a.txt").urn))
    assert answer["Content-Type"] == "text/plain; charset=windows-1258"


def test_an_address_ends_and_says_so_in_both_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    path = files.signed_path(keep().urn, lasting=timedelta(minutes=10))
    later(monkeypatch, timedelta(minutes=9, seconds=58))
    assert Client().get(path).status_code == 200
    later(monkeypatch, timedelta(seconds=3))
    for language, heading in (("vi", "Nội dung này không còn ở đây"), ("en", "This is no longer here")):
        answer = Client(headers={"Cookie": f"django_language={language}"}).get(path)
        assert answer.status_code == 410
        assert heading in answer.content.decode()
        assert "no-store" in answer["Cache-Control"]


def test_nobody_makes_lengthens_or_turns_an_address() -> None:
    one, other = keep(), keep(b"another", "b.txt")
    path = files.signed_path(one.urn)
    _, _, token, name = path.split("/")
    public, until, signature = token.split(".")
    tampered = [
        f"{other.urn.rpartition(':')[2]}.{until}.{signature}",
        f"{public}.{int(until, 16) + 3600:x}.{signature}",
        f"{public}.{until}.{signature[:-1]}{'A' if signature[-1] != 'A' else 'B'}",
        f"{public}.{until}",
        "x",
        f"{public}.{until}.",
    ]
    for wrong in tampered:
        assert Client().get(f"/files/{wrong}/{name}").status_code == 404, wrong
    assert Client().get(f"/files/{token}/another-name.html")["Content-Type"].startswith("text/plain")
    assert Client().post(path).status_code == 405


def test_an_address_cannot_last_longer_than_a_week_nor_lead_to_nothing() -> None:
    row = keep()
    for lasting in (timedelta(0), timedelta(days=8)):
        with pytest.raises(Invalid):
            files.signed_path(row.urn, lasting=lasting)
    with pytest.raises(NotFound):
        files.signed_path("urn:dinh:file:none")


def test_each_reading_of_a_personal_file_is_in_the_ledger_with_who_read_it(client_of: Callable[..., Client]) -> None:
    row = keep(personal=True)
    path = files.signed_path(row.urn)
    assert path.endswith("/file.txt")
    answer = client_of("official").get(path)
    assert quote("Đơn kiến nghị.txt") in answer["Content-Disposition"]
    assert answer["Cache-Control"] == "private, no-store"
    Client().get(path)
    Client(headers={"Authorization": "Bearer nobody's"}).get(path)
    read = ledger.entries(subject=row.urn, kind="file.read")
    assert [leaf.data["by"] for leaf in read] == ["urn:dinh:person:test-official", None, None]
    assert Client().head(path)["Content-Length"] == str(len(TEXT))
    assert Client(headers={"If-None-Match": answer["ETag"]}).get(path).status_code == 304
    assert len(ledger.entries(subject=row.urn, kind="file.read")) == 3


def test_reading_what_is_not_personal_leaves_no_leaf() -> None:
    row = keep()
    Client().get(files.signed_path(row.urn))
    assert [leaf.kind for leaf in ledger.entries(subject=row.urn)] == ["file.saved"]


def test_an_erased_file_is_gone_and_a_damaged_one_is_not_available() -> None:
    row, damaged = keep(), keep(b"another", "b.txt")
    path = files.signed_path(row.urn)
    files.erase(row.urn, by="", reason="Yêu cầu của người gửi")
    assert Client().get(path).status_code == 410
    from dinh.spine.files import store

    for blob in store.blobs():
        blob.write_bytes(b"x")
    answer = Client(headers={"Accept": "application/json"}).get(files.signed_path(damaged.urn))
    assert (answer.status_code, answer.json()["code"]) == (503, "files.damaged")


def test_dinh_check_says_what_is_set(settings: Any) -> None:
    scanner, keys = checks.findings()
    assert scanner.ok
    assert "none is set" in scanner.says
    keep()
    Path(settings.FILES_KEYS).chmod(0o755)
    settings.VIRUS_SCAN = "clamd:/nowhere/socket"
    scanner, keys = checks.findings()
    assert not scanner.ok
    assert re.search("chmod 700", keys.remedy)
