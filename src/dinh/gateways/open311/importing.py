"""`dinh import open311`: another city's reports by its own Open311, from its address or from files of it, JSON or XML."""

from __future__ import annotations

import argparse
import json
import sys
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
from defusedxml.ElementTree import fromstring

from dinh.kernel import clock
from dinh.kernel.clock import parse_moment
from dinh.kernel.errors import Invalid, SourceUnavailable
from dinh.spine.parties.api import SYSTEM
from dinh.spine.requests import api as requests
from dinh.spine.requests.api import PastRequest

WINDOW: Final = timedelta(days=30)
PAGES: Final = 200
MOST_BYTES: Final = 50_000_000
TIMEOUT_S: Final = 60.0
FEWEST: Final = 10
"""Reports: fewer are no city's most at once."""
SHORTEST: Final = timedelta(minutes=1)
OTHER: Final = "other"

type Record = Mapping[str, Any]


def run(arguments: list[str]) -> int:
    """0 when every record was taken, was there, or was refused with a reason."""
    parser = argparse.ArgumentParser(
        prog="dinh import open311", description="take over reports of another city's Open311"
    )
    parser.add_argument("source", help="https://city.example/open311/v2, or a file of requests (JSON or XML)")
    parser.add_argument("--name", help="what its records are called here; by default the host or the file's name")
    parser.add_argument("--since", default="", help="YYYY-MM-DD; by default 90 days ago (addresses only)")
    parser.add_argument("--jurisdiction", default="", help="jurisdiction_id, where the city wants one")
    parser.add_argument("--mapping", type=Path, help="TOML: [services] with their codes or names and ours")
    parser.add_argument("--dry-run", action="store_true", help="tell what would be taken, and take nothing")
    options = parser.parse_args(arguments)
    mapping = _mapping(options.mapping) if options.mapping else {}
    remote = options.source.startswith(("https://", "http://"))
    name = options.name or (urlsplit(options.source).hostname if remote else Path(options.source).stem) or "open311"
    records = _fetched(options.source, options.since, options.jurisdiction) if remote else read(Path(options.source))
    unmapped: Counter[str] = Counter()
    wrong: list[tuple[str, str]] = []
    past = _past(records, mapping, unmapped, wrong)
    if options.dry_run:
        print(f"{sum(1 for _ in past):,} could be taken, {len(wrong):,} not")
    else:
        report = requests.import_past(past, source=name, by=SYSTEM)
        print(f"taken {report.taken:,}, there already {report.there:,}, refused {report.refused + len(wrong):,}")
        wrong += report.refusals
    for service, count in unmapped.most_common(20):
        print(f"  as '{OTHER}': {count:,} of service {service}; name ours in --mapping", file=sys.stderr)
    for id, told in wrong[:20]:
        print(f"  {id}: {told}", file=sys.stderr)
    return 0


def _mapping(path: Path) -> Mapping[str, str]:
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8")).get("services", {})
    except (OSError, ValueError) as error:
        raise Invalid(
            "open311.mapping", "{path} cannot be read as TOML ({says})", path=path, says=str(error)
        ) from error
    for theirs, ours in found.items():
        requests.service(str(ours))
        if not isinstance(theirs, str):
            raise Invalid("open311.mapping", "{path} cannot be read as TOML ({says})", path=path, says=str(theirs))
    return {str(theirs): str(ours) for theirs, ours in found.items()}


