"""Notices: one event, one message to each person by each channel that the person wants, whatever fails on the way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


def notify(
    kind: str,
    *,
    to: Iterable[str],
    key: str,
    about: str | None = None,
    params: Mapping[str, Any] | None = None,
    emergency: bool | None = None,
) -> int:
    """Writes the notices of one event in the present transaction and returns how many; the worker sends them.

    `kind` is the code of a NoticeSpec; `to` are URNs of people and organisations (all members), or `mailto:` and
    `tel:` addresses of people without an account. `key` names the event: the same key again adds nothing for whoever
    was told. `params` fill the templates; values are text, numbers, or `{"vi": …, "en": …}`. `emergency` overrides
    the kind's own. Raises Conflict `notices.no_transaction`, Invalid `notices.no_kind`, `notices.params`.
    """
    from dinh.spine.notices import telling

    return telling.notify(kind, to=to, key=key, about=about, params=params or {}, emergency=emergency)
