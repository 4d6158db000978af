"""What forms and scripts send, as the domain has it, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dinh.systems.network_5g import queries
from dinh.systems.network_5g.domain import Carrier, Settings, plain
from dinh.systems.network_5g.models import Scenario
from dinh.systems.network_5g.web.asked import plain_number

CARRIERS: Final = 4
"""Rows of the form."""
_CARRIER_FIELDS: Final = (*(field.name for field in fields(Carrier) if field.name != "pattern"), "was")
"""`was` is the name that a row came with: an antenna stays with a carrier that is named anew."""


def state(row: Scenario) -> dict[str, Any]:
    """What the desk's script needs to know of a scenario: its masts, where its edits stand, which answer is its own."""
    question = queries.question(row)
    return {
        "position": row.position,
        "undo": row.position > 0,
        "redo": row.edits.filter(number__gt=row.position).exists(),
        "masts": list(row.masts.values_list("values", flat=True)),
        "digest": question.digest,
        "calculated": queries.summary(question.digest) is not None,
    }


def model_names() -> dict[str, str]:
    return {
        "tr38901-rma": _("Rural (3GPP TR 38.901 RMa)"),
        "tr38901-uma": _("Urban, above roofs (3GPP TR 38.901 UMa)"),
        "tr38901-umi": _("Street canyon (3GPP TR 38.901 UMi)"),
        "p1812": _("Terrain, whole path (ITU-R P.1812-6)"),
    }


def sight_names() -> dict[str, str]:
    return {
        "terrain": _("terrain and clutter decide what hides a mast"),
        "statistical": _("buildings are unknown: mean over sight and no sight"),
    }


@dataclass(frozen=True)
class SettingsForm:
    """Texts of the fields by name; those of carriers with their row behind: `frequency_mhz_0`."""

    texts: Mapping[str, str]

    @classmethod
    def of(cls, settings: Settings) -> SettingsForm:
        texts = {field.name: _text(getattr(settings, field.name)) for field in fields(settings) if field.name != "carriers"}  # fmt: skip
        texts["subscribers_share"] = _text(settings.subscribers_share * 100)
        texts["load"] = _text(settings.load * 100)
        for number, carrier in enumerate(settings.carriers):
            texts |= {f"{name}_{number}": _text(getattr(carrier, name, carrier.code)) for name in _CARRIER_FIELDS}
        return cls(texts)

    @classmethod
    def given(cls, post: QueryDict) -> SettingsForm:
        return cls({name: value.strip() for name, value in post.items() if isinstance(value, str)})

    @property
    def carriers(self) -> list[dict[str, str]]:
        """Rows of the form, the last of them empty."""
        rows = [{name: self.texts.get(f"{name}_{n}", "") for name in _CARRIER_FIELDS} for n in range(CARRIERS)]
        used = [row for row in rows if row["code"]]
        return used + [dict.fromkeys(_CARRIER_FIELDS, "")] * (1 if len(used) < CARRIERS else 0)

    @property
    def models(self) -> list[tuple[str, str, bool]]:
        return [(code, name, self.texts.get("model") == code) for code, name in model_names().items()]

    @property
    def sights(self) -> list[tuple[str, str, bool]]:
        return [(code, name, self.texts.get("sight") == code) for code, name in sight_names().items()]

    def values(self, held: Settings) -> dict[str, Any]:
        """As `domain.settings_of` takes them; antennas are those of the settings that are held. Raises Invalid with the field
        that is no number."""
        antennas = {carrier.code: plain(carrier.pattern) for carrier in held.carriers}
        words = ("model", "sight")
        found: dict[str, Any] = {name: self.texts[name] for name in words if self.texts.get(name)}
        for field in fields(Settings):
            text = self.texts.get(field.name)
            if text is None or field.name in words or (field.name == "subscribers" and not text):
                continue
            found[field.name] = plain_number(text, field.name)
        for name in ("subscribers_share", "load"):
            if name in found:
                found[name] /= 100
        found["carriers"] = [
            self._carrier(row) | {"pattern": antennas.get(row["was"] or row["code"])}
            for row in self.carriers
            if row["code"]
        ]
        return found

    @staticmethod
    def _carrier(row: Mapping[str, str]) -> dict[str, Any]:
        found: dict[str, Any] = {
            "code": row["code"], "slots": row["slots"].upper(), "technology": row["technology"] or "nr",
            "frequency_mhz": plain_number(row["frequency_mhz"], row["code"]), "power_dbm": plain_number(row["power_dbm"], row["code"]),
        }  # fmt: skip
        whole = {name: int(plain_number(row[name], row["code"])) for name in ("bandwidth_mhz", "subcarrier_khz", "layers") if row[name]}  # fmt: skip
        return found | whole


def _text(value: Any) -> str:
    """With the decimal mark of the page's language, as `_number` reads it."""
    if value is None:
        return ""
    text = f"{value:.10g}" if isinstance(value, float) else str(value)
    return (
        text.replace(".", ",") if isinstance(value, float) and not (get_language() or "vi").startswith("en") else text
    )
