"""Every kind that is taken, and every disguise that is not."""

from __future__ import annotations

import io
import struct
import time
import zipfile
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from dinh.kernel.errors import DinhError, Invalid
from dinh.spine.files import api as files
from dinh.spine.files.domain import DOCX, XLSX
from dinh.spine.files.tests.samples import archive, docx, image, link, object_stream, pdf, stream, xlsx

OPENS = b"/OpenAction 4 0 R"
SCRIPT = b"<< /S /JavaScript /JS (app.alert(1)) >>"
GO_TO = b"<< /S /GoTo /D [3 0 R /Fit] >>"
ENTITIES = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><w:document xmlns:w="w">&b;</w:document>'


def code_of(content: bytes, name: str = "tệp", **options: object) -> str:
    with pytest.raises(DinhError) as caught:
        files.prepare(content, name=name, **options)  # type: ignore[arg-type]
    assert name in caught.value.message
    return caught.value.code


def damaged(held: bytes) -> bytes:
    """A stream whose checksum is wrong, which readers show all the same."""
    end = held.rindex(b"\nendstream")
    return held[: end - 4] + b"\0\1\0\1" + held[end:]


def nested(number: int, mib: int) -> bytes:
    """So many object streams, each within the one before, that share one end of so many MiB of zeros."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    end = b"".join(packer.compress(bytes(1024 * 1024)) for _ in range(mib)) + packer.flush()
    begins = b"1 0 /ObjStm stream\n\x78\x01"
    block = b"\0" + struct.pack("<HH", len(begins), len(begins) ^ 0xFFFF) + begins
    return pdf(b"/ObjStm stream\n\x78\x01" + block * number + end + b"\0\0\0\0")


def kind_of(content: bytes, name: str = "tệp") -> str:
    return files.prepare(content, name=name).media_type


@pytest.mark.parametrize(
    ("content", "name", "kind", "called"),
    [
        (image("JPEG"), "ảnh.JPEG", "image/jpeg", "ảnh.jpeg"),
        (image("PNG"), "ảnh.jpg", "image/png", "ảnh.png"),
        (image("WEBP"), "ảnh", "image/webp", "ảnh.webp"),
        (image("HEIF"), "IMG_1.HEIC", "image/jpeg", "IMG_1.jpg"),
        (pdf(), "Đơn.pdf.exe", "application/pdf", "Đơn.pdf"),
        (docx(), "Tờ trình.doc", DOCX, "Tờ trình.docx"),
        (xlsx(), "Bảng.xlsx", XLSX, "Bảng.xlsx"),
        ("xã;hộ\nTrần Đề;12\n".encode(), "b.csv", "text/csv", "b.csv"),
        ("Ghi chú".encode("utf-16"), "g.html", "text/plain", "g.txt"),
        ("Tôi ở Cần Thơ".encode("windows-1258", "ignore"), "g.txt", "text/plain", "g.txt"),
    ],
)
def test_each_kind_is_known_by_its_content_and_named_after_it(
    content: bytes, name: str, kind: str, called: str
) -> None:
    ready = files.prepare(content, name=name)
    assert (ready.media_type, ready.name) == (kind, called)


@pytest.mark.parametrize(
    "content",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"\xef\xbb\xbf\n <!DOCTYPE html><p>",
        "<?xml version='1.0'?><svg/>".encode("utf-16"),
        b"hello <script>alert(1)</script>",
        b"{\\rtf1 x}",
        b"#!/bin/sh\nrm",
        b"%!PS-Adobe",
        b"MZ\x90\x00\x03",
        b"\x7fELF\x02\x01\x00",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        b"GIF89a" + bytes(20),
        b"Rar!\x1a\x07\x00",
        b"text with a \x00 in it",
        "một".encode("utf-16")[:-1],
        b"\x00\x00\x00\x20ftypavif" + bytes(30),
        archive({"a.txt": "x"}),
        archive({"[Content_Types].xml": "<Types/>", "_rels/.rels": "<R/>", "ppt/presentation.xml": "<p/>"}),
        docx(main="application/vnd.oasis"),
    ],
)
def test_what_is_of_no_accepted_kind_is_refused(content: bytes) -> None:
    assert code_of(content) == "files.kind"


def test_what_is_not_asked_for_is_refused_with_what_is() -> None:
    with pytest.raises(Invalid, match=r"'a.pdf' is PDF, which is not taken here; send one of JPEG, PNG, WebP, HEIC"):
        files.prepare(pdf(), name="a.pdf", accept=files.IMAGES)


def test_a_table_that_alone_is_asked_for_is_a_table_whatever_its_name() -> None:
    assert files.prepare(b"a,b\n1,2", name="x.txt", accept={"text/csv"}).media_type == "text/csv"


def test_size_is_bounded(settings: Any) -> None:
    settings.FILE_MAX_BYTES = 1024 * 1024
    assert code_of(b"") == "files.empty"
    with pytest.raises(Invalid, match=r"has 2 MB, more than 1 MB"):
        files.prepare(b"a" * (1024 * 1024 + 1), name="a.txt")


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded(settings: Any) -> None:
    settings.IMAGE_MAX_PIXELS = 2_000_000
    bomb = image("PNG", (2000, 1001), "RGB")
    assert len(bomb) < 30_000
    assert code_of(bomb) == "files.too_large"

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack("!I", len(data)) + kind + data + struct.pack("!I", zlib.crc32(kind + data))

    claims = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack("!IIBBBBB", 60000, 60000, 8, 6, 0, 0, 0))
    assert code_of(claims + chunk(b"IDAT", zlib.compress(b"x")) + chunk(b"IEND", b"")) == "files.too_large"


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_half_a_picture_is_refused(form: str) -> None:
    whole = image(form, (200, 200))
    assert code_of(whole[: len(whole) // 2]) == "files.broken"


# --- PDF -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        pdf(SCRIPT, head=OPENS),
        pdf(b"<< /S /J#61vaScript /JS (x) >>"),
        pdf(b"<< /S /Launch /F (cmd.exe) >>"),
        pdf(b"<< /Type /EmbeddedFile >>"),
        pdf(head=b"/Names << /EmbeddedFiles 9 0 R >>"),
        pdf(b"<< /S /SubmitForm /F (http://x) >>"),
        pdf(b"<< /S /URI /URI (http://x) >>", head=OPENS),
        pdf(head=b"/OpenAction << /S /URI /URI (http://x) >>"),
        pdf(head=b"/OpenAction 77 0 R"),
        pdf(object_stream((9, SCRIPT))),
        pdf(object_stream((9, SCRIPT), dictionary=b"/Filter /FlateDecode /Type /X")),
        pdf(object_stream((9, SCRIPT), dictionary=b"/Type /Obj#53tm /Filter [/ASCIIHexDecode /FlateDecode]")),
        pdf(
            object_stream(
                (9, SCRIPT), dictionary=b"/Type /ObjStm /Filter /FlateDecode /DecodeParms << /Predictor 12 >>"
            )
        ),
        pdf(damaged(object_stream((9, SCRIPT)))),
        pdf(damaged(object_stream((9, SCRIPT + b" " * 3000)))),
        pdf(stream(b"9 0 obj " + SCRIPT, b"", packed=False)),
        pdf(object_stream((9, GO_TO), (10, b"<< /S /URI >>")), head=b"/OpenAction 10 0 R"),
    ],
)
def test_a_pdf_that_acts_by_itself_is_refused(content: bytes) -> None:
    assert code_of(content) == "files.active"


@pytest.mark.parametrize(
    "content",
    [
        pdf(head=b"/OpenAction [3 0 R /XYZ null null 0]"),
        pdf(GO_TO, head=OPENS),
        pdf(head=b"/OpenAction" + GO_TO),
        pdf(object_stream((9, b"<< /S /URI >>"), (10, GO_TO)), head=b"/OpenAction 10 0 R"),
        pdf(stream(b"BT (Kinh gui) Tj ET"), b"<< /S /URI /URI (https://example.vn) >>"),
        pdf(stream(b"0 0 200 200 re (about /JavaScript) Tj")),
        pdf(tail=b"\r\n\x00\x00"),
    ],
)
def test_a_pdf_as_offices_write_them_is_taken(content: bytes) -> None:
    assert kind_of(content) == "application/pdf"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (archive({"a": "b"}) + pdf(), "files.broken"),
        (b"<html>" + pdf(), "files.broken"),
        (b"some words\n" + pdf(), "files.broken"),
        (pdf(tail=archive({"a.html": "b"})), "files.broken"),
        (pdf(tail=b"<script>alert(1)</script>"), "files.broken"),
        (archive({"a": "b"}, comment=b"%%EOF"), "files.broken"),
        (pdf() + archive({"a": "b"}, comment=b"\n%%EOF\n"), "files.broken"),
        (pdf()[:120], "files.broken"),
        (pdf(trailer=b"/Encrypt 9 0 R"), "files.locked"),
        (b"%PDF-9.9 x startxref %%EOF", "files.broken"),
    ],
)
def test_a_pdf_that_is_something_else_as_well_is_refused(content: bytes, code: str) -> None:
    assert code_of(content) == code


def test_object_streams_that_unpack_without_end_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dinh.spine.files.limits.MOST_UNPACKED", 100_000)
    assert code_of(pdf(object_stream((9, b" " * 300_000)))) == "files.too_large"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (pdf(b"stream\n" * 300_000), "files.broken"),
        (pdf(b"/OpenAction 2 0 R " * 200_000), "files.active"),
        (pdf(b"1" + b" " * 2_000_000), "files.taken"),
        (pdf((b"/Filter[" * 500 + b"stream\n\x78\x01") * 2000), "files.taken"),
        (nested(50_000, 8), "files.too_large"),
        (docx({"word/a.xml": "<a>" * 300_000}), "files.taken"),
        (docx({"word/a.xml": "<a>" + "<w:instrText" * 80_000}), "files.taken"),
        (docx({"word/a.xml": "<instrText>" * 75_000}), "files.taken"),
        (docx({"word/a.xml": "<instrText>" + "<!--" * 150_000 + 'instr="' * 50_000}), "files.taken"),
        (docx({"_rels/x.rels": "<a>" * 140_000 + "</a>" * 140_000}), "files.taken"),
    ],
)
@pytest.mark.timeout(20)
def test_nothing_keeps_the_checks_busy(content: bytes, code: str) -> None:
    started = time.process_time()
    assert outcome(content) == code
    assert time.process_time() - started < 3


UTF16 = '<?xml version="1.0" encoding="UTF-16"?>'
FIELD = '<w:f xmlns:w="w"><w:instrText>{}</w:instrText></w:f>'


# --- Word and Excel ----------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        docx({"word/vbaProject.bin": b"x"}),
        docx(main="application/vnd.ms-word.document.macroEnabled.main+xml"),
        docx({"word/embeddings/oleObject1.bin": b"x"}),
        docx({"word/embeddings/a.xlsx": xlsx()}),
        docx({"word/media/image1.png": archive({"a": "b"})}),
        docx({"word/media/image1.png": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"}),
        docx({"word/payload.exe": b"x"}),
        docx({"xl/macrosheets/sheet1.xml": "<a/>"}),
        docx(links=link("oleObject", "embeddings/a.bin", mode="Internal")),
        docx(links=link("attachedTemplate", "https://evil.example/x.dotm")),
        docx(links=link("image", "https://evil.example/x.png")),
        docx(links=link("externalLinkPath", "file:///\\\\evil\\share\\a.xlsx")),
        docx(
            {
                "word/footer1.xml": '<w:f xmlns:w="w"><w:instrText>DDEAU</w:instrText><w:instrText>TO cmd</w:instrText></w:f>'
            }
        ),
        docx({"xl/externalLinks/externalLink1.xml": '<e xmlns="x"><ddeLink ddeService="cmd"/></e>'}),
        docx({"xl/elsewhere.xml": '<e xmlns="x"><ddeLink ddeService="cmd"/></e>'}),
        docx({"xl/externalLinks/externalLink1.xml": f'{UTF16}<e><ddeLink ddeService="cmd"/></e>'.encode("utf-16")}),
        docx({"word/a.xml": f"{UTF16}{FIELD.format('DDEAUTO cmd')}".encode("utf-16")}),
        docx({"word/a.xml": f"{UTF16}{FIELD.format('DDEAUTO cmd')}".encode("utf-16-be")}),
        docx({"word/a.xml": FIELD.format("&#68;&#x44;EAUTO cmd")}),
        docx({"word/a.xml": FIELD.format("<![CDATA[DDEAUTO cmd]]>")}),
        docx({"word/a.xml": FIELD.format("DD<!-- -->E<?x y?>AUTO cmd")}),
        docx({"word/a.xml": FIELD.format("<![CDATA[<]]> DDEAUTO cmd")}),
        docx({"word/a.xml": FIELD.format("DDEAUTO cmd").replace("w:", "x:").replace(":w=", ":x=")}),
        docx({"word/a.xml": FIELD.format("DDEAUTO cmd").replace("w:", "").replace(":w=", "=")}),
        docx({"elsewhere/document.xml": FIELD.format("DDEAUTO cmd")}),
        docx({"word/a.xml": "<w:f xmlns:w='w'><w:fldSimple w:instr='DDEAUTO cmd'/></w:f>"}),
    ],
)
def test_macros_embedded_objects_and_what_is_fetched_from_elsewhere_are_refused(content: bytes) -> None:
    assert code_of(content) == "files.active"


def test_links_that_a_person_must_click_and_a_printers_settings_are_taken() -> None:
    assert (
        kind_of(docx({"word/a.xml": FIELD.format("PAGE"), "word/b.xml": f"{UTF16}<a>DDE</a>".encode("utf-16")})) == DOCX
    )
    assert kind_of(docx(links=link("hyperlink", "https://example.vn"))) == DOCX
    assert kind_of(docx(links=link("externalLinkPath", "So lieu.xlsx"))) == DOCX
    assert kind_of(docx({"xl/printerSettings/printerSettings1.bin": b"\1\2"})) == DOCX


def _renamed(old: bytes, new: bytes) -> bytes:
    return docx({old.decode(): b"x"}).replace(old, new)


@pytest.mark.parametrize(
    "content",
    [
        docx() + b"trailing",
        b"PK\x03\x04" + docx(),
        docx()[:-30],
        docx({"word/a.xml": ENTITIES}),
        docx({"_rels/.rels": ENTITIES}),
        docx({"word/a.xml": ENTITIES.encode("utf-16")}),
        docx({"word/a.xml": "not xml"}),
        _renamed(b"word/aaaaa.xml", b"word/../a.xml"),
        _renamed(b"word/aaaaaaaa.xml", b"word/document.xml"[:14] + b"xml"),
        _renamed(b"word/a/a.xml", b"word\\a/a.xml"),
        archive([("[Content_Types].xml", "<Types/>"), ("[content_types].xml", "<Types/>")]),
        docx().replace(b"word/document.xml", b"word/documenT.xml", 1),
    ],
)
def test_an_unsound_archive_is_refused(content: bytes) -> None:
    assert code_of(content) in {"files.broken", "files.active"}


def test_a_bomb_is_refused_by_its_ratio_its_total_and_its_number_of_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    assert code_of(docx({"word/a.xml": b"\0" * 3 * 1024 * 1024})) == "files.too_large"
    monkeypatch.setattr("dinh.spine.files.limits.MOST_PARTS", 10)
    assert code_of(docx({f"word/{n}.xml": "<a/>" for n in range(10)})) == "files.too_large"
    monkeypatch.setattr("dinh.spine.files.limits.MOST_UNPACKED", 500)
    assert code_of(docx()) == "files.too_large"


def test_an_archive_that_lies_about_its_sizes_is_refused() -> None:
    content = docx({"word/a.xml": "<a>" + "b" * 5000 + "</a>"})
    with zipfile.ZipFile(io.BytesIO(content)) as held:
        part = held.getinfo("word/a.xml")
    true, lie = struct.pack("<I", part.file_size), struct.pack("<I", 10)
    assert code_of(content.replace(true, lie)) == "files.broken"


def test_a_document_with_a_password_is_refused_with_the_remedy() -> None:
    content = bytearray(docx())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(mark)
        content[at + offset] |= 1
    assert code_of(bytes(content)) == "files.locked"


# --- anything at all -----------------------------------------------------------------

SEEDS = [image(form) for form in ("JPEG", "PNG", "WEBP", "HEIF")] + [pdf(object_stream((9, GO_TO))), docx(), xlsx()]


def outcome(content: bytes) -> str:
    """The code of the refusal; anything but a refusal in words is raised."""
    try:
        files.prepare(content, name="a")
    except Invalid as error:
        return error.code
    return "files.taken"


@examples(max_examples=150, deadline=None)
@given(st.binary(min_size=1, max_size=400), st.sampled_from([b"", *(seed[:16] for seed in SEEDS)]))
def test_random_bytes_are_taken_or_refused_in_words(content: bytes, start: bytes) -> None:
    assert outcome(start + content).startswith("files.")


@examples(max_examples=150, deadline=None)
@given(
    st.sampled_from(SEEDS), st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=12), st.floats(0.2, 1)
)
def test_damaged_files_are_taken_or_refused_in_words(
    seed: bytes, damage: list[tuple[float, int]], length: float
) -> None:
    content = bytearray(seed)
    for place, value in damage:
        content[int(place * (len(content) - 1))] = value
    assert outcome(bytes(content[: max(1, int(len(content) * length))])).startswith("files.")
