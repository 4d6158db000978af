"""The pages and feeds as people and programs see them."""

from __future__ import annotations

import json
from collections.abc import Callable
from xml.etree import ElementTree as Xml

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings

from dinh.spine.jobs import api as jobs
from dinh.spine.parties.api import SYSTEM
from dinh.spine.publications import api as publications
from dinh.systems.local_news import models, tasks
from dinh.systems.local_news.actions import feeds
from dinh.systems.local_news.exports import cap_writing
from dinh.systems.local_news.feeds import cap_reading, syndication
from dinh.systems.local_news.tests.factories import CHI, MY_TU, TRAN_DE, feed, item, message, rss, sent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("units")]
ATOM = "{http://www.w3.org/2005/Atom}"


def page(client: Client, path: str = "/news/", **headers: str) -> str:
    response = client.get(path, headers={"accept-language": "vi", **headers})
    assert response.status_code == 200
    return response.content.decode()


def published(slug: str, place: str | None = None) -> None:
    words = {"vi": f"Công bố {slug}", "en": f"Told {slug}"}
    body = [{"type": "paragraph", "text": words}]
    made = publications.create(slug=slug, kind="news", title=words, summary=words, body=body, place=place, by=SYSTEM)
    publications.submit(slug, by=SYSTEM)
    publications.approve(slug, revision=made.revision, by=CHI)
    publications.publish(slug, by=CHI)


def test_publications_and_news_of_the_media_stand_in_one_list_by_commune_with_what_is_urgent_on_top() -> None:
    published("moi-nguoi")
    published("my-tu", MY_TU)
    feeds.take(feed(), rss(item("1", "Mỹ Tú thu hoạch lúa"), item("2", "Trần Đề ra khơi")))
    sent(message())
    text = page(Client(), "/news/?unit=31567")
    assert "Công bố moi-nguoi" in text
    assert 'href="/publications/my-tu/"' in text
    assert "Mỹ Tú thu hoạch lúa" in text
    assert "Trần Đề ra khơi" not in text
    assert "Mưa lớn a1" not in text
    text = page(Client(), "/news/?unit=31673")
    assert text.index("Mưa lớn a1") < text.index("Công bố moi-nguoi")
    assert "Công bố my-tu" not in text
    assert 'rel="noopener noreferrer external"' in text


def test_the_list_is_searched_without_marks_narrowed_and_turned_page_by_page() -> None:
    number = feed()
    feeds.take(number, rss(*(item(str(n), f"Tin số {n} về lúa") for n in range(45))))
    published("lua")
    assert "Công bố lua" in page(Client(), "/news/?q=cong+bo")
    assert "Tin số" not in page(Client(), "/news/?q=cong+bo")
    assert "Công bố lua" not in page(Client(), f"/news/?source={number}")
    shown = [page(Client(), f"/news/?page={n}").count("news-item__title") for n in (1, 2, 3, 4)]
    assert shown == [20, 20, 6, 0]
    assert "Không có tin nào khớp" in page(Client(), "/news/?q=khong-co")


def test_the_own_commune_is_remembered_by_the_browser_and_forgotten_again() -> None:
    client = Client()
    sent(message())
    assert client.post("/news/commune/", {"unit": "31567"}).status_code == 302
    assert "Mưa lớn a1" not in page(client)
    assert page(client, "/news/panel/").strip() == ""
    assert "Mưa lớn a1" in page(client, "/news/?unit=all")
    client.post("/news/commune/", {"unit": "all"})
    assert "Mưa lớn a1" in page(client)
    assert "Mưa lớn a1" in page(client, "/news/panel/")
    assert client.cookies["dinh_commune"]["httponly"]


def test_other_pages_show_a_warning_in_its_own_look_in_full_or_in_brief() -> None:
    sent(message())
    full, brief = page(Client(), "/news/panel/"), page(Client(), "/news/panel/?brief=1")
    assert 'rel="stylesheet"' in full
    assert 'rel="stylesheet"' in brief
    assert "Mưa lớn a1" in brief
    assert full.count("<p>") == brief.count("<p>") + 1, "what to do stands on the page of the warning"


def test_the_commune_of_an_account_counts_until_another_is_chosen(client_of: Callable[..., Client]) -> None:
    client = client_of("official")
    from dinh.spine.parties import api as parties

    parties.save_person(username="test-official", name="x", email="", organisation=None, grants=None, place=MY_TU)
    sent(message())
    assert "Mưa lớn a1" not in page(client)
    client.post("/news/commune/", {"unit": "31673"})
    assert "Mưa lớn a1" in page(client)


def test_a_strangers_words_are_shown_as_words() -> None:
    feeds.take(
        feed(), rss(item("1", "&lt;b&gt;Đậm&lt;/b&gt; &amp;lt;script&amp;gt;alert(1)&amp;lt;/script&amp;gt; hết"))
    )
    sent(message(headline="<img src=x onerror=alert(1)>"))
    text = page(Client())
    assert "<script>alert" not in text
    assert "<img src=x" not in text
    assert "&lt;img src=x" in text


