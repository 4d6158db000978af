"""Of a picture nothing is left but the picture."""

from __future__ import annotations

import io

import pytest
from PIL import ExifTags, Image, PngImagePlugin

from dinh.kernel.errors import Invalid
from dinh.spine.files import api as files
from dinh.spine.files.tests.samples import archive, exif, image


def opened(content: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(content))
    picture.load()
    return picture


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_place_maker_and_serial_number_are_gone(form: str) -> None:
    sent = image(form, exif=exif())
    assert b"Phone of An" in sent
    ready = files.prepare(sent, name="a")
    for trace in (b"Exif", b"exif", b"eXIf", b"EXIF", b"Phone", b"GPS", b"SN-4711", b"http"):
        assert trace not in ready.content
    assert not opened(ready.content).getexif()
    assert (ready.width, ready.height) == (24, 16)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_where_the_place_is_asked_for_only_time_and_place_stay(form: str) -> None:
    ready = files.prepare(image(form, exif=exif(orientation=6)), name="a", strip_position=False)
    held = opened(ready.content).getexif()
    place = held.get_ifd(ExifTags.IFD.GPSInfo)
    assert [float(part) for part in place[ExifTags.GPS.GPSLatitude]] == [9.0, 36.0, 9.25]
    assert set(place) == {
        ExifTags.GPS.GPSLatitudeRef,
        ExifTags.GPS.GPSLatitude,
        ExifTags.GPS.GPSLongitudeRef,
        ExifTags.GPS.GPSLongitude,
    }
    assert dict(held.get_ifd(ExifTags.IFD.Exif)) == {ExifTags.Base.DateTimeOriginal: "2026:11:22 11:42:00"}
    assert ExifTags.Base.Make not in held
    assert held.get(ExifTags.Base.Orientation, 1) == 1
    assert b"an-home" not in ready.content


def test_a_picture_that_lies_on_its_side_is_turned_upright() -> None:
    ready = files.prepare(image("JPEG", exif=exif(orientation=6), quality=95), name="a")
    assert (ready.width, ready.height) == (16, 24)
    red, _, blue = opened(ready.content).getpixel((8, 4))  # type: ignore[misc]
    assert red > 200
    assert blue < 60


def test_heic_comes_back_as_the_same_picture_in_jpeg() -> None:
    ready = files.prepare(image("HEIF", (64, 48), quality=90), name="IMG_0001.HEIC")
    assert (ready.media_type, ready.name, ready.width, ready.height) == ("image/jpeg", "IMG_0001.jpg", 64, 48)
    picture = opened(ready.content).convert("RGB")
    assert picture.format is None
    for place, expected in (((8, 24), (255, 0, 0)), ((56, 24), (0, 0, 255))):
        assert all(abs(a - b) < 40 for a, b in zip(picture.getpixel(place), expected, strict=True))  # type: ignore[arg-type]


def test_what_hangs_behind_or_beside_a_picture_is_cut_off() -> None:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Comment", "<script>alert(1)</script>")
    for sent in (
        image("JPEG") + archive({"x.html": "<script>"}),
        image("JPEG", comment=b"<script>alert(1)</script>"),
        image("PNG", pnginfo=texts) + b"<script>alert(1)</script>",
        image("JPEG", icc_profile=b"<script>" * 30),
    ):
        ready = files.prepare(sent, name="a")
        assert b"<script>" not in ready.content
        assert b"PK\x05\x06" not in ready.content


def test_the_same_picture_gives_the_same_bytes() -> None:
    for form in ("JPEG", "PNG", "WEBP", "HEIF"):
        sent = image(form)
        assert files.prepare(sent, name="a").content == files.prepare(sent, name="b").content


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "CMYK"])
def test_pictures_of_every_mode_are_written(mode: str) -> None:
    form = "JPEG" if mode == "CMYK" else "PNG"
    picture = Image.new(mode, (8, 8))
    sink = io.BytesIO()
    picture.save(sink, form)
    ready = files.prepare(sink.getvalue(), name="a")
    assert opened(ready.content).size == (8, 8)


def test_of_a_moving_picture_the_first_frame_stays() -> None:
    sink = io.BytesIO()
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    frames[0].save(sink, "WEBP", save_all=True, append_images=frames[1:])
    assert getattr(opened(files.prepare(sink.getvalue(), name="a").content), "n_frames", 1) == 1


def _with_scans(number: int) -> bytes:
    """A progressive JPEG whose last scan, with its table, stands there so many times more."""
    plain = image("JPEG", (64, 48), progressive=True)
    end, last = plain.rindex(b"\xff\xd9"), plain.rindex(b"\xff\xda")
    scan = plain[plain.rindex(b"\xff\xc4", 0, last) : end]
    return plain[:end] + scan * number + plain[end:]


def test_a_picture_that_is_to_be_gone_over_a_thousand_times_is_refused_before_it_is_decoded() -> None:
    with pytest.raises(Invalid) as refused:
        files.prepare(_with_scans(1000), name="a")
    assert refused.value.code == "files.broken"
    assert files.prepare(_with_scans(20), name="a").media_type == "image/jpeg"


def test_scans_of_a_preview_and_of_what_follows_the_picture_do_not_count() -> None:
    plain = image("JPEG", (64, 48), progressive=True)
    preview = b"\xff\xed\x20\x00" + b"\xff\xda" * 4095
    ready = files.prepare(plain[:2] + preview + plain[2:] + b"\xff\xda\x00\x02" * 500, name="a")
    assert (ready.width, ready.height) == (64, 48)
