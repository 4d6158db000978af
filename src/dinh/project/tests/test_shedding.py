"""What goes first when the house is full is what the manifests say, and nothing of it is a page that no longer exists; what is
withdrawn is not given out from what was kept."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from django.urls import get_resolver

from dinh.kernel.manifests import registry
from dinh.project.asgi import application, shedder
from dinh.spine.publications import api as publications
from dinh.spine.publications.tests.factories import CHI, REASON, published
from dinh.web import page_cache

IN_HAND = {"nothing": 0, "first": 80, "then": 140, "everything": 200}


def known() -> Iterator[str]:
    def below(patterns: Sequence[Any], before: str) -> Iterator[str]:
        for one in patterns:
            here = before + str(one.pattern)
            if hasattr(one, "url_patterns"):
                yield from below(one.url_patterns, here)
            else:
                yield re.sub(r"<[^>]+>", "0", here)

    yield from below(get_resolver().url_patterns, "/")
    yield from (path for manifest in registry.manifests() for path in manifest.asgi_paths)


@pytest.mark.parametrize(
    ("path", "gone_at"),
    [
        ("/tiles/units/8/203/121.mvt", "first"), ("/maps/roads/0/8/1/1.mvt", "first"), ("/app/photos/PA-1/0", "first"),
        ("/app/reports/points.geojson", "first"), ("/app/reports/", "then"), ("/maps/", "then"), ("/services/progress/", "then"),
        ("/app/reports/PA-1/", "everything"), ("/app/", "everything"), ("/services/procedures/land/", "everything"),
    ],
)  # fmt: skip
def test_maps_and_pictures_go_first_then_lists_and_a_single_page_last(
    path: str, gone_at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = []
    for level, in_hand in IN_HAND.items():
        monkeypatch.setattr(shedder, "in_hand", in_hand)
        refused += [level] if shedder.full("GET", path) else []
    assert refused[0] == gone_at
    assert refused[-1] == "everything"


def test_every_address_that_a_manifest_gives_up_is_there() -> None:
    paths = list(known())
    declared = [path for one in registry.manifests() for path in (*one.first_to_go, *one.next_to_go)]
    assert declared
    for path in declared:
        if path.endswith("*"):
            assert any(one.startswith(path[:-1]) for one in paths), path
        else:
            assert path in paths


@pytest.mark.django_db
def test_a_withdrawn_publication_clears_the_kept_pages_here_and_in_other_processes(
    django_capture_on_commit_callbacks: Any,
) -> None:
    published()
    assert isinstance(application, page_cache.PageCache)
    assert application.stamp is not None
    kept, stamp = page_cache._forgotten, application.stamp()
    with django_capture_on_commit_callbacks(execute=True):
        publications.withdraw("do-man", reason=REASON, by=CHI)
    assert page_cache._forgotten != kept
    assert application.stamp() != stamp
