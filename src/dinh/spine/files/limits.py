"""How large things may be: the house's settings, and bounds on what unpacks into more than it seems."""

from __future__ import annotations

from typing import Final

from django.conf import settings

from dinh.kernel.errors import Invalid

MIB: Final = 1024 * 1024
MOST_PARTS: Final = 4_000
MOST_UNPACKED: Final = 300 * MIB
MOST_XML: Final = 4 * MIB
"""Of a part that is read whole: relationships and content types, not the text of a document."""
MOST_READ: Final = 64 * MIB
"""Of a part whose text is searched in one piece: all of a Word document."""
WORST_RATIO: Final = 250
"""Unpacked to packed, above a megabyte; sheets of zeros reach about a hundred."""


def file_bytes() -> int:
    return int(settings.FILE_MAX_BYTES)


def image_pixels() -> int:
    return int(settings.IMAGE_MAX_PIXELS)


def check_size(size: int, name: str) -> None:
    """Raises Invalid `files.empty`, `files.too_large`."""
    if size == 0:
        raise Invalid("files.empty", "'{name}' is empty; choose the file again and see that it opens", name=name[:150])
    if size > file_bytes():
        raise Invalid(
            "files.too_large",
            "'{name}' has {size} MB, more than {most} MB; send it in parts, or a smaller picture or scan",
            name=name[:150],
            size=megabytes(size),
            most=megabytes(file_bytes()),
        )


def megabytes(size: int) -> int:
    """Rounded up, so that what is too large never looks as if it were not."""
    return -(-size // MIB)
