"""What a message on a topic says, by the templates."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dinh.gateways.mqtt.decoding import decode
from dinh.gateways.mqtt.templates import BUILT_IN, Format, configured, read, template
from dinh.kernel.errors import Invalid

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
SALINITY = {"indicator": "water.salinity", "subject": "urn:dinh:asset:tram-my-thanh", "source": "tram-man"}


def decoded(topic: str, content: object) -> tuple[list[Any], list[str]]:
    payload = content if isinstance(content, bytes) else json.dumps(content).encode()
    readings, refusals = decode(BUILT_IN, topic, payload, received_at=NOW)
    return list(readings), [refusal.code for refusal in refusals]


def test_a_bare_number_takes_everything_else_from_the_topic() -> None:
    readings, refused = decoded("dinh/tram-man/tram-my-thanh/water.salinity", 4.25)
    assert readings == [{**SALINITY, "value": 4.25, "observed_at": NOW}]
    assert not refused


def test_an_object_brings_its_own_time_and_unit() -> None:
    content = {"value": 4.25, "unit": "g/L", "observed_at": "2026-11-22T11:00:00+07:00"}
    readings, _ = decoded("dinh/tram-man/urn:dinh:asset:tram-my-thanh/water.salinity", content)
    assert readings == [{**SALINITY, **content}]


def test_a_senml_pack_names_subject_and_indicator() -> None:
    pack = [
        {"bn": "tram-my-thanh:", "bt": 1.7e9, "n": "water.salinity", "u": "g/l", "v": 3.9},
        {"n": "water.stage", "u": "m", "v": 1.4},
        {"n": "label", "vs": "no number"},
    ]
    readings, refused = decoded("senml/tram-man/anything/below", pack)
    moment = datetime.fromtimestamp(1.7e9, UTC)
    assert readings == [
        {**SALINITY, "observed_at": moment, "value": 3.9, "unit": "g/L"},
        {**SALINITY, "indicator": "water.stage", "observed_at": moment, "value": 1.4, "unit": "m"},
    ]
    assert refused == ["senml.not_a_number"]


def test_whole_readings_come_singly_or_in_an_array_and_only_for_the_source_of_their_topic() -> None:
    reading = {**SALINITY, "observed_at": "2026-11-22T04:00:00Z", "value": 1}
    assert decoded("json/tram-man", reading) == ([reading], [])
    without = {key: value for key, value in reading.items() if key != "source"}
    assert decoded("json/tram-man", [without, reading]) == ([reading, reading], [])
    assert decoded("json/other", [reading, 7]) == ([], ["mqtt.other_source", "json.not_object"])


@pytest.mark.parametrize(
    ("topic", "payload", "code"),
    [
        ("dinh/tram-man/tram-my-thanh/water.salinity", b"wet", "mqtt.not_json"),
        ("dinh/tram-man/tram-my-thanh/water.salinity", b'{"value": 1, "colour": 2}', "mqtt.field_unknown"),
        ("senml/tram-man", b"{}", "senml.not_a_pack"),
        ("senml/tram-man", b'[{"n": "alone", "v": 1}]', "senml.no_subject"),
        ("elsewhere", b"1", "mqtt.no_template"),
    ],
)
def test_what_cannot_be_read_is_refused_with_topic_source_and_payload(topic: str, payload: bytes, code: str) -> None:
    readings, refusals = decode(BUILT_IN, topic, payload, received_at=NOW)
    assert not readings
    assert [refusal.code for refusal in refusals] == [code]
    assert refusals[0].row["topic"] == topic
    assert refusals[0].row["source"] == ("tram-man" if code != "mqtt.no_template" else "")
    assert refusals[0].row["payload"]


@given(payload=st.binary(max_size=80), topic=st.sampled_from(["dinh/a/b/c", "senml/a", "json/a", "x"]))
def test_no_payload_breaks_the_gateway(payload: bytes, topic: str) -> None:
    readings, refusals = decode(BUILT_IN, topic, payload, received_at=NOW)
    assert readings or refusals or payload.strip() == b"[]"


def test_a_file_of_templates_translates_the_names_of_devices(tmp_path: Path) -> None:
    file = tmp_path / "topics.toml"
    file.write_text(
        """
        [[template]]
        topic = "factory/{subject}/out"
        format = "senml"
        source = "nha-may"
        [template.subjects]
        "urn:dev:mac:0024befffe804ff1" = "urn:dinh:asset:nha-may-1"
        [template.indicators]
        temp = "weather.temperature"
        """
    )
    templates = configured(str(file))
    assert [t.subscription for t in templates] == ["factory/+/out"]
    pack = [{"bn": "urn:dev:mac:0024befffe804ff1:", "n": "temp", "u": "Cel", "v": 30.5}]
    readings, _ = decode(templates, "factory/7/out", json.dumps(pack).encode(), received_at=NOW)
    assert readings[0]["subject"] == "urn:dinh:asset:nha-may-1"
    assert readings[0]["indicator"] == "weather.temperature"
    assert readings[0]["source"] == "nha-may"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "template = 3",
        '[[template]]\ntopic = "a/{colour}"',
        '[[template]]\ntopic = "a/{source}"',
        '[[template]]\ntopic = "a/#/{source}"\nformat = "readings"',
        '[[template]]\ntopic = "a/x{source}"\nformat = "readings"',
        '[[template]]\ntopic = "a/{source}"\nformat = "xml"',
        '[[template]]\ntopic = "a/{source}"\nformat = "readings"\ncolour = "red"',
        '[[template]]\ntopic = "a/{source}"\nformat = "readings"\nunit = 3',
    ],
)
def test_a_wrong_file_of_templates_says_what_to_mend(tmp_path: Path, text: str) -> None:
    file = tmp_path / "topics.toml"
    file.write_text(text)
    with pytest.raises(Invalid) as refused:
        read(file)
    assert refused.value.code == "mqtt.bad_template"


def test_a_hash_also_hears_the_level_above_it() -> None:
    senml = template("senml/{source}/#", Format.SENML)
    assert senml.words_of("senml/a") == {"source": "a"}
    assert senml.words_of("senml/a/b/c") == {"source": "a"}
    assert senml.words_of("senml") is None
