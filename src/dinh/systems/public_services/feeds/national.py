"""The national catalogue as JSON Lines: one object a procedure, with the field names of the portal's own pages.

Only facts are taken: names, codes, numbers of laws, times and fees. The portal runs words of neighbouring cells together;
what cannot be told apart surely is left out.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from dinh.kernel.errors import Invalid
from dinh.kernel.vietnamese_text import nfc

LONGEST_LINE: Final = 2_000_000
CHANNELS: Final = {"Trực tuyến": "online", "Dịch vụ bưu chính": "post", "Trực tiếp": "counter"}
_UNKNOWN: Final = "Không có thông tin"
_CHANNEL: Final = re.compile(
    r"(Trực tuyến|Dịch vụ bưu chính|Trực tiếp)"
    r"(\d{1,3} ?(?:Ngày làm việc|Ngày|Giờ làm việc|Giờ|Tháng|Năm)|\d{1,3}(?=Miễn phí|Không)|Không có thông tin)?"
    r"(Miễn phí|Không có thông tin|[\d.,]+ (?:VNĐ|Việt Nam Đồng|Đồng))"
)
_MINISTRIES: Final = "BTP|BTC|BXD|BCA|BNNMT|BNNPTNT|BGTVT|BYT|BKHCN|BTNMT|BVHTTDL|BLĐTBXH|BCT|BNV|BQP|BTTTT|BGDĐT|BKHĐT|BNG|BDTTG|NHNN|VPCP|TTCP|UBDT"
_LAW: Final = re.compile(
    r"\d+(?:\.\d+)?/\d{4}/(?:QH\d{2}|UBTVQH\d{2}|NĐ-CP|NQ-CP|QĐ-TTg|PL-UBTVQH\d{2}|TT-(?:"
    + _MINISTRIES
    + r")|QĐ-(?:"
    + _MINISTRIES
    + r"))"
)


@dataclass(frozen=True, slots=True)
class Fact:
    """One procedure; `channels` are channel, time in words, fee in words."""

    code: str
    name: str
    domain: str
    ministry: str
    levels: str
    who: str
    authority: str
    decision: str
    laws: tuple[str, ...]
    channels: tuple[tuple[str, str, str], ...]
    address: str


def read(path: Path) -> Iterator[Fact | Invalid]:
    """Facts, and refusals of single lines, in the order of the file. Raises Invalid `services.catalogue_file`."""
    opener = gzip.open if path.suffix == ".gz" else open
    try:
        with opener(path, "rt", encoding="utf-8") as lines:
            number = 0
            while line := lines.readline(LONGEST_LINE):
                number += 1
                if line.strip():
                    yield _fact(line, number)
    except (OSError, UnicodeDecodeError, EOFError, zlib.error) as error:
        raise Invalid(
            "services.catalogue_file",
            "{path} cannot be read as JSON Lines: {why}; give a .jsonl or .jsonl.gz file in UTF-8",
            path=path,
            why=str(error)[:200],
        ) from error


def _fact(line: str, number: int) -> Fact | Invalid:
    try:
        told: Mapping[str, Any] = json.loads(line)
        code, name = _said(told, "ma_thu_tuc"), _said(told, "ten_thu_tuc")
    except (ValueError, TypeError, AttributeError) as error:
        return _wrong(number, f"it is no JSON object ({str(error)[:80]})")
    if not re.fullmatch(r"[0-9.A-Z]{5,20}", code) or not name:
        return _wrong(number, f"ma_thu_tuc '{code[:30]}' or ten_thu_tuc is missing or malformed")
    address = _said(told, "detail_url")
    return Fact(
        code=code,
        name=name[:1000],
        domain=_said(told, "linh_vuc")[:300],
        ministry=_said(told, "_ministry")[:80],
        levels=_said(told, "cap_thuc_hien")[:200],
        who=_said(told, "doi_tuong_thuc_hien")[:500],
        authority=(_said(told, "co_quan_co_tham_quyen") or _said(told, "co_quan_thuc_hien"))[:500],
        decision=_said(told, "so_quyet_dinh")[:100],
        laws=tuple(dict.fromkeys(_LAW.findall(_said(told, "can_cu_phap_ly"))))[:60],
        channels=_channels(_said(told, "cach_thuc_thuc_hien")),
        address=address[:300] if address.startswith("https://dichvucong.gov.vn/") else "",
    )


def _wrong(number: int, why: str) -> Invalid:
    return Invalid("services.catalogue_line", "line {line} was left out: {why}", line=number, why=why)


def _said(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name)
    text = nfc(value) if isinstance(value, str) else ""
    return "" if text == _UNKNOWN else text


def _channels(text: str) -> tuple[tuple[str, str, str], ...]:
    """Each channel once: its description may name others."""
    found: dict[str, tuple[str, str, str]] = {}
    for channel, time, fee in _CHANNEL.findall(text):
        told = "" if time in ("", _UNKNOWN) else f"{time} ngày" if time.isdecimal() else time
        found.setdefault(CHANNELS[channel], (CHANNELS[channel], told, "" if fee == _UNKNOWN else fee))
    return tuple(found.values())
