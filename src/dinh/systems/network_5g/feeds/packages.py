"""Packed files, weighed before they are unpacked: ZIP members and gzip, each with an end."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import Final

from dinh.kernel.errors import Invalid

MOST_BYTES: Final = 128 * 1024 * 1024
"""Of a file, packed or not. All cells of Vietnam in OpenCelliD's list are smaller."""
MOST_MEMBERS: Final = 2_000


def members_of(data: bytes) -> list[str]:
    """Names of what a ZIP holds. Raises Invalid."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, LookupError) as error:
        raise _broken(error) from error
    if len(names) > MOST_MEMBERS:
        raise Invalid("radio.zip_many", "the ZIP holds {count:,} files; pack the list of sites alone", count=len(names))
    return names


def member(data: bytes, name: str) -> bytes:
    """Raises Invalid for what cannot be unpacked or is too large when it is, whatever the ZIP's index promises."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open(name) as file:
            found = file.read(MOST_BYTES + 1)
    except (
        zipfile.BadZipFile, zlib.error, ValueError, OSError, EOFError, NotImplementedError, RuntimeError, LookupError,
    ) as error:  # fmt: skip
        raise _broken(error) from error
    except Exception as error:  # bz2 and lzma have errors of their own
        raise _broken(error) from error
    return weighed(found)


def gunzipped(data: bytes) -> bytes:
    """Raises Invalid."""
    try:
        unpacked = zlib.decompressobj(wbits=31)
        found = unpacked.decompress(data, MOST_BYTES + 1)
    except zlib.error as error:
        raise _broken(error) from error
    return weighed(found)


def weighed(data: bytes) -> bytes:
    """Raises Invalid for what is too large."""
    if len(data) > MOST_BYTES:
        raise Invalid("radio.list_large", "the list is larger than {most} MB; give the sites of one province", most=MOST_BYTES // 1024**2)  # fmt: skip
    return data


def _broken(error: Exception) -> Invalid:
    said = (str(error).splitlines() or ["it ends early"])[0][:120]
    return Invalid("radio.zip_broken", "the packed file cannot be read ({says}); pack it again without a password", says=said)  # fmt: skip
