from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import Any

import pytest
from pytest_django.fixtures import DjangoAssertNumQueries

from dinh.kernel import clock
from dinh.kernel.errors import Conflict, Invalid, NotFound, Refused
from dinh.spine.jobs import api as jobs
from dinh.spine.jobs import registrations
from dinh.spine.ledger import api as ledger
from dinh.spine.parties.api import SYSTEM
from dinh.spine.publications import api, models
from dinh.spine.publications.tests.factories import (
    AN,
    BINH,
    BODY,
    CHI,
    OPERATOR,
    REASON,
    SUMMARY,
    TITLE,
    checked,
    corrected,
    draft,
    person,
    published,
)

pytestmark = pytest.mark.django_db(transaction=False)


def leaves(slug: str, kind: str = "publication.published") -> list[ledger.Entry]:
    return list(ledger.entries(subject=f"urn:dinh:publication:{slug}", kind=kind))


def events() -> list[str]:
    """What any listener hears, in order."""
    heard: list[str] = []
    jobs.listen("*", "publications.tests", lambda event: heard.append(event.name))
    try:
        jobs.deliver_pending()
    finally:
        registrations.listeners.pop("publications.tests")
    return [name for name in heard if name.startswith("publication.")]


def test_a_text_goes_from_draft_to_the_public_by_three_people_and_leaves_one_leaf_with_its_hash() -> None:
    first = draft()
    assert (first.state, api.publication("do-man").state) == ("draft", "draft")
    with pytest.raises(NotFound):
        api.public_version("do-man")
    api.submit("do-man", by=AN)
    api.approve("do-man", revision=1, by=BINH)
    made = api.publish("do-man", by=CHI)
    (leaf,) = leaves("do-man")
    text = api.canonical("do-man", 1)
    assert leaf.data["sha256"] == made.sha256 == hashlib.sha256(text.encode()).hexdigest()
    assert (leaf.data["slug"], leaf.data["version"], leaf.data["licence"]) == ("do-man", 1, "CC-BY-4.0")
    assert json.loads(text)["body"] == [dict(block) for block in made.body]
    assert "Nguyễn" not in text, "what is hashed and handed out names no person"
    assert events() == ["publication.published"]
    assert [act.what for act in api.acts("do-man")] == ["created", "submitted", "approved", "published"]
    assert ledger.verify().ok


def test_whoever_wrote_any_of_it_may_not_check_it() -> None:
    draft()
    api.save("do-man", revision=1, title=TITLE, summary=SUMMARY, body=BODY, by=BINH)
    api.submit("do-man", by=AN)
    for author in (AN, BINH):
        with pytest.raises(Refused, match="somebody else"):
            api.approve("do-man", revision=2, by=author)
    assert api.approve("do-man", revision=2, by=CHI).state == "checked"


def test_the_system_may_check_only_what_it_made_itself_and_that_says_so() -> None:
    by_hand = draft("by-hand")
    api.submit("by-hand", by=AN)
    api.approve("by-hand", revision=by_hand.revision, by=SYSTEM)
    made = draft("made", automatic=True, by=SYSTEM)
    api.submit("made", by=SYSTEM)
    done = api.approve("made", revision=made.revision, by=SYSTEM)
    assert done.automatic
    assert done.checked_by == SYSTEM.urn
    assert json.loads(api.canonical("made", api.publish("made", by=SYSTEM).number))["automatic"] is True


def test_what_was_changed_after_it_was_read_is_not_approved() -> None:
    draft()
    api.save("do-man", revision=1, title=TITLE, summary=SUMMARY, body=BODY, by=AN)
    api.submit("do-man", by=AN)
    with pytest.raises(Conflict, match="read it again"):
        api.approve("do-man", revision=1, by=BINH)


def test_a_stale_save_is_refused_and_loses_nothing() -> None:
    draft()
    api.save("do-man", revision=1, title={"vi": "Bản của Bình", "en": ""}, summary=SUMMARY, body=BODY, by=BINH)
    with pytest.raises(Conflict, match="compare both") as refused:
        api.save("do-man", revision=1, title={"vi": "Bản của An", "en": ""}, summary=SUMMARY, body=BODY, by=AN)
    assert refused.value.code == "publications.stale"
    there = api.open_version("do-man")
    assert there is not None
    assert (there.title["vi"], there.revision) == ("Bản của Bình", 2)


