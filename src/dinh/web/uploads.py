"""Reading what a form sent in its file field: bounded before a byte is copied, each fault with the file's name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest

from dinh.kernel.errors import Invalid
from dinh.spine.files import api as files

MOST: Final = 10
"""Files that one form may send."""
_ACCEPTS: Final = {
    "image/jpeg": ".jpg,.jpeg",
    "image/png": ".png",
    "image/webp": ".webp",
    "image/heic": ".heic,.heif",
    "application/pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "text/csv": ".csv,.tsv",
    "text/plain": ".txt",
}
_MIB: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Field:
    """What `ui/upload.html` draws: `{% include "ui/upload.html" with upload=field label=… %}`.

    `errors` are the refusals of the last try, `kept` the files that are there already, with an address each.
    """

    name: str
    accept: str
    most: int
    most_bytes: int
    kinds: str
    pictures: bool
    errors: Sequence[Invalid] = ()

    @property
    def most_mb(self) -> int:
        return self.most_bytes // _MIB

    @property
    def multiple(self) -> bool:
        return self.most > 1


def field(
    name: str = "files",
    *,
    accept: frozenset[str] = files.DOCUMENTS,
    most: int = MOST,
    errors: Sequence[Invalid] = (),
) -> Field:
    endings = [_ACCEPTS[kind] for kind in _ACCEPTS if kind in accept]
    # Phones offer the camera and the gallery only where kinds of picture are named as such.
    pictures = ["image/*"] if accept & files.IMAGES else []
    shown = ", ".join(ending.partition(",")[0].removeprefix(".").upper() for ending in endings)
    return Field(
        name=name,
        accept=",".join([*pictures, *endings]),
        most=most,
        most_bytes=files.limits()[0],
        kinds=shown,
        pictures=bool(pictures),
        errors=errors,
    )


def read(request: HttpRequest, name: str = "files", *, most: int = MOST) -> Sequence[tuple[bytes, str]]:
    """Content and name of each file, in the order sent; the first fault is raised.

    Raises Invalid `uploads.too_many`, `files.too_large`, `files.empty`.
    """
    found, faults = read_each(request, name, most=most)
    if faults:
        raise faults[0]
    return found


def read_each(
    request: HttpRequest, name: str = "files", *, most: int = MOST
) -> tuple[Sequence[tuple[bytes, str]], Sequence[Invalid]]:
    """As `read`, but what is sound comes back beside every fault, so that a form can show them all at once."""
    sent = [one for one in request.FILES.getlist(name) if one.name or one.size]
    if len(sent) > most:
        return (), [
            Invalid(
                "uploads.too_many",
                "{number} files were sent, at most {most} are taken at once; send them in parts",
                number=len(sent),
                most=most,
            )
        ]
    found: list[tuple[bytes, str]] = []
    faults: list[Invalid] = []
    for one in sent:
        try:
            found.append(_read(one))
        except Invalid as error:
            faults.append(error)
    return found, faults


def _read(sent: UploadedFile[bytes]) -> tuple[bytes, str]:
    name = sent.name or ""
    files.check_size(sent.size or 0, name)
    content = sent.read()
    return content, name
