"""Papers that are numbered, issued, withdrawn, replaced and erased."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connections

from dinh.kernel import clock
from dinh.kernel.errors import Conflict, Invalid, NotFound, Refused
from dinh.kernel.specs import DocumentKindSpec, Text
from dinh.spine.documents import api, models, numbering
from dinh.spine.documents.api import DocumentRow, Stamp
from dinh.spine.documents.tests.papers import ABOUT, KIND, LEADER, OFFICE, OFFICIAL, drawn, issued
from dinh.spine.files import api as files
from dinh.spine.ledger import api as ledger
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import Actor, Grant
from dinh.spine.parties.api import personal as register

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("office")]
AN = "urn:dinh:person:an"


def failing(stamp: Stamp) -> bytes:
    raise RuntimeError("the drawing failed")


def sequences() -> list[int]:
    return [int(row.number.partition("/")[0]) for row in api.documents_of(ABOUT)]


# --- numbers -----------------------------------------------------------------------


def test_numbers_follow_each_other_by_organisation_series_and_year(monkeypatch: pytest.MonkeyPatch) -> None:
    parties.save_organisation(id="so-thu", name_vi="Sở Thử", name_en="Department")
    api.declare_kind(
        DocumentKindSpec("test.notice", Text("Thông báo", "Notice"), "{sequence}/TB-{year}", "test.permit")
    )
    first, second = issued(), issued(kind="test.notice")
    other = issued(organisation="urn:dinh:organisation:so-thu")
    year = clock.today().year
    assert [row.number for row in (first, second, other)] == [
        f"01/{year}/GP-UBND", f"02/TB-{year}", f"01/{year}/GP-UBND",
    ]  # fmt: skip
    new_year = clock.start_of_day(clock.today().replace(year + 1, 1, 1))
    monkeypatch.setattr(clock, "now", lambda: new_year)
    assert issued().number == f"01/{year + 1}/GP-UBND", "the year is Vietnam's, where it begins seven hours earlier"


def test_what_fails_gives_its_number_back_and_leaves_nothing() -> None:
    issued()
    with pytest.raises(RuntimeError):
        issued(render=failing)
    assert issued().number.startswith("02/")
    assert sequences() == [1, 2]
    assert len(ledger.entries(kind="document.issued")) == 2


def test_a_number_that_a_crash_left_behind_goes_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    left = numbering.take(OFFICE, KIND.code, clock.today().year)
    assert issued().number.startswith("02/"), "it may be drawn still"
    later = clock.now() + numbering.LEFT_BEHIND + timedelta(seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert api.waiting_numbers() == 1
    assert issued().number.startswith("01/")
    with pytest.raises(Conflict, match="went to another document"):
        numbering.use(left)
    assert api.waiting_numbers() == 0


def test_a_drawing_that_comes_after_its_number_was_taken_over_issues_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(stamp: Stamp) -> bytes:
        models.Number.objects.update(taken_at=clock.now() - numbering.LEFT_BEHIND - timedelta(seconds=1))
        issued()
        return drawn(stamp)

    with pytest.raises(Conflict, match="went to another document"):
        issued(render=slow)
    assert sequences() == [1]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_many_at_once_get_each_number_once_and_leave_none_out() -> None:
    """Three of the eight fail at some papers; what they gave back is used by others."""
    faults: list[BaseException] = []

    def clerk(name: int) -> None:
        try:
            for turn in range(5):
                if name < 3 and turn % 2:
                    with pytest.raises(RuntimeError):
                        issued(render=failing)
                else:
                    issued()
        except BaseException as error:  # noqa: BLE001 - shown by the test
            faults.append(error)
        finally:
            connections.close_all()

    clerks = [threading.Thread(target=clerk, args=(name,)) for name in range(8)]
    for one in clerks:
        one.start()
    for one in clerks:
        one.join()
    assert not faults
    found = sorted(sequences())
    waiting = sorted(models.Number.objects.filter(used=False).values_list("sequence", flat=True))
    assert len(found) == 8 * 5 - 3 * 2
    assert sorted([*found, *waiting]) == list(range(1, len(found) + len(waiting) + 1)), "no gap, none twice"
    for number in waiting:
        assert issued().number == f"{number:02d}/{clock.today().year}/GP-UBND"


# --- issuing -----------------------------------------------------------------------


def test_the_same_act_again_gives_the_paper_that_is_there() -> None:
    first = issued(key="case-1")
    assert issued(key="case-1", render=failing) == first
    assert api.documents_of(ABOUT) == [first]


def test_a_paper_is_found_by_its_code_however_it_is_typed_and_a_strange_code_tells_nothing() -> None:
    seen: list[Stamp] = []

    def look(stamp: Stamp) -> bytes:
        seen.append(stamp)
        return drawn(stamp)

    row = issued(render=look)
    (stamp,) = seen
    assert stamp.code == row.code
    assert stamp.url.endswith(f"/verify/d/{row.code.replace('-', '')}/")
    assert stamp.qr.startswith("<svg")
    assert stamp.self_signed
    assert api.by_code(row.code.lower().replace("-", " ")) == row
    told = set()
    for strange in ("2222-2222-2222-2222-2222", row.code[:-1] + "?", "", "x" * 500):
        with pytest.raises(NotFound) as caught:
            api.by_code(strange)
        told.add(caught.value.message)
    assert len(told) == 1


@pytest.mark.parametrize("who", [OFFICIAL, parties.ANYONE])
def test_who_may_not_issue_does_not(who: Actor) -> None:
    with pytest.raises(Refused, match=r"documents\.issue"):
        issued(by=who)
    row = issued()
    with pytest.raises(Refused, match=r"documents\.withdraw"):
        api.withdraw(row.urn, reason="x", by=who)
    with pytest.raises(Refused, match=r"documents\.withdraw"):
        api.erase(row.urn, reason="x", by=who)


def test_the_leader_of_another_commune_issues_nothing_here() -> None:
    parties.save_organisation(id="xa-b", name_vi="Xã B", name_en="B", place="urn:dinh:unit:2025:31528")
    stranger = Actor("urn:dinh:person:b", "B", (Grant("leader", "urn:dinh:unit:2025:31531"),), None, is_staff=True)
    with pytest.raises(Refused, match="Xã B"):
        issued(by=stranger, organisation="urn:dinh:organisation:xa-b")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"title": Text("", "")}, "1 to 300 letters"),
        ({"title": Text("x" * 301, "")}, "1 to 300 letters"),
        ({"valid_until": clock.today() - timedelta(days=1)}, "give a day to come"),
    ],
)
def test_what_cannot_be_issued_is_refused_before_a_number_is_taken(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(Invalid, match=says):
        issued(**changes)
    with pytest.raises(NotFound, match="declare it"):
        issued(kind="test.unknown")
    assert not models.Number.objects.exists()


def test_no_word_about_a_person_is_in_the_ledger_and_the_name_is_nowhere() -> None:
    row = issued(holder="Phạm Văn Bình", title=Text("Giấy phép bí mật", "Secret permit"))
    leaf = ledger.leaf_text(ledger.entry(row.ledger_index))
    assert json.loads(leaf)["data"]["sha256"] == row.sha256
    for word in ("Bình", "B•••", "bí mật", "Secret", LEADER.urn, ABOUT):
        assert word not in leaf
    assert row.holder == "P••• V••• B•••"
    assert "Bình" not in str(models.Document.objects.values().get())


# --- the end -----------------------------------------------------------------------


def test_a_withdrawn_paper_is_told_from_a_valid_one_and_stays_withdrawn() -> None:
    row = issued()
    assert row.in_force
    with pytest.raises(Invalid, match="say why"):
        api.withdraw(row.urn, reason=" ", by=LEADER)
    ended = api.withdraw(row.urn, reason="Cấp nhầm cho ông Bình", by=LEADER)
    assert (ended.state, ended.in_force, ended.ended_reason) == ("withdrawn", False, "Cấp nhầm cho ông Bình")
    found = api.check(files.read(row.file))
    assert (found.verdict, found.signature_holds) == ("genuine", True), "genuine it is, but not valid"
    assert found.document == ended
    (leaf,) = ledger.entries(kind="document.withdrawn")
    assert "Bình" not in ledger.leaf_text(leaf)
    with pytest.raises(Conflict, match="already"):
        api.withdraw(row.urn, reason="x", by=LEADER)
    with pytest.raises(Conflict, match="already"):
        replaced(row)


def replaced(row: DocumentRow, *, holder: str = "", key: str = "") -> DocumentRow:
    title = Text("Bản sửa", "Corrected")
    return api.replace(row.urn, title=title, by=LEADER, render=drawn, reason="Sai địa chỉ", holder=holder, key=key)


def test_a_replaced_paper_names_the_one_in_its_place() -> None:
    row = issued()
    newer = replaced(row, holder="Phạm Văn Bình", key="again")
    assert replaced(row, key="again") == newer
    assert (newer.number.partition("/")[0], newer.about, newer.kind) == ("02", row.about, row.kind)
    older = api.document(row.urn)
    assert (older.state, older.replaced_by, older.in_force) == ("replaced", newer.urn, False)
    assert api.agrees_with_ledger(row.urn)
    assert api.agrees_with_ledger(newer.urn)


def test_of_two_who_replace_one_paper_at_once_the_second_issues_nothing() -> None:
    row = issued()

    def meanwhile(stamp: Stamp) -> bytes:
        replaced(row)
        return drawn(stamp)

    with pytest.raises(Conflict, match="already"):
        api.replace(row.urn, title=Text("Bản hai", "Two"), by=LEADER, render=meanwhile, reason="x")
    assert len(api.documents_of(ABOUT)) == 2


def test_its_time_ends_after_its_last_day_in_vietnam(monkeypatch: pytest.MonkeyPatch) -> None:
    day = clock.today() + timedelta(days=3)
    row = issued(valid_until=day)
    end = clock.start_of_day(day + timedelta(days=1))
    monkeypatch.setattr(clock, "now", lambda: end - timedelta(seconds=1))
    assert api.document(row.urn).in_force
    monkeypatch.setattr(clock, "now", lambda: end)
    assert api.document(row.urn).expired


def test_an_erased_paper_leaves_its_leaf_and_is_still_known_to_whoever_has_a_copy() -> None:
    row = issued()
    copy = files.read(row.file)
    api.withdraw(row.urn, reason="Ông Bình xin rút", by=LEADER)
    erased = api.erase(row.urn, reason="Theo yêu cầu", by=LEADER)
    assert erased == api.erase(row.urn, reason="Theo yêu cầu", by=LEADER)
    assert erased.erased_at is not None
    assert (erased.title.vi, erased.holder, erased.ended_reason) == ("", "", "")
    with pytest.raises(Refused):
        files.read(row.file)
    assert api.check(copy).verdict == "genuine"
    issued_leaf = ledger.entry(row.ledger_index)
    assert ledger.check_proof(ledger.inclusion_proof(row.ledger_index))
    assert ledger.erasure_of(issued_leaf) is not None
    assert ledger.verify().ok
    assert api.agrees_with_ledger(row.urn)
    held = models.Document.objects.get()
    assert "" == held.salt == held.ended_salt


@pytest.mark.parametrize(
    "change",
    [
        {"number": "99/2026/GP-UBND"},
        {"state": "valid", "ended_at": None},
        {"sha256": "0" * 64},
        {"valid_until": clock.today() + timedelta(days=99)},
        {"organisation": "urn:dinh:organisation:dinh"},
    ],
)
def test_a_row_that_somebody_changed_behind_our_back_does_not_agree_with_its_leaves(change: dict[str, object]) -> None:
    row = issued(valid_until=clock.today())
    api.withdraw(row.urn, reason="x", by=LEADER)
    assert api.agrees_with_ledger(row.urn)
    models.Document.objects.update(**change)
    assert not api.agrees_with_ledger(row.urn)


# --- personal data -----------------------------------------------------------------


def test_people_get_the_papers_issued_to_them_in_their_copy_and_papers_outlive_an_erasure() -> None:
    row = issued(holder_party=AN, holder="Trần An")
    by_them = issued(by=Actor(AN, "Trần An", (Grant("leader", None),), OFFICE, is_staff=True))
    (holder,) = [one for one in register.holders() if one.code == "documents"]
    mine, _signed = holder.export(AN)
    assert mine.rows[0]["number"] == row.number
    assert mine.files[0].content == files.read(row.file)
    assert [one.count for one in holder.outlook(AN).kept] == [1, 1]
    holder.erase(AN, AN)
    assert holder.export(AN)[0].rows == []
    left = api.document(row.urn)
    assert left.holder == ""
    assert api.document(by_them.urn).by_name != "Trần An"
    assert api.check(files.read(row.file)).signature_holds
    assert ledger.erasure_of(ledger.entry(row.ledger_index)) is not None


def test_reading_the_seal_of_a_paper_is_part_of_the_check(settings: LazySettings, tmp_path: Path) -> None:
    """A row that names another certificate is found."""
    row = issued()
    other = tmp_path / "other"
    settings.SEAL_HOME = other
    models.Document.objects.update(
        certificate=models.Document.objects.get(code=issued().code.replace("-", "")).certificate
    )
    assert api.check(files.read(row.file)).signature_holds is False