def test_the_review_sends_back_with_a_remark_that_the_ledger_holds_only_as_a_commitment() -> None:
    draft()
    api.submit("do-man", by=AN)
    with pytest.raises(Invalid):
        api.send_back("do-man", remark="  ", by=BINH)
    assert api.send_back("do-man", remark="Ông Tư đã gọi lại chưa?", by=BINH).state == "draft"
    assert api.acts("do-man")[-1].text == "Ông Tư đã gọi lại chưa?"
    (leaf,) = leaves("do-man", "publication.sent_back")
    assert "text_sha256" in leaf.data
    assert "Tư" not in json.dumps(leaf.data, ensure_ascii=False)


def test_both_languages_are_needed_before_the_review() -> None:
    draft(title={"vi": "Chỉ tiếng Việt", "en": ""}, body=[{"type": "paragraph", "text": {"vi": "Một", "en": ""}}])
    with pytest.raises(Invalid, match=r"title \(en\), body\[1\]\.text \(en\)"):
        api.submit("do-man", by=AN)


def test_a_correction_goes_the_same_way_while_the_earlier_version_stays_public() -> None:
    published()
    begun = api.correct("do-man", by=AN)
    assert (begun.number, begun.state, len(begun.body)) == (2, "draft", 3)
    assert api.public_version("do-man").number == 1
    with pytest.raises(Conflict, match="go on with it"):
        api.correct("do-man", by=AN)
    api.drop("do-man", by=AN)
    assert api.publication("do-man").state == "published"
    made = corrected()
    assert (made.number, api.public_version("do-man").number) == (3, 3)
    assert api.public_version("do-man", 1).state == "corrected"
    assert [version.number for version in api.versions("do-man")] == [3, 1]
    assert leaves("do-man")[-1].data["corrects"] == 1
    assert events() == ["publication.published", "publication.published", "publication.corrected"]
    with pytest.raises(NotFound):
        api.public_version("do-man", 2)


def test_a_correction_says_what_it_corrects() -> None:
    published()
    begun = api.correct("do-man", by=AN)
    with pytest.raises(Invalid, match=r"note \(vi\)"):
        api.submit("do-man", by=AN)
    assert begun.note == {"vi": "", "en": ""}


def test_withdrawn_leaves_a_stone_with_the_reason_and_nothing_else() -> None:
    published()
    api.correct("do-man", by=AN)
    with pytest.raises(Invalid):
        api.withdraw("do-man", reason={"vi": "Sai", "en": ""}, by=CHI)
    row = api.withdraw("do-man", reason=REASON, by=CHI)
    assert (row.state, row.withdrawn_reason_en) == ("withdrawn", "The source was wrong.")
    with pytest.raises(NotFound):
        api.public_version("do-man")
    with pytest.raises(Conflict):
        api.correct("do-man", by=AN)
    assert not api.public(api.PublicQuery()).rows
    assert [found.slug for found in api.public(api.PublicQuery(withdrawn=True)).rows] == ["do-man"]
    assert events()[-1] == "publication.withdrawn"
    assert not api.work(actor=CHI)


def test_scheduled_is_published_by_the_queue_once_when_its_moment_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    checked()
    with pytest.raises(Invalid, match="past"):
        api.schedule("do-man", at=clock.now(), by=CHI)
    at = clock.now() + timedelta(hours=1)
    api.schedule("do-man", at=at, by=CHI)
    jobs.run_due_tasks()
    assert api.publish_due() == 0
    api.schedule("do-man", at=at + timedelta(hours=1), by=CHI)
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + timedelta(minutes=90))
    jobs.run_due_tasks()
    assert not leaves("do-man"), "it was put off: the first task has nothing to do"
    monkeypatch.setattr(clock, "now", lambda: real() + timedelta(minutes=150))
    jobs.run_due_tasks()
    assert api.publish_due() == 0
    jobs.run_due_tasks()
    assert len(leaves("do-man")) == 1
    assert events() == ["publication.published"]
    assert api.public_version("do-man").published_at is not None