def read(path: Path) -> list[Record]:
    """The records of a file. Raises Invalid `open311.file`."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise Invalid("open311.file", "{path} cannot be read ({says})", path=path, says=error.strerror or "") from error
    return parse(content, str(path))


def parse(content: bytes, where: str) -> list[Record]:
    """JSON or XML, by how it begins."""
    text = content.lstrip(b"\xef\xbb\xbf \t\r\n")
    try:
        if text.startswith(b"<"):
            root = fromstring(text)
            return [{child.tag: (child.text or "").strip() for child in record} for record in root.iter("request")]
        found = json.loads(text)
    except Exception as error:
        raise Invalid("open311.file", "{path} cannot be read ({says})", path=where, says=str(error)[:200]) from error
    if not isinstance(found, list):
        raise Invalid("open311.file", "{path} cannot be read ({says})", path=where, says="no list of requests")
    return [record for record in found if isinstance(record, dict)]


type Ask = Callable[[datetime, datetime, int], list[Record]]


@dataclass(slots=True)
class _Most:
    """How many reports a city that understands no paging gives at once, as far as its answers tell."""

    known: int | None = None
    last: int = 0
    believed: list[tuple[datetime, datetime, set[str], int]] = field(default_factory=list)
    """Windows whose one answer was taken for all of them."""

    def reached(self, count: int) -> bool:
        """A round number, or the same number twice in a row, is hardly chance."""
        before, self.last = self.last, count
        if self.known is not None:
            return count >= self.known
        return count >= FEWEST and (count % FEWEST == 0 or count == before)


def _fetched(base: str, since: str, jurisdiction: str) -> Iterator[Record]:
    """Windows of time, each page by page until one brings nothing new: cities differ in what they understand of paging."""
    start = parse_moment(f"{since}T00:00:00+07:00") if since else clock.now() - timedelta(days=90)
    most = _Most()
    with httpx.Client(timeout=TIMEOUT_S, follow_redirects=False, headers={"Accept": "application/json"}) as client:

        def ask(start: datetime, end: datetime, page: int) -> list[Record]:
            asked = {"start_date": _w3(start), "end_date": _w3(end), "page": str(page)}
            if jurisdiction:
                asked["jurisdiction_id"] = jurisdiction
            return _ask(client, f"{base.rstrip('/')}/requests.json", asked)

        while start < clock.now():
            end = min(start + WINDOW, clock.now() + timedelta(minutes=1))
            seen: set[str] = set()
            yield from _window(ask, start, end, seen, most)
            print(f"  {start:%Y-%m-%d}: {len(seen):,}", file=sys.stderr)
            if most.known is not None:
                again, most.believed = most.believed, []
                for earlier_start, earlier_end, earlier, count in again:
                    if count >= most.known:
                        yield from _halves(ask, earlier_start, earlier_end, earlier, most, count)
            start = end


def _window(ask: Ask, start: datetime, end: datetime, seen: set[str], most: _Most) -> Iterator[Record]:
    """What is new of a window; one that comes back full, with no further page, is asked again in halves."""
    here: set[str] = set()
    first, over = 0, False
    for page in range(1, PAGES + 1):
        answered = ask(start, end, page)
        found = [record for record in answered if _id(record) not in here]
        if page == 1:
            first = len(answered)
        if not found:
            break
        here |= {_id(record) for record in found}
        yield from [record for record in found if _id(record) not in seen]
        seen |= here
    else:
        over = True
    paged = len(here) > first
    if over or (not paged and most.reached(first)):
        yield from _halves(ask, start, end, seen, most, len(here))
    elif not paged:
        most.believed.append((start, end, seen, first))


def _halves(ask: Ask, start: datetime, end: datetime, seen: set[str], most: _Most, count: int) -> Iterator[Record]:
    told = f"  {start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M}: {count:,} reports, perhaps as many as the city gives at once"
    if end - start <= SHORTEST:
        print(f"{told}; there may be more", file=sys.stderr)
        return
    print(f"{told}; asking in halves", file=sys.stderr)
    before, middle = len(seen), start + (end - start) / 2
    yield from _window(ask, start, middle, seen, most)
    yield from _window(ask, middle, end, seen, most)
    if most.known is None and len(seen) > before:
        most.known = count


def _w3(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _ask(client: httpx.Client, address: str, asked: Mapping[str, str]) -> list[Record]:
    try:
        with client.stream("GET", address, params=dict(asked)) as response:
            if response.status_code != 200:
                raise SourceUnavailable("open311.source", "{address} answered {status}", address=address, status=response.status_code)  # fmt: skip
            content = bytearray()
            for part in response.iter_bytes():
                content += part
                if len(content) > MOST_BYTES:
                    raise SourceUnavailable("open311.source_large", "{address} sends more than {most} bytes at once", address=address, most=MOST_BYTES)  # fmt: skip
    except httpx.HTTPError as error:
        raise SourceUnavailable("open311.source_gone", "{address} does not answer ({says})", address=address, says=str(error)) from error  # fmt: skip
    return parse(bytes(content), address)


def _id(record: Record) -> str:
    return str(record.get("service_request_id") or record.get("token") or "")


def _past(
    records: Iterable[Record], mapping: Mapping[str, str], unmapped: Counter[str], wrong: list[tuple[str, str]]
) -> Iterator[PastRequest]:
    known = {row.code for row in requests.services()}
    for record in records:
        try:
            yield _one(record, mapping, known, unmapped)
        except Invalid as error:
            wrong.append((_id(record) or "?", error.message))


def _one(record: Record, mapping: Mapping[str, str], known: set[str], unmapped: Counter[str]) -> PastRequest:
    if not _id(record):
        raise Invalid("open311.no_id", "the record has no service_request_id")
    closed = str(record.get("status", "")).lower() == "closed"
    at = _moment(record, "requested_datetime")
    if at is None:
        raise Invalid("open311.no_time", "requested_datetime is missing")
    updated = _moment(record, "updated_datetime")
    return PastRequest(
        id=_id(record),
        category=_category(record, mapping, known, unmapped),
        title=_text(record, "service_name"),
        description=_text(record, "description"),
        at=at,
        due_at=_moment(record, "expected_datetime"),
        closed_at=max(updated or at, at) if closed else None,
        reason=_text(record, "status_notes") if closed else "",
        longitude=_degrees(record, "long", 180),
        latitude=_degrees(record, "lat", 90),
        address=_text(record, "address"),
    )


def _category(record: Record, mapping: Mapping[str, str], known: set[str], unmapped: Counter[str]) -> str:
    """By the mapping, else the same code, else by its words."""
    code, name = _text(record, "service_code"), _text(record, "service_name")
    for theirs in (code, name):
        if theirs in mapping:
            return mapping[theirs]
    if code in known:
        return code
    near = requests.suggest(name, limit=1)
    if near:
        return near[0].code
    unmapped[f"{code} ({name})"] += 1
    return OTHER


def _text(record: Record, name: str) -> str:
    value = record.get(name)
    return "" if value is None else str(value).strip()


def _moment(record: Record, name: str) -> datetime | None:
    text = _text(record, name)
    if not text:
        return None
    try:
        return parse_moment(text)
    except Invalid as error:
        raise Invalid("open311.record_time", "{name} is '{value}', which is no time with a zone", name=name, value=text[:40]) from error  # fmt: skip


def _degrees(record: Record, name: str, most: float) -> float | None:
    text = _text(record, name)
    try:
        value = float(text) if text else None
    except ValueError as error:
        raise Invalid("open311.record_point", "{name} is '{value}', which is no number of degrees", name=name, value=text[:40]) from error  # fmt: skip
    return value if value is not None and -most <= value <= most else None
