"""Why input was refused, in the words of the page: readings keep their reasons in English, as they were told the sender."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

EXPLANATIONS: Final[Mapping[str, Promise]] = {
    "dimensions.malformed": _("The dimensions are not an object of texts; send a JSON object whose values are texts."),
    "dimensions.too_long": _("The dimensions are too long; shorten names and values."),
    "field.missing": _("A field that every reading needs is absent or empty; send it."),
    "field.type": _("A field is not of the kind it should be; correct it as the message says."),
    "field.unknown": _("There is a field that readings do not have; leave it out or correct its name."),
    "indicator.unknown": _("The indicator is not in the catalogue; declare it, then try this batch again."),
    "indicator.worked_out": _(
        "The indicator is a formula, which Đình works out itself; send the readings of its parts."
    ),
    "json.malformed": _("The line is not JSON; correct it at the sender."),
    "json.not_object": _("The line is JSON but no reading; send an object with the fields of a reading."),
    "missing.contradiction": _("There is a value and also a reason why it is missing; send one of them."),
    "missing.unknown": _(
        "The reason why the value is missing is none of the known ones; use one that the message names."
    ),
    "mqtt.field_unknown": _("The message has a field that is not read; leave it out or correct its name."),
    "mqtt.no_template": _("No template fits the topic of the message; add a template or send to another topic."),
    "mqtt.not_json": _("The message is not JSON; send a number, an object or an array."),
    "mqtt.unreadable": _("The message could not be taken for a reason that nobody foresaw; tell the operator of Đình."),
    "mqtt.other_source": _("The message names another source than its topic; send each source on its own topic."),
    "senml.bad_field": _("A field of the SenML record is wrong; correct it as the message says."),
    "senml.no_subject": _(
        "The SenML name does not say both what was measured and where; name it like tram-my-thanh:water.salinity."
    ),
    "senml.no_value": _("The SenML record has no value; send v or vb."),
    "senml.not_a_number": _("The SenML record holds text or data; send a number in v or vb."),
    "senml.not_a_pack": _("The message is no SenML pack; send an array of records."),
    "senml.version": _("The version of the SenML pack cannot be read; use one version, at most the one named."),
    "source.not_permitted": _("The key may not write for this source; use the source's own key or widen this one."),
    "source.unknown": _("The source is not registered; register it, then try this batch again."),
    "subject.unknown": _("The subject is no place or party that exists; create it, then try this batch again."),
    "time.in_future": _("The time lies in the future; set the clock or the time zone of the sender right."),
    "time.no_zone": _("The time has no time zone; end it with +07:00 or Z."),
    "time.not_iso": _("The time is not written in ISO 8601; write it like 2026-11-22T11:42:00+07:00."),
    "time.too_old": _("The time lies before 1900; check the clock of the sender."),
    "unit.incompatible": _("The unit cannot be converted to that of the indicator; send the value in the unit named."),
    "unit.unknown": _("The unit is no UCUM code; correct it."),
    "urn.malformed": _("The subject is not written as a name of Đình; write it like urn:dinh:asset:tram-my-thanh."),
    "urn.unknown_kind": _("The subject's name is of a kind that does not exist; use one that the message names."),
    "value.impossible": _("The value cannot be true of this indicator; check the sensor and the unit."),
    "value.missing": _("The value is absent without a reason; set the reason in `missing`."),
    "value.not_finite": _("The value is not a finite number; send null with a reason in `missing`."),
    "value.not_number": _("The value is no number; send a number without quotes."),
}
"""Code of a refused row -> what it means and what to do. Codes that refuse a whole batch are not here: nothing is kept."""


def explanation(code: str) -> str:
    """A sentence in the active language; empty for a code of a later release."""
    return str(EXPLANATIONS.get(code, ""))
