"""Which facilities and assets work only as long as others do, as they declare it in their attribute `depends_on`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from dinh.kernel.errors import DinhError, Invalid
from dinh.kernel.urns import parse_urn
from dinh.spine.places.models import Place
from dinh.spine.places.versions import Cached

ATTRIBUTE: Final = "depends_on"
MOST: Final = 20


def checked(urn: str, attributes: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes with `depends_on` as a list of URNs; a text, as tables hold it, has them apart by spaces. What is
    named need not exist yet. Raises Invalid `places.depends_on`."""
    if ATTRIBUTE not in attributes:
        return dict(attributes)
    given = attributes[ATTRIBUTE]
    named = given.replace(";", " ").split() if isinstance(given, str) else given
    if not isinstance(named, list | tuple) or len(named) > MOST or not all(_may_be(urn, one) for one in named):
        raise Invalid(
            "places.depends_on",
            "'{urn}' depends on {value}; give at most {most} URNs of other facilities and assets, such as "
            "urn:dinh:asset:tram-bien-ap",
            urn=urn, value=repr(given)[:120], most=MOST,
        )  # fmt: skip
    rest = {name: value for name, value in attributes.items() if name != ATTRIBUTE}
    return rest | ({ATTRIBUTE: list(dict.fromkeys(named))} if named else {})


def _may_be(urn: str, named: object) -> bool:
    if not isinstance(named, str) or named == urn:
        return False
    try:
        return parse_urn(named).kind in {"facility", "asset"}
    except DinhError:
        return False


def _read() -> Mapping[str, Sequence[str]]:
    rows = Place.objects.exclude(kind="unit").filter(attributes__has_key=ATTRIBUTE)
    return {urn: tuple(held[ATTRIBUTE]) for urn, held in rows.values_list("urn", "attributes")}


_declared: Final = Cached(("assets",), _read)


def declared() -> Mapping[str, Sequence[str]]:
    return _declared.get()
