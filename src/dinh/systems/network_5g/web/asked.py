"""Numbers that an address carries: what is missing has its default, what is wrong is told at its field."""

from __future__ import annotations

from collections.abc import Mapping

from dinh.kernel.errors import DinhError, Invalid


def plain_number(text: str, what: str) -> float:
    """Either decimal mark. Raises Invalid with the value."""
    try:
        return float(text.strip().replace(",", ".").replace("\N{MINUS SIGN}", "-"))
    except ValueError as error:
        raise Invalid("network_5g.no_number", "{what} is a number, not '{value}'", what=what, value=text[:20]) from error  # fmt: skip


def number_of(text: str, what: str, low: float, high: float) -> float:
    """Raises Invalid with the value and what it may be."""
    found = plain_number(text, what)
    if not low <= found <= high:
        raise Invalid(
            "network_5g.out_of_range", "{of}{what} is between {low:g} and {high:g}, not {value:g}",
            of="", what=what, low=low, high=high, value=found,
        )  # fmt: skip
    return found


class Asked:
    """`faults` by the name of the field; whoever finds one there shows it and calculates nothing."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self._given = given
        self.faults: dict[str, DinhError] = {}

    def text(self, name: str) -> str:
        return self._given.get(name, "").strip()

    def maybe(self, name: str, what: str, low: float, high: float) -> float | None:
        text = self.text(name)
        if not text:
            return None
        try:
            return number_of(text, what, low, high)
        except Invalid as fault:
            self.faults[name] = fault
            return None

    def number(self, name: str, what: str, default: float, low: float, high: float) -> float:
        found = self.maybe(name, what, low, high)
        return default if found is None else found

    def one_of(self, name: str, codes: Mapping[str, object], default: str) -> str:
        text = self.text(name)
        return text if text in codes else default
