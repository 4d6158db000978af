"""What a machine gets back when it sends readings over HTTP."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pyarrow as pa
import pytest
from django.test import Client

from dinh.gateways.http import intake
from dinh.kernel import clock
from dinh.kernel.manifests import IndicatorSpec, Kind, Text
from dinh.spine.observations import api as observations
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import SYSTEM
from dinh.web.asgi import PassOn

pytestmark = pytest.mark.django_db(transaction=True)
AT = clock.parse_moment("2026-11-20T08:00:00+07:00")
SUBJECT = "urn:dinh:organisation:ward-1"
NDJSON = "application/x-ndjson"
ARROW = "application/vnd.apache.arrow.stream"


@pytest.fixture(autouse=True)
def secret() -> Iterator[str]:
    spec = IndicatorSpec(
        code="http.level", name=Text("Mực nước", "Level"), domain=Text("Nước", "Water"), unit="m", kind=Kind.GAUGE
    )
    observations.declare_indicators([spec], by=SYSTEM)
    for code in ("gauge", "other"):
        observations.save_source(
            code=code, name_vi=code, name_en=code, owner="", licence="CC-BY-4.0", simulated=True, period=None
        )
    parties.save_organisation(id="ward-1", name_vi="Phường 1", name_en="Ward 1")
    _, issued = parties.issue_key(
        label="gauge", owner=SUBJECT, scopes=["observations.record"], sources=["gauge"], by=SYSTEM
    )
    observations.start()
    yield issued
    observations.stop()


def reading(value: Any = 1.5, minute: int = 0, **more: Any) -> dict[str, Any]:
    at = AT + timedelta(minutes=minute)
    row = {
        "indicator": "http.level",
        "subject": SUBJECT,
        "observed_at": at.isoformat(),
        "value": value,
        "source": "gauge",
    }
    return row | more


def ndjson(*rows: Mapping[str, Any]) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def post(body: bytes, *, chunks: int = 1, **headers: str) -> tuple[int, dict[str, Any], dict[str, str]]:
    """Through the ASGI application, in `chunks` parts, as the server hands it over."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    scope = {
        "type": "http",
        "path": intake.PATH,
        "method": "POST",
        "headers": [(name.encode(), value.encode()) for name, value in given.items()],
    }
    size = max(1, -(-len(body) // chunks))
    events = [
        {"type": "http.request", "body": body[start : start + size], "more_body": start + size < len(body)}
        for start in range(0, len(body) or 1, size)
    ]
    sent: list[Any] = []

    async def receive() -> Any:
        return events.pop(0)

    async def send(event: Any) -> None:
        sent.append(event)

    asyncio.run(intake.application(scope, receive, send))
    told = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], json.loads(sent[1]["body"]), told


def test_all_taken_is_200_and_the_readings_are_there(secret: str) -> None:
    status, body, _ = post(
        ndjson(reading(), reading(minute=1)), content_type=NDJSON, authorization=f"Bearer {secret}", chunks=7
    )
    assert (status, body) == (200, {"accepted": 2, "duplicates": 0, "corrections": 0, "rejected": []})
    (newest,) = observations.latest(subject=SUBJECT)
    assert (newest.value, newest.observed_at) == (1.5, AT + timedelta(minutes=1))
    assert newest.simulated


def test_the_same_again_is_200_with_duplicates(secret: str) -> None:
    for expected in ((2, 0, 0), (0, 2, 0)):
        _, body, _ = post(ndjson(reading(), reading(minute=1)), content_type=NDJSON, authorization=f"Bearer {secret}")
        assert (body["accepted"], body["duplicates"], body["corrections"]) == expected


def test_some_taken_is_207_and_none_is_422(secret: str) -> None:
    key = f"Bearer {secret}"
    status, body, _ = post(ndjson(reading(), reading("high")), content_type=NDJSON, authorization=key)
    assert status == 207
    assert [(row["line"], row["code"]) for row in body["rejected"]] == [(2, "value.not_number")]
    status, body, _ = post(ndjson(reading(source="other")), content_type=NDJSON, authorization=key)
    assert (status, body["rejected"][0]["code"]) == (422, "source.not_permitted")


def test_json_arrays_arrow_streams_and_gzip_say_the_same(secret: str) -> None:
    key = f"Bearer {secret}"
    rows = [reading(float(i), i) for i in range(3)]
    sink = pa.BufferOutputStream()
    table = pa.Table.from_pylist(rows)
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    arrow = sink.getvalue().to_pybytes()
    packed = gzip.compress(ndjson(*rows))
    assert (
        post(json.dumps(rows).encode(), content_type="application/json; charset=utf-8", authorization=key)[1][
            "accepted"
        ]
        == 3
    )
    assert post(arrow, content_type=ARROW, authorization=key)[1]["duplicates"] == 3
    answered = post(packed, content_type=NDJSON, content_encoding="gzip", authorization=key)
    assert answered[1]["duplicates"] == 3


def test_an_empty_batch_is_no_fault(secret: str) -> None:
    key = f"Bearer {secret}"
    assert post(b"", content_type=NDJSON, authorization=key)[0] == 200
    assert post(b"[]", content_type="application/json", authorization=key)[0] == 200


@pytest.mark.parametrize(
    ("body", "headers", "status", "code"),
    [
        (b"{}", {"content_type": NDJSON}, 401, "key.missing"),
        (b"{}", {"content_type": NDJSON, "authorization": "Bearer nonsense"}, 401, "key.unknown"),
        (b"{}", {"content_type": NDJSON, "authorization": "Basic eDp5"}, 401, "key.missing"),
        (b"{}", {"content_type": "text/plain", "authorization": "KEY"}, 415, "batch.form"),
        (b"{}", {"authorization": "KEY"}, 415, "batch.form"),
        (b"{}", {"content_type": NDJSON, "content_encoding": "br", "authorization": "KEY"}, 415, "batch.coding"),
        (b"{}", {"content_type": NDJSON, "content_length": str(10**9), "authorization": "KEY"}, 413, "batch.too_large"),
        (b"junk", {"content_type": NDJSON, "content_encoding": "gzip", "authorization": "KEY"}, 422, "gzip.malformed"),
        (b"junk", {"content_type": ARROW, "authorization": "KEY"}, 422, "arrow.malformed"),
        (b"", {"content_type": ARROW, "authorization": "KEY"}, 422, "arrow.malformed"),
        (b"{", {"content_type": "application/json", "authorization": "KEY"}, 422, "json.malformed"),
        (b'"\\ud800"', {"content_type": NDJSON, "authorization": "KEY"}, 422, "json.malformed"),
        (b"\xff\xfe", {"content_type": NDJSON, "authorization": "KEY"}, 422, "json.malformed"),
        (b"[" * 100_000, {"content_type": "application/json", "authorization": "KEY"}, 422, "json.malformed"),
        (b"[" * 100_000, {"content_type": NDJSON, "authorization": "KEY"}, 422, "json.malformed"),
    ],
)
def test_a_refused_request_says_why_in_the_same_shape(
    secret: str, body: bytes, headers: dict[str, str], status: int, code: str
) -> None:
    if headers.get("authorization") == "KEY":
        headers = headers | {"authorization": f"Bearer {secret}"}
    answered, told, _ = post(body, chunks=1, **headers)
    assert answered == status, told
    assert {"accepted", "duplicates", "corrections", "rejected"} <= set(told)
    assert told.get("code", told["rejected"][0]["code"] if told["rejected"] else None) == code


def test_a_gzip_bomb_is_stopped_before_it_grows(secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "MOST_BYTES", 1_000_000)
    bomb = gzip.compress(b"\n" * 50_000_000)
    status, told, _ = post(bomb, content_type=NDJSON, content_encoding="gzip", authorization=f"Bearer {secret}")
    assert (status, told["code"]) == (413, "batch.too_large")


def test_a_body_that_grows_over_the_limit_is_not_read_to_its_end(secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "MOST_BYTES", 1_000)
    status, told, _ = post(b"x" * 5_000, content_type=NDJSON, authorization=f"Bearer {secret}", chunks=5)
    assert (status, told["code"]) == (413, "batch.too_large")


def test_a_key_without_the_scope_gets_403() -> None:
    _, issued = parties.issue_key(label="reader", owner=SUBJECT, scopes=["observations.read"], by=SYSTEM)
    status, told, _ = post(ndjson(reading()), content_type=NDJSON, authorization=f"Bearer {issued}")
    assert (status, told["code"]) == (403, "key.scope")


def test_under_overload_the_door_says_when_to_come_again(secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "MOST_REQUESTS", 0)
    status, told, headers = post(ndjson(reading()), content_type=NDJSON, authorization=f"Bearer {secret}")
    assert (status, told["code"], headers["retry-after"]) == (503, "observations.busy", "1")


def test_other_methods_and_paths_are_django_s() -> None:
    for scope in ({"path": intake.PATH, "method": "GET"}, {"path": intake.PATH + "/x", "method": "POST"}):
        with pytest.raises(PassOn):
            asyncio.run(intake.application(scope | {"type": "http", "headers": []}, None, None))  # type: ignore[arg-type]


def test_behind_django_the_answer_is_the_same(secret: str, client: Client) -> None:
    headers = {"Authorization": f"Bearer {secret}"}
    answer = client.post(intake.PATH, ndjson(reading()), content_type=NDJSON, headers=headers)
    assert (answer.status_code, answer.json()["accepted"]) == (200, 1)
    assert client.post(intake.PATH, b"\n", content_type=NDJSON).status_code == 401


def test_the_operation_is_in_the_description(client: Client) -> None:
    described = client.get("/api/v1/openapi.json").json()["paths"][intake.PATH]["post"]
    assert set(described["requestBody"]["content"]) == set(intake.FORMS)
    assert {"200", "207", "401", "403", "413", "415", "422", "503"} <= set(described["responses"])
