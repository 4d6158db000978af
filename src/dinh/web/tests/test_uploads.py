"""A form's file field: bounded, each fault with its file's name, the same without scripts."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.loader import render_to_string
from django.test import RequestFactory

from dinh.kernel.errors import Invalid
from dinh.spine.files import api as files
from dinh.web import uploads


def sent(*contents: tuple[str, bytes]) -> Any:
    held = [SimpleUploadedFile(name, content) for name, content in contents]
    return RequestFactory().post("/", {"files": held, "other": "x"})


def test_what_was_sent_comes_in_its_order() -> None:
    assert uploads.read(sent(("a.txt", b"1"), ("b.txt", b"2"))) == [(b"1", "a.txt"), (b"2", "b.txt")]
    assert uploads.read(RequestFactory().post("/", {})) == []


def test_every_fault_is_told_with_its_file_beside_what_is_sound(settings: Any) -> None:
    settings.FILE_MAX_BYTES = 4
    found, faults = uploads.read_each(sent(("rỗng.txt", b""), ("b.txt", b"2"), ("lớn.txt", b"12345")))
    assert found == [(b"2", "b.txt")]
    assert [fault.code for fault in faults] == ["files.empty", "files.too_large"]
    assert "'rỗng.txt'" in faults[0].message
    assert "'lớn.txt'" in faults[1].message


def test_too_many_files_are_refused_before_one_is_read() -> None:
    with pytest.raises(Invalid, match="3 files were sent, at most 2"):
        uploads.read(sent(*((f"{n}.txt", b"x") for n in range(3))), most=2)


def test_the_field_names_what_it_takes_and_what_went_wrong() -> None:
    fault = Invalid("files.empty", "'{name}' is empty; choose the file again and see that it opens", name="a.pdf")
    field = uploads.field(accept=files.IMAGES | {"application/pdf"}, most=3, errors=[fault])
    html = render_to_string("ui/upload.html", {"upload": field, "id": "u", "label": "Ảnh", "required": True})
    assert 'accept="image/*,.jpg,.jpeg,.png,.webp,.heic,.heif,.pdf" multiple required' in html
    assert 'aria-describedby="u-help u-errors" aria-invalid="true"' in html
    assert "«a.pdf» là tệp rỗng" in html
    assert "20 MB" in html
    one = render_to_string(
        "ui/upload.html", {"upload": uploads.field(accept=frozenset({"text/csv"}), most=1), "id": "u"}
    )
    assert "multiple" not in one
    assert "data-upload-camera" not in one
