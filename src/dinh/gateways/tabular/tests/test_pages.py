"""The journey of a table through the pages: given, looked at, corrected, imported, told; and who may not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation

from dinh.gateways.tabular import importing, mapping, working
from dinh.gateways.tabular.models import SavedMapping, TableImport
from dinh.gateways.tabular.problems import REMEDIES
from dinh.gateways.tabular.words import CAUSES, WORDS
from dinh.kernel.errors import Conflict, NotFound
from dinh.spine.jobs import api as jobs
from dinh.spine.ledger import api as ledger
from dinh.spine.observations import api as observations
from dinh.spine.parties.api import SYSTEM

TABLE = "Tỉnh;2018;2019\nSóc Trăng;1.199,5;1.195,7\nCà Mau;1.194,3;cao\n=HYPERLINK(1);1,5;2,5\n"


def given(client: Client, text: str = TABLE, name: str = "danso.csv") -> str:
    answer = client.post("/import/new/", {"file": SimpleUploadedFile(name, text.encode())})
    assert answer.status_code == 302, answer.content[:500]
    return str(answer.headers["Location"])


def corrected(client: Client, path: str, **changes: str) -> dict[str, str]:
    """The form as it stands, with the column of values said to be of an indicator."""
    shown = client.get(path).context["shown"]
    form = {"source": "book", "decimal": "", "totals": "skip", "level": "province"}
    for group in shown.groups:
        form[f"role_{group.number}"] = group.use.role
        if group.use.role == "value":
            form |= {
                f"indicator_{group.number}": "test.population",
                f"unit_{group.number}": "1",
                f"factor_{group.number}": "1000",
            }
    return form | changes


def test_a_table_is_looked_at_corrected_imported_and_told(ground: None, client_of: Callable[..., Client]) -> None:
    client = client_of("engineer")
    path = given(client)
    page = client.get(path).content.decode()
    assert "HYPERLINK" in page
    assert client.post(path, corrected(client, path)).status_code == 302
    shown = client.get(path).context["shown"]
    assert (shown.tally.accepted, shown.tally.told.counts) == (3, {"number.not_number": 1, "place.unknown": 1})
    assert client.post(path, corrected(client, path, act="import", name="Dân số tỉnh")).status_code == 302
    assert client.post(path, {"act": "import"}).status_code == 200  # pressed twice, it is there once
    assert jobs.run_due_tasks() == 1
    answer = client.get(path)
    assert answer.context["row"].result["accepted"] == 3
    refused = b"".join(client.get(f"{path}refused.csv")).decode("utf-8-sig")
    assert refused.splitlines()[0].endswith("lý do / reason")
    assert "'=HYPERLINK(1)" in refused
    assert not importing.original(path.split("/")[2]).exists()
    assert "tabular.imported" in {entry.kind for entry in ledger.latest_entries(limit=100)}
    again = given(client)
    client.get(again)
    row = TableImport.objects.get(key=again.split("/")[2])
    assert row.mapping_name == "Dân số tỉnh"
    client.post(again, corrected(client, again, act="import"))
    jobs.run_due_tasks()
    assert client.get(again).context["nothing_new"]
    assert client.get("/import/").status_code == 200


def test_a_name_that_is_chosen_is_kept_with_the_mapping(ground: None, client_of: Callable[..., Client]) -> None:
    client = client_of("engineer")
    path = given(client, "Tỉnh;2018\nSok Trang xyz;1,5\n")
    urn = "urn:dinh:unit:2004:94"
    client.post(path, corrected(client, path, **{"place:Sok Trang xyz": urn, "act": "save", "name": "lạ"}))
    assert client.get(path).context["shown"].tally.accepted == 1
    kept = SavedMapping.objects.get(name="lạ")
    assert mapping.read(kept.body).places == {"sok trang xyz": urn}


def test_who_may_not_import_sees_nothing(ground: None, client_of: Callable[..., Client]) -> None:
    path = given(client_of("engineer"))
    assert Client().get("/import/").status_code == 302
    assert client_of("operator").get("/import/").status_code == 403
    official = client_of("official")
    assert official.get(path).status_code == 404
    own = given(official)
    assert official.post(own, corrected(official, own, act="import")).status_code in (403, 422)
    assert TableImport.objects.get(key=own.split("/")[2]).state == "preview"


def test_a_place_beyond_ones_reach_is_refused(ground: None, client_of: Callable[..., Client]) -> None:
    client = client_of("engineer", place="urn:dinh:unit:2004:96")
    path = given(client)
    client.post(path, corrected(client, path))
    counts = client.get(path).context["shown"].tally.told.counts
    assert counts["place.not_permitted"] == 1


def test_what_is_no_table_is_refused_in_words(ground: None, client_of: Callable[..., Client]) -> None:
    client = client_of("engineer", language="en")
    answer = client.post("/import/new/", {"file": SimpleUploadedFile("a.xlsx", b"PK\x03\x04 no workbook")}, follow=True)
    assert "cannot be read as a table" in answer.content.decode()
    assert not TableImport.objects.exists()


class _Once:
    """A worker that dies after its first checkpoint."""

    def __init__(self, running: jobs.Running) -> None:
        self.task, self._running, self._left = running.task, running, 1

    @property
    def checkpoint(self):  # type: ignore[no-untyped-def]
        return self._running.checkpoint

    def report(self, done: int, total: int | None = None, note: str = "") -> None:
        if self._left == 0:
            raise RuntimeError("the machine went down")
        self._running.report(done, total, note)

    def save(self, checkpoint):  # type: ignore[no-untyped-def]
        self._running.save(checkpoint)
        self._left -= 1


def test_an_import_goes_on_from_its_checkpoint(
    ground: None, client_of: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    from dinh.gateways.tabular import taking

    monkeypatch.setattr(taking, "ROWS", 1)
    client = client_of("engineer")
    path = given(client)
    client.post(path, corrected(client, path, act="import"))
    first: list[int] = []
    whole = working.run

    def broken(running: jobs.Running):  # type: ignore[no-untyped-def]
        first.append(1)
        return whole(_Once(running)) if len(first) == 1 else whole(running)

    monkeypatch.setattr(working, "run", broken)
    jobs.run_due_tasks()
    task = TableImport.objects.get().task
    assert jobs.task(task).state == "waiting"
    jobs.retry(task, by=SYSTEM.urn)
    jobs.run_due_tasks()
    result = client.get(path).context["row"].result
    assert (result["rows"], result["accepted"], result["duplicates"], result["refused_rows"]) == (3, 3, 0, 2)
    lines = importing.refused(path.split("/")[2]).read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == 3
    assert len(first) == 2


def test_a_cancelled_import_and_a_thrown_away_one(ground: None, client_of: Callable[..., Client]) -> None:
    client = client_of("engineer")
    path = given(client)
    client.post(path, corrected(client, path, act="import"))
    assert client.post(f"{path}cancel/").status_code == 302
    assert jobs.run_due_tasks() == 0
    assert client.get(path).context["task"].state == "cancelled"
    with pytest.raises(Conflict):
        importing.drop(path.split("/")[2], by=SYSTEM)
    client.post(f"{path}retry/")
    assert jobs.run_due_tasks() == 1
    other = given(client)
    client.post(f"{other}drop/")
    with pytest.raises(NotFound):
        importing.one(other.split("/")[2], by=SYSTEM)


def test_every_cause_has_a_name_and_every_remedy_stands_in_the_catalogues() -> None:
    assert set(CAUSES) == set(REMEDIES)
    with translation.override("en"):
        assert {code: str(words) for code, words in WORDS.items()} == REMEDIES


def test_readings_of_a_table_are_there_to_see(ground: None, client_of: Callable[..., Client]) -> None:
    client = client_of("engineer")
    path = given(client)
    client.post(path, corrected(client, path, act="import"))
    jobs.run_due_tasks()
    assert len(observations.series_of(indicator="test.population")) == 2