def test_what_was_taken_off_the_schedule_is_not_published(monkeypatch: pytest.MonkeyPatch) -> None:
    checked()
    api.schedule("do-man", at=clock.now() + timedelta(hours=1), by=CHI)
    assert api.unschedule("do-man", by=CHI).state == "checked"
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + timedelta(hours=2))
    jobs.run_due_tasks()
    assert api.publish_due() == 0
    assert not leaves("do-man")


def test_altering_a_stored_letter_is_seen() -> None:
    published()
    corrected()
    assert api.altered_versions("do-man") == ()
    stored = models.Version.objects.get(number=1)
    models.Version.objects.filter(pk=stored.pk).update(body=stored.body.replace("4,2", "4,1"))
    assert api.altered_versions("do-man") == (1,)
    models.Version.objects.filter(number=2).update(title_en="Another title")
    assert api.altered_versions("do-man") == (1, 2)
    # Whoever changes the stored hash as well still meets the leaf.
    text = api.canonical("do-man", 2)
    models.Version.objects.filter(number=2).update(sha256=hashlib.sha256(text.encode()).hexdigest())
    assert api.altered_versions("do-man") == (1, 2)


def test_permissions_go_by_role_and_by_place_and_by_ones_own_office(monkeypatch: pytest.MonkeyPatch) -> None:
    from dinh.spine.places import api as places

    commune, other = "urn:dinh:unit:2025:31500", "urn:dinh:unit:2025:31501"
    monkeypatch.setattr(places, "contains", lambda outer, inner: outer == inner)
    monkeypatch.setattr(places, "area", lambda urn: [])
    local = person("tu", "official", commune, "urn:dinh:organisation:ubnd")
    draft("xa", place=commune, by=local)
    for place, organisation in ((other, None), (None, None), (None, "urn:dinh:organisation:khac")):
        with pytest.raises(Refused):
            draft("khac", place=place, organisation=organisation, by=local)
    draft("co-quan", organisation="urn:dinh:organisation:ubnd", by=local)
    draft("tinh")
    assert {row.publication.slug for row in api.work(actor=local)} == {"xa", "co-quan"}
    assert {row.publication.slug for row in api.work(actor=BINH)} == {"xa", "co-quan", "tinh"}
    assert not api.work(actor=person("dan", "engineer"))
    checked("lich")
    for who in (BINH, OPERATOR):
        with pytest.raises(Refused):
            api.publish("lich", by=who)
    draft("cho")
    api.submit("cho", by=AN)
    with pytest.raises(Refused):
        api.approve("cho", revision=1, by=OPERATOR)


def test_a_key_makes_it_once_and_an_address_belongs_to_one() -> None:
    assert draft("a", key="brief:1").slug == draft("b", key="brief:1").slug == "a"
    with pytest.raises(Conflict, match="taken"):
        draft("a")
    with pytest.raises(Invalid):
        draft("Độ mặn")
    with pytest.raises(Invalid):
        draft("c", licence="Tự do")


def test_the_public_list_finds_without_marks_in_a_fixed_number_of_queries(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(5):
        published(f"so-{number}", kind="price-list" if number % 2 else "news")
    draft("chua")
    query = api.PublicQuery(text="do man soc trang", limit=2)
    with django_assert_num_queries(3):
        page = api.public(query)
    assert (page.total, len(page.rows), set(page.versions)) == (5, 2, {"so-4", "so-3"})
    assert api.public(api.PublicQuery(kind="price-list")).total == 2
    assert api.public(api.PublicQuery(text="khong co")).total == 0
    assert api.public_kinds() == ("news", "price-list")
    with django_assert_num_queries(1):
        api.work(actor=CHI)


def test_versions_are_compared_block_by_block_and_word_by_word() -> None:
    published()
    body: list[dict[str, Any]] = [
        BODY[0],
        {
            "type": "paragraph",
            "text": {"vi": "Độ mặn tại Trần Đề là 3,9 g/l.", "en": "Salinity at Trần Đề is 3.9 g/l."},
        },
    ]
    corrected(body=body)
    found = api.compare("do-man", 1, 2, language="vi")
    assert [block.what for block in found.blocks] == ["same", "changed", "removed"]
    changed = [(part.what, part.text) for part in found.blocks[1].parts if part.what != "same"]
    assert changed == [("removed", "4"), ("added", "3"), ("removed", "2"), ("added", "9")]
    assert not found.alike
    assert api.compare("do-man", 1, 1, language="en").alike
