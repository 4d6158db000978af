"""Forms of a rollout and of a choice of sites: texts of fields, as people write numbers in their language, and back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

from django.http import QueryDict
from django.utils.translation import gettext as _

from dinh.kernel.errors import Invalid
from dinh.kernel.vietnamese_text import format_number
from dinh.systems.network_5g.programme import COST_NAMES, ChoiceTerms, RolloutTerms
from dinh.systems.network_5g.rollout import Costs
from dinh.web.words import said

_GROUPED: Final = {"vi": r"\d{1,3}(\.\d{3})+(,\d+)?", "en": r"\d{1,3}(,\d{3})+(\.\d+)?"}
LONGEST: Final = 24


def read_number(text: str, what: str, language: str) -> float:
    """«20.000» is twenty thousand in Vietnamese and twenty in English; a lone mark that groups nothing is a decimal one.

    Raises Invalid.
    """
    clean = "".join(text.split()).replace("−", "-")
    if len(clean) <= LONGEST and re.fullmatch(_GROUPED[language], clean):
        clean = clean.replace("." if language == "vi" else ",", "")
    try:
        if not re.fullmatch(r"-?\d+([.,]\d+)?", clean) or len(clean) > LONGEST:
            raise ValueError(clean)
        return float(clean.replace(",", "."))
    except ValueError as error:
        raise Invalid("network_5g.no_number", "{what} is a number, not '{value}'", what=what, value=text[:20]) from error  # fmt: skip


def written(value: float, language: str) -> str:
    """What `read_number` reads back."""
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    return format_number(float(value), len(text.partition(".")[2]), language)


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    label: str
    unit: str
    value: str


def rollout_labels() -> dict[str, tuple[str, str]]:
    """Names and units of the numbers beside the costs."""
    return {
        "budget": (_("Budget a quarter"), _("million đồng")),
        "fibre_km": (_("Fibre a mast"), "km"),
        "detour": (_("Cable by kilometre of the straight line"), ""),
        "tariff_dong_kwh": (_("Electricity tariff"), _("đồng/kWh")),
        "idle_w": (_("Idle cell takes"), "W"),
        "slope_w": (_("Full cell takes more"), "W"),
        "overhead_w": (_("Mast beside its cells takes"), "W"),
        "busy_share": (_("Mean load of the busy hour's"), "%"),
    }


def cost_units() -> dict[str, str]:
    yearly = _("million đồng a year")
    return dict.fromkeys((one.name for one in fields(Costs)), _("million đồng")) | {
        "mast_shared_rent": yearly,
        "opex_year": yearly,
    }


@dataclass(frozen=True)
class RolloutForm:
    """Texts by field; those of costs by `cost_` and their name."""

    texts: Mapping[str, str]
    language: str

    @classmethod
    def of(cls, terms: RolloutTerms, language: str) -> RolloutForm:
        texts = {name: written(getattr(terms, name), language) for name in rollout_labels()}
        texts["busy_share"] = written(terms.busy_share * 100, language)
        texts |= {f"cost_{one.name}": written(getattr(terms.costs, one.name), language) for one in fields(Costs)}
        words = {"carrier": terms.carrier, "existing": terms.existing, "fibre": terms.fibre}
        return cls(texts | words | {"year": str(terms.year), "quarter": str(terms.quarter)}, language)

    @classmethod
    def given(cls, post: QueryDict, language: str) -> RolloutForm:
        return cls({name: str(value).strip() for name, value in post.items()}, language)

    def numbers(self, *names: str) -> list[Field]:
        labels = rollout_labels()
        return [Field(name, *labels[name], self.texts.get(name, "")) for name in names]

    @property
    def money(self) -> list[Field]:
        return self.numbers("budget", "tariff_dong_kwh")

    @property
    def cables(self) -> list[Field]:
        return self.numbers("fibre_km", "detour")

    @property
    def current(self) -> list[Field]:
        return self.numbers("idle_w", "slope_w", "overhead_w", "busy_share")

    @property
    def costs(self) -> list[Field]:
        units = cost_units()
        return [
            Field(f"cost_{name}", said(label), units[name], self.texts.get(f"cost_{name}", ""))
            for name, label in COST_NAMES.items()
        ]

    def values(self) -> dict[str, Any]:
        """As `programme.rollout_terms` takes them. Raises Invalid with the field that is no number."""
        found: dict[str, Any] = {name: self.texts[name] for name in ("carrier", "existing", "fibre") if name in self.texts}  # fmt: skip
        for name, (label, _unit) in rollout_labels().items():
            found[name] = read_number(self.texts.get(name, ""), label, self.language)
        found["busy_share"] /= 100
        found["costs"] = {
            name: read_number(self.texts.get(f"cost_{name}", ""), said(label), self.language)
            for name, label in COST_NAMES.items()
        }
        return found | _whole(self.texts, {"year": _("First year"), "quarter": _("First quarter")}, self.language)


@dataclass(frozen=True)
class ChoiceForm:
    texts: Mapping[str, str]
    forced: frozenset[str]
    dropped: frozenset[str]
    language: str

    @classmethod
    def of(cls, terms: ChoiceTerms, language: str) -> ChoiceForm:
        names = ("radius_km", "count", "budget", "hop_km", "hops", "seconds")
        texts = {name: written(getattr(terms, name), language) for name in names}
        texts["share"] = written(terms.share * 100, language)
        texts |= {name: getattr(terms, name) for name in ("carrier", "source", "reach", "goal")}
        texts["linked"] = "1" if terms.linked else ""
        return cls(texts, frozenset(terms.forced), frozenset(terms.dropped), language)

    @classmethod
    def given(cls, post: QueryDict, language: str) -> ChoiceForm:
        texts = {name: str(value).strip() for name, value in post.items()}
        return cls(texts, frozenset(post.getlist("in")), frozenset(post.getlist("out")), language)

    def values(self) -> dict[str, Any]:
        """As `programme.choice_terms` takes them. Raises Invalid with the field that is no number."""
        texts = self.texts
        found: dict[str, Any] = {name: texts[name] for name in ("carrier", "source", "reach", "goal") if name in texts}
        labels = {"radius_km": _("Radius"), "budget": _("Budget"), "share": _("Share of people"), "hop_km": _("Length of a link")}  # fmt: skip
        for name, label in labels.items():
            found[name] = read_number(texts.get(name, ""), label, self.language)
        found["share"] /= 100
        found |= _whole(texts, {"count": _("Number of sites"), "hops": _("Links to fibre"), "seconds": _("Seconds of search")}, self.language)  # fmt: skip
        return found | {
            "linked": texts.get("linked") == "1", "forced": sorted(self.forced), "dropped": sorted(self.dropped),
        }  # fmt: skip


def _whole(texts: Mapping[str, str], labels: Mapping[str, str], language: str) -> dict[str, int]:
    found = {}
    for name, label in labels.items():
        value = read_number(texts.get(name, ""), label, language)
        if value != int(value):
            raise Invalid("network_5g.no_whole_number", "{what} is a whole number, not '{value}'", what=label, value=texts.get(name, "")[:20])  # fmt: skip
        found[name] = int(value)
    return found
