"""Files made byte by byte: sound ones of every kind, and what is hidden in them."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping, Sequence

import openpyxl
import pillow_heif
from PIL import ExifTags, Image

from dinh.spine.files import api as files

pillow_heif.register_heif_opener()

CASE = "urn:dinh:case:2026-000118"
PERSON = "urn:dinh:person:an"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def keep(content: bytes, name: str = "a.jpg", *, about: str = CASE, personal: bool = False) -> files.FileRow:
    return files.save(content, name=name, about=about, by=PERSON, personal=personal)


def image(form: str = "JPEG", size: tuple[int, int] = (24, 16), mode: str = "RGB", **options: object) -> bytes:
    """A picture whose left half is red and right half blue."""
    made = Image.new("RGB", size, "blue")
    made.paste("red", (0, 0, size[0] // 2, size[1]))
    sink = io.BytesIO()
    made.convert(mode).save(sink, form, **options)
    return sink.getvalue()


def exif(*, orientation: int = 1) -> bytes:
    """A phone's EXIF: place, time, maker, serial number."""
    held = Image.Exif()
    held[ExifTags.Base.Make] = "Phone of An"
    held[ExifTags.Base.Orientation] = orientation
    held.get_ifd(ExifTags.IFD.Exif).update(
        {ExifTags.Base.DateTimeOriginal: "2026:11:22 11:42:00", ExifTags.Base.BodySerialNumber: "SN-4711"}
    )
    held.get_ifd(ExifTags.IFD.GPSInfo).update(
        {
            ExifTags.GPS.GPSLatitudeRef: "N",
            ExifTags.GPS.GPSLatitude: (9.0, 36.0, 9.25),
            ExifTags.GPS.GPSLongitudeRef: "E",
            ExifTags.GPS.GPSLongitude: (105.0, 58.0, 30.0),
            ExifTags.GPS.GPSProcessingMethod: b"ASCII\0\0\0WIFI an-home",
        }
    )
    return held.tobytes()


def pdf(*objects: bytes, head: bytes = b"", tail: bytes = b"", trailer: bytes = b"") -> bytes:
    """A catalogue, a page and what else is wanted, numbered from 4."""
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R " + head + b" >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>",
        *objects,
    ]
    body = b"%PDF-1.7\n"
    places = []
    for number, part in enumerate(parts, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%b\nendobj\n" % (number, part)
    start = len(body)
    body += b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1)
    body += b"".join(b"%010d 00000 n \n" % place for place in places)
    body += b"trailer\n<< /Size %d /Root 1 0 R %b >>\nstartxref\n%d\n%%%%EOF\n" % (len(parts) + 1, trailer, start)
    return body + tail


def stream(content: bytes, dictionary: bytes = b"/Filter /FlateDecode", *, packed: bool = True) -> bytes:
    held = zlib.compress(content) if packed else content
    return b"<< /Length %d %b >>\nstream\n%b\nendstream" % (len(held), dictionary, held)


def object_stream(*objects: tuple[int, bytes], dictionary: bytes = b"/Type /ObjStm /Filter /FlateDecode") -> bytes:
    index, bodies = b"", b""
    for number, body in objects:
        index += b"%d %d " % (number, len(bodies))
        bodies += body + b" "
    return stream(index + bodies, dictionary + b" /N %d /First %d" % (len(objects), len(index)))


def archive(parts: Mapping[str, str | bytes] | Sequence[tuple[str, str | bytes]], *, comment: bytes = b"") -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as held:
        for name, content in parts.items() if isinstance(parts, Mapping) else parts:
            held.writestr(name, content)
        held.comment = comment
    return sink.getvalue()


def docx(
    more: Mapping[str, str | bytes] | None = None, *, main: str = WORD, links: str = "", text: str = "Kính gửi"
) -> bytes:
    xmlns = 'xmlns="http://schemas.openxmlformats.org/package/2006/'
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": f'<Types {xmlns}content-types"><Override PartName="/word/document.xml" ContentType="{main}"/></Types>',
        "_rels/.rels": f'<Relationships {xmlns}relationships"/>',
        "word/document.xml": f'<w:document xmlns:w="w"><w:body><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:body></w:document>',
        "word/_rels/document.xml.rels": f'<Relationships {xmlns}relationships">{links}</Relationships>',
    }
    return archive({**parts, **(more or {})})


def link(kind: str, target: str, *, mode: str = "External") -> str:
    return f'<Relationship Id="r1" Type="http://x/relationships/{kind}" Target="{target}" TargetMode="{mode}"/>'


def xlsx() -> bytes:
    book = openpyxl.Workbook()
    book.active.append(["Xã", "Số hộ"])
    book.active.append(["Trần Đề", 1234])
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()
