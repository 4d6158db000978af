"""Periodic: feeds are asked, what is old is deleted. Heard: a warning of the house was published or withdrawn."""

from __future__ import annotations

from collections.abc import Iterator

from dinh.kernel.manifests import Finding
from dinh.spine.jobs.api import Event
from dinh.systems.local_news.actions import feeds, warnings
from dinh.systems.local_news.queries import feeds as feed_queries


def read_feeds() -> None:
    feeds.read_due()


def tidy() -> None:
    feeds.tidy()


def published(event: Event) -> None:
    if event.payload.get("kind") == warnings.KIND:
        warnings.take_published(str(event.payload["slug"]), int(event.payload["version"]))


def withdrawn(event: Event) -> None:
    if event.payload.get("kind") == warnings.KIND:
        warnings.take_withdrawn(str(event.payload["slug"]))


def findings() -> Iterator[Finding]:
    yield from feed_queries.findings()