def test_feeds_out_are_feeds_and_those_of_a_commune_hold_what_concerns_it() -> None:
    feeds.take(feed(), rss(item("1", "Mỹ Tú thu hoạch"), item("2", "Trần Đề ra khơi")))
    sent(message())
    atom = Client().get("/news/feed.atom?unit=31673").content
    assert [entry.title for entry in syndication.read(atom, address="https://x/").entries] == [
        "Mưa lớn a1 (nghiêm trọng)",
        "Trần Đề ra khơi",
    ]
    both = Client().get(f"/news/feed.rss?unit={TRAN_DE}").content
    assert len(syndication.read(both, address="https://x/").entries) == 2
    document = json.loads(Client().get("/news/feed.json?only=urgent").content)
    assert [one["title"] for one in document["items"]] == ["Mưa lớn a1 (nghiêm trọng)"]
    assert Client().get("/news/feed.atom?unit=99999").status_code == 404


def test_a_warning_has_a_page_that_says_what_to_do_and_none_once_it_is_hidden() -> None:
    first = message()
    number = sent(first).number
    text = page(Client(), f"/news/alerts/{number}/")
    assert "Ở trong nhà." in text
    assert "Trần Đề" in text
    assert Client().get(f"/news/cap/{number}.xml").status_code == 404
    test = sent(message("t", status="Test")).number
    assert Client().get(f"/news/alerts/{test}/").status_code == 404


def test_staff_write_a_warning_which_a_leader_tells_and_everybody_reads(client_of: Callable[..., Client]) -> None:
    jobs.listen("publication.published", "local_news.published", tasks.published)
    official, leader = client_of("official"), client_of("leader")
    values = {
        "title_vi": "Nước lên", "title_en": "Water rises", "event_vi": "Triều cường", "event_en": "High tide",
        "text_vi": "Đỉnh triều.", "text_en": "The tide peaks.", "instruction_vi": "Kê đồ.", "instruction_en": "Lift things.",
        "category": "Met", "severity": "Severe", "urgency": "Expected", "certainty": "Likely", "response": "Prepare",
        "begins": "2026-01-01T08:00", "ends": "2099-01-01T08:00", "areas": [TRAN_DE, MY_TU], "do": "submit",
    }  # fmt: skip
    wrong = official.post("/news/desk/warnings/new/", values | {"ends": "2025-01-01T08:00"})
    assert wrong.status_code == 422
    made = official.post("/news/desk/warnings/new/", values)
    path = made["Location"]
    assert "chờ người thứ hai" in page(official, path).lower()
    assert official.post(f"{path}do/issue/", {"revision": 1}).status_code == 302
    assert models.Alert.objects.count() == 0
    assert "Kê đồ." in page(leader, path)
    leader.post(f"{path}do/issue/", {"revision": publications.open_version(path.split("/")[-2]).revision})  # type: ignore[union-attr]
    jobs.deliver_pending()
    assert "Nước lên" in page(Client(), "/news/?unit=31567")
    index = Xml.fromstring(Client().get("/news/cap/").content)
    link = index.find(f"{ATOM}entry/{ATOM}link[@type='application/cap+xml']")
    assert link is not None
    raw = Client().get("/" + link.attrib["href"].split("/", 3)[3])
    assert raw["Content-Type"].startswith("application/cap+xml")
    assert cap_reading.read(raw.content).infos[0].headline == "Nước lên"


def test_a_feed_is_tried_before_it_is_saved_and_nothing_is_kept(
    client_of: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of("official")
    monkeypatch.setattr(feeds, "ask", lambda asked: rss(item("1", "Mỹ Tú có tin")))
    values = {
        "name_vi": "Báo", "address": "https://bao.example.vn/f", "kind": "media", "place": "urn:dinh:unit:2004:94",
        "every_min": "30", "silent_after_h": "24", "enabled": "on",
    }  # fmt: skip
    tried = client.post("/news/desk/feeds/new/", values | {"do": "test"})
    assert "Mỹ Tú có tin" in tried.content.decode()
    assert not models.Feed.objects.exists()
    saved = client.post("/news/desk/feeds/new/", values)
    assert "Báo" in page(client, saved["Location"])
    assert client.post("/news/desk/feeds/new/", values).status_code == 409


@override_settings(FEED_NETWORKS=[])
def test_a_feed_within_the_house_is_refused_in_words(client_of: Callable[..., Client]) -> None:
    values = {
        "name_vi": "Báo", "address": "http://127.0.0.1:9/", "kind": "media", "place": "urn:dinh:unit:2004:94",
        "every_min": "30", "silent_after_h": "24", "do": "test",
    }  # fmt: skip
    response = client_of("official").post("/news/desk/feeds/new/", values)
    assert response.status_code == 422
    assert "DINH_FEED_NETWORKS" in response.content.decode()


def test_a_file_of_cap_is_taken_at_the_desk_hidden_and_refused_with_its_fault(client_of: Callable[..., Client]) -> None:
    client = client_of("official")
    good = SimpleUploadedFile("a.cap", cap_writing.write(message()))
    assert "Mưa lớn a1" in client.post("/news/desk/cap/", {"file": good}, follow=True).content.decode()
    bad = SimpleUploadedFile("b.cap", cap_writing.write(message("b", severity="Bad")))
    assert "alert/info[1]/severity" in client.post("/news/desk/cap/", {"file": bad}, follow=True).content.decode()
    number = models.Alert.objects.get().pk
    client.post(f"/news/desk/alerts/{number}/hide/", {"why": "Nhầm"})
    assert Client().get(f"/news/alerts/{number}/").status_code == 404
