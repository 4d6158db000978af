"""Images: decoded within bounds, turned upright and written anew, so that nothing but the picture is left."""

from __future__ import annotations

import io
import re
import threading
import warnings
from dataclasses import dataclass
from typing import Any, Final

import pillow_heif
from PIL import ExifTags, Image, ImageOps

from dinh.kernel.errors import DinhError, Invalid
from dinh.spine.files import limits

pillow_heif.register_heif_opener(thumbnails=False)
# Our own bound stands before decoding; Pillow's warning below it would only fill the log.
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)

_FORMATS: Final = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/heic": "HEIF"}
_WRITTEN: Final = {
    "image/jpeg": "image/jpeg",
    "image/png": "image/png",
    "image/webp": "image/webp",
    "image/heic": "image/jpeg",
}
_OPTIONS: Final[dict[str, dict[str, Any]]] = {
    "image/jpeg": {"quality": 88, "subsampling": "4:2:0", "optimize": False, "progressive": False},
    "image/png": {"compress_level": 6},
    "image/webp": {"quality": 88, "method": 4},
}
_GPS: Final = frozenset(
    {
        ExifTags.GPS.GPSLatitudeRef, ExifTags.GPS.GPSLatitude, ExifTags.GPS.GPSLongitudeRef, ExifTags.GPS.GPSLongitude,
        ExifTags.GPS.GPSAltitudeRef, ExifTags.GPS.GPSAltitude, ExifTags.GPS.GPSImgDirectionRef,
        ExifTags.GPS.GPSImgDirection,
    }
)  # fmt: skip
_TIMES: Final = (ExifTags.Base.DateTimeOriginal, ExifTags.Base.OffsetTimeOriginal)
MOST_SCANS: Final = 100
"""Of a progressive JPEG; cameras and programs write about ten. Each goes over the whole picture anew and takes a few bytes, so
that without a bound a small file is decoded for hours."""
_MARKER: Final = re.compile(rb"\xff+([^\x00\xff\xd0-\xd7])")
"""What ends the data of a scan: 00 is a byte FF of the data itself, D0 to D7 restart within it (ITU-T T.81, B.1.1)."""
_decoding: Final = threading.BoundedSemaphore(2)
"""A picture of 50 megapixels takes some 400 MB while it is turned: not for everybody at once."""


@dataclass(frozen=True, slots=True)
class Picture:
    content: bytes
    media_type: str
    width: int
    height: int


def written_as(media_type: str) -> str:
    return _WRITTEN[media_type]


def rewritten(content: bytes, media_type: str, name: str, *, strip_position: bool) -> Picture:
    """The same picture as other bytes; HEIC becomes JPEG, of an animation the first frame stays.

    Without `strip_position` the time and the place at which it was taken stay, nothing else does.
    Raises Invalid `files.too_large`, `files.broken`.
    """
    with _decoding:
        try:
            return _rewritten(content, media_type, name, strip_position=strip_position)
        except DinhError:
            raise
        except Image.DecompressionBombError as error:
            raise _too_many_pixels(name) from error
        except Exception as error:  # decoders fail in as many ways as files can be broken
            raise _broken(name, media_type) from error


def _rewritten(content: bytes, media_type: str, name: str, *, strip_position: bool) -> Picture:
    with Image.open(io.BytesIO(content), formats=[_FORMATS[media_type]]) as opened:
        if opened.width * opened.height > limits.image_pixels():
            raise _too_many_pixels(name)
        if media_type == "image/jpeg" and _scans_in(content) > MOST_SCANS:
            raise _broken(name, media_type)
        exif = b"" if strip_position else _time_and_place(opened.getexif())
        opened.load()
        upright = ImageOps.exif_transpose(opened)
    target = _WRITTEN[media_type]
    plain = _plain(upright, target)
    # Writers take comments, profiles and texts from here when they are not told otherwise.
    plain.info = {}
    sink = io.BytesIO()
    extra = {"exif": exif} if exif else {}
    plain.save(sink, format=_FORMATS[target], **_OPTIONS[target], **extra)
    return Picture(sink.getvalue(), target, plain.width, plain.height)


def _scans_in(content: bytes) -> int:
    """Of the first picture of a JPEG file: previews in its segments and what follows its end do not count."""
    count, at = 0, 2
    while (found := _MARKER.search(content, at)) and count <= MOST_SCANS:
        marker, at = found[1][0], found.end()
        if marker == 0xD9:
            break
        count += marker == 0xDA
        at += int.from_bytes(content[at : at + 2])
    return count


def _plain(image: Image.Image, target: str) -> Image.Image:
    """In one of the few forms that every program shows; transparency stays where the format has it."""
    see_through = image.has_transparency_data
    if target == "image/jpeg":
        if see_through:
            image = image.convert("RGBA")
            ground = Image.new("RGB", image.size, "white")
            ground.paste(image, mask=image.getchannel("A"))
            return ground
        return image if image.mode in {"RGB", "L"} else image.convert("RGB")
    if see_through:
        return image if image.mode == "RGBA" else image.convert("RGBA")
    if image.mode in {"RGB", "L"}:
        return image
    if target == "image/png" and image.mode == "1":
        return image
    if image.mode.startswith("I;16"):
        # 16 bits of grey: the upper eight.
        return image.convert("I").point(lambda value: value / 256).convert("L")
    return image.convert("RGB")


def _time_and_place(exif: Image.Exif) -> bytes:
    """EXIF that holds only what is well formed of these; empty where there is none."""
    kept = Image.Exif()
    taken = exif.get_ifd(ExifTags.IFD.Exif)
    times: dict[int, Any] = {
        int(tag): taken[tag] for tag in _TIMES if isinstance(taken.get(tag), str) and len(taken[tag]) < 40
    }
    place: dict[int, Any] = {
        tag: value for tag, value in exif.get_ifd(ExifTags.IFD.GPSInfo).items() if tag in _GPS and _sane(value)
    }
    if times:
        kept.get_ifd(ExifTags.IFD.Exif).update(times)
    if place:
        kept.get_ifd(ExifTags.IFD.GPSInfo).update(place)
    return kept.tobytes() if times or place else b""


def _sane(value: Any) -> bool:
    """A short text, a number, or up to three numbers: no room for anything else."""
    if isinstance(value, tuple):
        return len(value) <= 3 and all(_sane(part) and not isinstance(part, str | bytes) for part in value)
    if isinstance(value, str | bytes):
        return len(value) <= 4
    return float(value) == float(value)


def _too_many_pixels(name: str) -> Invalid:
    return Invalid(
        "files.too_large",
        "the picture '{name}' has more than {most} million pixels; make it smaller and send it again",
        name=name,
        most=limits.image_pixels() // 1_000_000,
    )


def _broken(name: str, media_type: str) -> Invalid:
    return Invalid(
        "files.broken",
        "'{name}' looks like {kind} but cannot be shown; open it, save it anew and send that",
        name=name,
        kind=_FORMATS[media_type],
    )
