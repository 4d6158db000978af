"""From a message to readings in the spine's terms, or to what is refused and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec

from dinh.gateways.mqtt import senml
from dinh.gateways.mqtt.templates import Format, Template
from dinh.kernel.errors import DinhError, Invalid

LONGEST_KEPT: Final = 20_000
_VALUE_FIELDS: Final = ("value", "unit", "observed_at", "missing", "dimensions")
_json: Final = msgspec.json.Decoder()


@dataclass(frozen=True, slots=True)
class Refusal:
    """What is kept of input that has not the form of a reading: the row tells topic, source and payload."""

    row: Mapping[str, Any]
    code: str
    message: str


type Decoded = tuple[Sequence[Mapping[str, Any]], Sequence[Refusal]]


def decode(templates: Sequence[Template], topic: str, payload: bytes, *, received_at: datetime) -> Decoded:
    """Readings as `observations.record` takes them. Never raises: whatever comes is either read or refused."""
    words: Mapping[str, str] = {}
    try:
        template, words = _template_of(templates, topic)
        content = _content(payload)
        match template.format:
            case Format.VALUE:
                return [_one_value(template, words, content, received_at)], ()
            case Format.SENML:
                return _senml(template, words, content, received_at, topic)
            case Format.READINGS:
                return _readings(words, content, topic)
    except DinhError as error:
        return (), [_refusal(topic, words, payload, error)]


def unreadable(templates: Sequence[Template], topic: str, payload: bytes, error: Exception) -> Refusal:
    """The refusal of a message that could be decoded but not recorded, for a reason nobody foresaw."""
    words = next((found for template in templates if (found := template.words_of(topic)) is not None), {})
    reason = Invalid(
        "mqtt.unreadable",
        "the message could not be recorded ({why}); correct it and send it again",
        why=(str(error) or repr(error)).splitlines()[0][:200],
    )
    return _refusal(topic, words, payload, reason)


def _template_of(templates: Sequence[Template], topic: str) -> tuple[Template, Mapping[str, str]]:
    for template in templates:
        words = template.words_of(topic)
        if words is not None:
            return template, words
    raise Invalid("mqtt.no_template", "no template fits the topic '{topic}'; add one or send elsewhere", topic=topic)


def _content(payload: bytes) -> Any:
    try:
        return _json.decode(payload)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Invalid(
            "mqtt.not_json",
            "the payload '{shown}' is not JSON ({why}); send a number, an object or an array",
            shown=payload[:60].decode("utf-8", "replace"),
            why=str(error).removeprefix("JSON is malformed: "),
        ) from error


def _one_value(template: Template, words: Mapping[str, str], content: Any, received_at: datetime) -> Mapping[str, Any]:
    given = content if isinstance(content, dict) else {"value": content}
    unknown = [name for name in given if name not in _VALUE_FIELDS]
    if unknown:
        raise Invalid(
            "mqtt.field_unknown",
            "there is no field '{name}'; a message has {fields}",
            name=str(unknown[0])[:60],
            fields=", ".join(_VALUE_FIELDS),
        )
    reading: dict[str, Any] = {
        "indicator": template.indicator_code(words["indicator"]),
        "subject": template.subject_urn(words["subject"]),
        "source": words["source"],
        "observed_at": received_at,
        **given,
    }
    if template.unit:
        reading.setdefault("unit", template.unit)
    return reading


def _senml(template: Template, words: Mapping[str, str], content: Any, received_at: datetime, topic: str) -> Decoded:
    good, bad = senml.resolve(content, received_at=received_at)
    readings: list[Mapping[str, Any]] = []
    refusals = [_refusal(topic, words, item.record, item.error) for item in bad]
    for record in good:
        try:
            subject, indicator = _names(template, words, record.name)
        except Invalid as error:
            refusals.append(_refusal(topic, words, content[record.position - 1], error))
            continue
        reading: dict[str, Any] = {
            "indicator": indicator,
            "subject": subject,
            "source": words["source"],
            "observed_at": record.at,
            "value": record.value,
        }
        if record.unit or template.unit:
            reading["unit"] = record.unit or template.unit
        readings.append(reading)
    return readings, refusals


def _names(template: Template, words: Mapping[str, str], name: str) -> tuple[str, str]:
    """Subject and indicator of a SenML name: what stands before and after its last ':' or '/'."""
    cut = max(name.rfind(":"), name.rfind("/"))
    device, measured = (name[:cut], name[cut + 1 :]) if cut >= 0 else ("", name)
    subject = device or words.get("subject", "")
    indicator = measured or words.get("indicator", "")
    if not subject or not indicator:
        raise Invalid(
            "senml.no_subject",
            "'{name}' does not say both what was measured and by what; name it like tram-my-thanh:water.salinity",
            name=name[:120],
        )
    return template.subject_urn(subject), template.indicator_code(indicator)


def _readings(words: Mapping[str, str], content: Any, topic: str) -> Decoded:
    readings: list[Mapping[str, Any]] = []
    refusals: list[Refusal] = []
    for reading in _each(content):
        source = words["source"]
        if isinstance(reading, dict) and reading.setdefault("source", source) == source:
            readings.append(reading)
            continue
        if isinstance(reading, dict):
            error = Invalid(
                "mqtt.other_source",
                "the reading says source '{given}' but came on the topic of '{source}'; send each on its own topic",
                given=str(reading["source"])[:60],
                source=source,
            )
        else:
            error = Invalid("json.not_object", "a reading is an object with indicator, subject, observed_at, value")
        refusals.append(_refusal(topic, words, reading, error))
    return readings, refusals


def _each(content: Any) -> Iterator[Any]:
    if isinstance(content, list):
        yield from content
    else:
        yield content


def _refusal(topic: str, words: Mapping[str, str], payload: Any, error: DinhError) -> Refusal:
    if isinstance(payload, bytes):
        payload = payload[:LONGEST_KEPT].decode("utf-8", "replace")
    return Refusal({"source": words.get("source", ""), "topic": topic, "payload": payload}, error.code, error.message)
