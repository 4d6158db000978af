"""A photo that the browser cannot read comes back as one that it can, and nothing of it stays."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from PIL import ExifTags, Image
from pillow_heif import register_heif_opener

from dinh.spine.files.models import File
from dinh.spine.ledger import api as ledger
from dinh.systems.citizen_app.web import preview
from dinh.web import limits

register_heif_opener()
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _limits_begin_anew() -> None:
    limits.forget()


def heic(width: int = 2400, height: int = 1200) -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Máy của tôi"
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 2: (9.0, 30.0, 0.0), 3: "E", 4: (106.0, 0.0, 0.0)})
    out = io.BytesIO()
    Image.effect_noise((width, height), 40).convert("RGB").save(out, "HEIF", quality=40, exif=exif.tobytes())
    return out.getvalue()


def asked(client: Client, content: bytes, kind: str = "image/heic") -> Any:
    return client.generic("POST", "/app/photo-preview", content, content_type=kind)


def test_it_is_a_jpeg_of_the_size_that_is_sent_without_what_the_camera_wrote_and_without_a_trace(
    client: Client,
) -> None:
    leaves, kept = ledger.head().size, File.objects.count()
    answer = asked(client, heic())
    assert (answer.status_code, answer["Content-Type"], answer["Cache-Control"]) == (200, "image/jpeg", "no-store")
    with Image.open(io.BytesIO(answer.content)) as picture:
        assert (picture.format, picture.size) == ("JPEG", (1920, 960))
        assert not picture.getexif()
    assert "Máy của tôi".encode() not in answer.content
    assert (ledger.head().size, File.objects.count()) == (leaves, kept)
    assert not answer.cookies


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\x00\x00\x00\x18ftypheic" + b"x" * 200, "image/heic"),
        (b"", "image/heic"),
        (b"GIF89a", "image/heic"),
        (b"x", "text/plain"),
    ],
)
def test_what_is_no_heic_photo_is_refused_in_words(client: Client, content: bytes, kind: str) -> None:
    answer = asked(client, content, kind)
    assert answer.status_code == 422
    assert answer.json()["message"]


def test_one_that_is_too_large_is_not_opened(
    client: Client, monkeypatch: pytest.MonkeyPatch, settings: LazySettings
) -> None:
    settings.FILE_MAX_BYTES = 1000
    monkeypatch.setattr(preview, "_made", lambda content: pytest.fail("it was opened"))
    assert asked(client, heic(64, 64) + b"x" * 1000).status_code == 422


def test_while_others_are_opened_it_waits_a_moment_and_then_says_so(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preview, "PATIENCE_S", 0.01)
    with preview._one:
        answer = asked(client, heic(64, 64))
    assert (answer.status_code, answer.json()["code"]) == (503, "citizen_app.preview_busy")
    assert asked(client, heic(64, 64)).status_code == 200


def test_one_address_opens_a_few_a_minute(client: Client) -> None:
    states = {asked(client, b"", "image/heic").status_code for _ in range(30)}
    assert states == {422, 429}
