"""CAP in and out, against the messages of other countries that the house keeps beside it."""

from __future__ import annotations

import os
import string
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dinh.kernel.errors import Invalid
from dinh.systems.local_news.domain import cap
from dinh.systems.local_news.exports import cap_writing
from dinh.systems.local_news.feeds import cap_reading

DATA = os.environ.get("DINH_TEST_DATA", "")
BESIDE = [above / "shared" / "data" for above in Path(__file__).resolve().parents]
MESSAGES = next(
    (folder / "cap" for folder in (Path(DATA), *BESIDE) if (folder / "cap").is_dir()), Path("shared/data/cap")
)
VALID = ("australia.cap", "canada.cap", "canada_signed.cap", "ibm_amber.xml", "wcatwc-warning.cap")
OLDER = ("earthquake.cap", "weather.cap", "no_optional_fields.cap")


def content(name: str) -> bytes:
    path = MESSAGES / name
    if not path.is_file():
        pytest.skip(f"the CAP messages to try it with are not here: {path}")
    return path.read_bytes()


@pytest.mark.parametrize("name", [*VALID, *OLDER])
def test_messages_of_other_countries_are_read_and_come_out_the_same(name: str) -> None:
    message = cap_reading.read(content(name))
    assert message.version == ("1.1" if name in OLDER else "1.2")
    assert message.signed == (name == "canada_signed.cap")
    again = cap_reading.read(cap_writing.write(message))
    assert again.infos == message.infos
    assert again.references == message.references


def test_a_message_is_read_to_the_last_element() -> None:
    (first, second) = cap_reading.read(content("australia.cap")).infos
    assert first.areas[0].circles == (cap.Circle((-35.3888, 147.0598), 25.0),)
    assert second.areas[0].geocodes[0].value == "2642"
    assert first.parameters[-2] == cap.Pair("AllocatedResources", "")
    spanish = cap_reading.read(content("ibm_amber.xml")).infos[1]
    assert (spanish.language, spanish.severity) == ("es-US", "Severe")


@pytest.mark.parametrize(
    ("name", "element"), [("invalid.cap", "alert/scope"), ("canada_errors.cap", "alert/references")]
)
def test_what_breaks_the_standard_is_refused_with_the_element_and_what_should_stand_there(
    name: str, element: str
) -> None:
    with pytest.raises(Invalid) as caught:
        cap_reading.read(content(name))
    assert caught.value.code == "cap.element"
    assert caught.value.params["element"] == element
    assert caught.value.params["wanted"]


GOOD = """<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>a1</identifier><sender>s@x</sender>
<sent>2026-11-22T11:42:00+07:00</sent><status>Actual</status><msgType>Alert</msgType><scope>Public</scope>
<info><category>Met</category><event>Mưa</event><urgency>Expected</urgency><severity>Severe</severity>
<certainty>Likely</certainty><area><areaDesc>Mỹ Tú</areaDesc><polygon>9.5,105.7 9.7,105.7 9.7,105.9 9.5,105.7</polygon>
</area></info></alert>"""


@pytest.mark.parametrize(
    ("was", "becomes", "element", "value"),
    [
        ("11:42:00+07:00", "11:42:00Z", "alert/sent", "2026-11-22T11:42:00Z"),
        ("2026-11-22T", "2026-13-22T", "alert/sent", "2026-13-22T11:42:00+07:00"),
        ("<scope>Public</scope>", "<scope>public</scope>", "alert/scope", "public"),
        ("<identifier>a1<", "<identifier>a 1<", "alert/identifier", "a 1"),
        ("<severity>Severe<", "<severity>Bad<", "alert/info[1]/severity", "Bad"),
        ("<event>Mưa</event>", "", "alert/info[1]/event", ""),
        ("<event>", "<event>x</event><event>", "alert/info[1]/event", "2"),
        ("<status>", "<state>x</state><status>", "alert/state", "x"),
        ("9.5,105.7 9.7,105.7", "9.5,105.8 9.7,105.7", "alert/info[1]/area[1]/polygon", "9.5,105.8"),
        ("9.7,105.9", "105.9,9.7", "alert/info[1]/area[1]/polygon", "105.9,9.7"),
        ("9.7,105.9", "nan,9.7", "alert/info[1]/area[1]/polygon", "nan,9.7"),
        ("<scope>Public<", "<scope>Private<", "alert/addresses", ""),
    ],
)
def test_a_fault_names_element_and_value(was: str, becomes: str, element: str, value: str) -> None:
    cap_reading.read(GOOD.encode())
    assert was in GOOD
    with pytest.raises(Invalid) as caught:
        cap_reading.read(GOOD.replace(was, becomes, 1).encode())
    assert caught.value.params["element"] == element
    assert str(caught.value.params["value"]).startswith(value)


@pytest.mark.parametrize(
    "content",
    [
        b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><alert>&e;</alert>',
        b"<alert",
        b"",
        b"\x00\xff",
        b"<alert xmlns='urn:example'/>",
        b"x" * (cap_reading.LARGEST + 1),
    ],
)
def test_what_is_no_cap_message_is_refused_whatever_it_is(content: bytes) -> None:
    with pytest.raises(Invalid):
        cap_reading.read(content)


words = st.text(string.ascii_letters + "ạếđĐ<&>\"' ", min_size=1, max_size=20).map(lambda s: " ".join(s.split()) or "x")
names = st.text(string.ascii_letters + string.digits + ".:-@", min_size=1, max_size=20)
zones = st.sampled_from([UTC, timezone(timedelta(hours=7)), timezone(timedelta(hours=-9))])
moments = st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1), timezones=zones).map(  # noqa: DTZ001 - bounds carry none
    lambda m: m.replace(microsecond=0)
)
points = st.tuples(st.floats(-90, 90), st.floats(-180, 180))
pairs = st.lists(st.builds(cap.Pair, words, st.one_of(st.just(""), words)), max_size=2).map(tuple)
areas = st.builds(
    cap.Area,
    words,
    st.lists(st.lists(points, min_size=3, max_size=4).map(lambda p: (*p, p[0])), max_size=2).map(tuple),
    st.lists(st.builds(cap.Circle, points, st.floats(0, 20_000)), max_size=2).map(tuple),
    pairs,
    st.one_of(st.none(), st.floats(-1000, 90_000)),
)
infos = st.builds(
    cap.Info,
    st.lists(st.sampled_from(cap.CATEGORIES), min_size=1, max_size=2).map(tuple),
    words,
    st.sampled_from(cap.URGENCIES),
    st.sampled_from(cap.SEVERITIES),
    st.sampled_from(cap.CERTAINTIES),
    st.sampled_from(["vi-VN", "en-US"]),
    st.lists(st.sampled_from(cap.RESPONSES), max_size=2).map(tuple),
    event_codes=pairs,
    onset=st.one_of(st.none(), moments),
    expires=st.one_of(st.none(), moments),
    headline=words,
    description=st.lists(words, max_size=3).map("\n".join),
    areas=st.lists(areas, max_size=2).map(tuple),
)
messages = st.builds(
    cap.Message,
    names,
    names,
    moments,
    st.sampled_from(cap.STATUSES),
    st.just("Update"),
    st.just("Public"),
    st.lists(infos, max_size=2).map(tuple),
    references=st.lists(st.builds(cap.Reference, names, names, moments), min_size=1, max_size=3).map(tuple),
)


@given(messages)
@settings(max_examples=60, deadline=None)
def test_what_is_written_is_read_the_same(message: cap.Message) -> None:
    assert cap_reading.read(cap_writing.write(message)) == message
