"""Reading many cases at once, each in one query."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from dinh.spine.cases.api.words import Act, CaseRow


def acts_of(cases: Iterable[str]) -> Mapping[str, Sequence[Act]]:
    """As `acts`, of many cases in one query."""
    from dinh.spine.cases import queries

    return queries.acts_of(cases)


def keyed(keys: Iterable[str]) -> Mapping[str, CaseRow]:
    """The cases that were opened or imported under these keys; those that exist, in one query."""
    from dinh.spine.cases import queries

    return queries.keyed(keys)
