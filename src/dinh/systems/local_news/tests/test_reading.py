"""Feeds of news: taken once, corrected, placed, and never trusted."""

from __future__ import annotations

import time
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from dinh.kernel import clock
from dinh.kernel.errors import Conflict, Invalid, NotFound, Refused, SourceUnavailable
from dinh.spine.notices.models import Notice
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import SYSTEM, Grant
from dinh.systems.local_news import examples, models
from dinh.systems.local_news.actions import feeds
from dinh.systems.local_news.domain import reading
from dinh.systems.local_news.exports import cap_writing
from dinh.systems.local_news.feeds import cap_reading, fetching, plain, syndication
from dinh.systems.local_news.feeds.fetching import Fetched
from dinh.systems.local_news.queries import alerts, news
from dinh.systems.local_news.queries import feeds as queries
from dinh.systems.local_news.tests.factories import (
    AN,
    MY_TU,
    TRAN_DE,
    VINH_CHAU,
    feed,
    item,
    message,
    moment,
    rss,
    someone,
)  # fmt: skip

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("units")]


def titles(**asked: object) -> list[str]:
    return [row.name("vi") for row in news.news(**asked).rows]  # type: ignore[arg-type]


def test_news_are_taken_once_and_corrected_in_place() -> None:
    number = feed()
    assert feeds.take(number, rss(item("1", "Trần Đề mở chợ"), item("2", "Lúa được mùa"))) == 2
    assert feeds.take(number, rss(item("1", "Trần Đề mở chợ"), item("2", "Vĩnh Châu được mùa"))) == 0
    assert titles(unit=TRAN_DE) == ["Trần Đề mở chợ"]
    assert titles(unit=VINH_CHAU) == ["Vĩnh Châu được mùa"]
    assert [row.corrected for row in news.news(unit=VINH_CHAU).rows] == [True]
    assert titles(unit=MY_TU) == []


def test_what_names_no_place_belongs_to_the_place_of_its_feed() -> None:
    feeds.take(feed(place=MY_TU), rss(item("1", "Khai giảng năm học mới")))
    assert (titles(unit=MY_TU), titles(unit=TRAN_DE)) == (["Khai giảng năm học mới"], [])


def test_only_plain_words_and_a_link_that_can_be_followed_are_kept() -> None:
    dirty = (
        "&lt;p&gt;Tin &lt;b&gt;mới&lt;/b&gt;&lt;img src=x onerror=y&gt;&lt;script&gt;evil()&lt;/script&gt;&lt;/p&gt; "
        + "chữ " * 200
    )
    number = feed()
    came = rss(
        item("1", "Chợ &amp;amp; hội", dirty), item("2", "Xấu", link="javascript:alert(1)"), item("3", ""),
        item("4", "Mật khẩu", link="https://a:b@bao.vn/"),
    )  # fmt: skip
    assert feeds.take(number, came) == 1
    (kept,) = models.Item.objects.all()
    assert kept.title == "Chợ & hội"
    assert kept.summary.startswith("Tin mới chữ")
    assert "evil" not in kept.summary
    assert "<" not in kept.summary
    assert len(kept.summary) <= 300
    assert kept.summary.endswith("…")


@pytest.mark.parametrize("sign", ["<a ", "<a b='", "<!--", "<![", "<?", "<!DOCTYPE ", "&#9", "<script>", "</"])
def test_markup_that_never_ends_takes_no_time_and_stops_no_feed(sign: str) -> None:
    began = time.process_time()
    for _ in range(5):
        plain.words(sign * 20_000, most=300)
    assert time.process_time() - began < 1
    assert plain.words(f"<p>Chợ{sign * 3}", most=300).startswith("Chợ")


@pytest.mark.parametrize(
    ("markup", "said"),
    [
        ("<p>Xin chào <b>bà con</b></p>", "Xin chào bà con"), ("5 < 6 và 7 > 3", "5 < 6 và 7 > 3"), ("a<br>b", "a b"),
        ('<a title="x>y" href="javascript:1">được</a>', "được"), ("&lt;script&gt;", "<script>"),
        ("<SCRIPT>a</SCRIPT >b", "b"), ("<svg/onload=1>z", ""), ("<![if !a]>x<![endif]>", "x"), ("<!-- a --> b", "b"),
        ("x&#" + "9" * 6000 + ";y", "x y"),
    ],
)  # fmt: skip
def test_of_markup_the_words_stay(markup: str, said: str) -> None:
    assert plain.words(markup, most=300) == said


def test_a_feed_cannot_date_its_news_to_stay_on_top_or_bring_what_is_ninety_days_old() -> None:
    ahead, old = (format_datetime(moment(days=days)) for days in (-300, 91))
    feeds.take(feed(), rss(item("1", "Mai", date=ahead), item("2", "Xưa", date=old)))
    (kept,) = models.Item.objects.all()
    assert kept.title == "Mai"
    assert abs(kept.said_at - clock.now()) < timedelta(minutes=1)


@pytest.mark.parametrize(
    "text",
    [
        '<?xml version="1.0"?><!DOCTYPE rss PUBLIC "-//Netscape" "rss-0.91.dtd"><rss version="0.91"><channel><item><title>Tin</title><link>https://a.vn/1</link></item></channel></rss>',
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><item rdf:about="x"><title>Tin</title><link>https://a.vn/1</link></item></rdf:RDF>',
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>Tin</title><link href="1"/><id>1</id></entry></feed>',
        '<rss version="2.0"><channel><item><title>Tin</title><link>https://a.vn/1</link><description>a & b</item>',
    ],
)
def test_every_form_of_feed_is_read_also_where_it_is_broken(text: str) -> None:
    (entry,) = syndication.read(text.encode(), address="https://a.vn/").entries
    assert (entry.title, entry.link) == ("Tin", "https://a.vn/1")


def test_what_is_no_feed_or_declares_entities_is_refused_with_a_remedy() -> None:
    with pytest.raises(Invalid, match="look for the feed's own address"):
        syndication.read(b"<html><body>Hi</body></html>", address="https://a.vn/")
    with pytest.raises(Invalid, match="entities"):
        syndication.read(b'<!DOCTYPE r [<!ENTITY a "x">]><rss version="2.0">&a;</rss>', address="https://a.vn/")


ENTITIES = '<?xml version="1.0" encoding="{0}"?>{1}<!DOCTYPE r [<!ENTITY a "x">]><rss version="2.0"><channel><item><title>&a;</title></item></channel></rss>'


@pytest.mark.parametrize(
    ("encoding", "before"), [("utf-16", ""), ("utf-7", ""), ("cp037", ""), ("utf-8", f"<!--{' ' * 70_000}-->")]
)
def test_entities_are_seen_in_every_encoding_and_behind_any_amount_of_nothing(encoding: str, before: str) -> None:
    with pytest.raises(Invalid, match="entities"):
        syndication.read(ENTITIES.format(encoding, before).encode(encoding), address="https://a.vn/")


def test_a_feed_that_keeps_its_reader_busy_ends_it_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(syndication, "LONGEST_S", 1)
    attributes = " ".join(f'a{n}="1"' for n in range(100_000))
    began = time.monotonic()
    with pytest.raises(Invalid, match="more time or memory than a feed needs"):
        syndication.read(f'<rss version="2.0"><channel><item {attributes}>'.encode(), address="https://a.vn/")
    assert time.monotonic() - began < 5


def test_messages_within_messages_are_not_written_out_again_and_again() -> None:
    """90 levels around 1 MB were 90 MB, each of which was read once more."""
    inner = "<alert>" * 90 + "x" * 1_000_000 + "</alert>" * 90
    held = f'<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">{inner}</alert>'.encode()
    (message,) = syndication.warnings_in(held, address="https://a.vn/f").messages
    assert len(message) < 1_100_000


def test_a_document_of_a_hundred_thousand_levels_is_refused_with_a_reason() -> None:
    namespace = 'xmlns="urn:oasis:names:tc:emergency:cap:1.2"'
    held = f"<alert {namespace}>{'<a>' * 100_000}{'</a>' * 100_000}</alert>".encode()
    for read in (cap_reading.read, lambda content: syndication.warnings_in(content, address="https://a.vn/f")):
        with pytest.raises(Invalid, match="levels deep"):
            read(held)


def test_a_feed_that_fails_is_asked_more_rarely_and_its_manager_hears_of_it_once() -> None:
    person = parties.save_person(
        username="an", name="An", email="", organisation=None, grants=[Grant("official", None)]
    )
    number = feed()
    models.Feed.objects.update(manager=person.urn, silent_after_h=0)
    fault = feeds.Came(
        fault=SourceUnavailable("local_news.status", "{address} answers {status}", address="x", status=500)
    )
    feeds.take(number, fault)
    row = models.Feed.objects.get()
    assert row.due_at - clock.now() > timedelta(minutes=59)
    assert not Notice.objects.exists()
    models.Feed.objects.update(failing_since=moment(hours=25))
    feeds.take(number, fault)
    feeds.take(number, fault)
    assert Notice.objects.filter(kind="local_news.feed_silent").count() == 1
    (finding,) = queries.findings()
    assert (finding.ok, finding.says) == (False, "x answers 500")
    feeds.take(number, rss(item("1", "Tin")))
    row = models.Feed.objects.get()
    assert (row.failures, row.fault, row.etag) == (0, {}, '"1"')
    assert [finding.ok for finding in queries.findings()] == [True]


def test_the_pause_doubles_until_twelve_hours() -> None:
    every = timedelta(minutes=30)
    assert [reading.pause(every, n) for n in (0, 1, 2, 9)] == [every, 2 * every, 4 * every, timedelta(hours=12)]


def test_a_feed_of_warnings_takes_what_is_sound_and_tells_what_is_not() -> None:
    number = feed(kind="warnings")
    documents = [("1", cap_writing.write(message())), ("2", b"<alert/>")]
    feeds.take(number, feeds.Came(Fetched(b"-", "https://a.vn/"), documents=documents))
    assert [row.identifier for row in alerts.in_force()] == ["a1"]
    row = queries.feed(number, actor=SYSTEM)
    assert (row.state, [error.code for error in row.refused]) == ("fresh", ["cap.not_cap"])
    assert models.Feed.objects.get().known == {"entries": ["1", "2"]}


def test_messages_are_found_in_an_atom_feed_by_their_links_and_in_one_that_holds_them() -> None:
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>e</id><updated>2026</updated><link href="/page"/>'
        '<link type="application/cap+xml" href="/a.cap"/></entry><entry><link href="file:///etc/passwd"/></entry></feed>'
    )
    assert syndication.warnings_in(atom.encode(), address="https://a.vn/f").links == (("https://a.vn/a.cap", "e 2026"),)
    inline = cap_writing.write(message()).decode().partition("?>")[2]
    held = f'<feed xmlns="http://www.w3.org/2005/Atom"><entry><content>{inline}</content></entry></feed>'
    assert len(syndication.warnings_in(held.encode(), address="https://a.vn/f").messages) == 1
    with pytest.raises(Invalid, match="neither a CAP message nor a feed"):
        syndication.warnings_in(b"<html/>", address="https://a.vn/")


@pytest.mark.parametrize("link", ["http://[x", "//[", ""])
def test_a_link_that_is_no_address_is_left_out_and_stops_no_feed(link: str) -> None:
    assert feeds.take(feed(), rss(item("1", "Hỏng", link=link), item("2", "Tin"))) == 1
    held = f'<feed xmlns="http://www.w3.org/2005/Atom"><entry><link href="{link}"/></entry></feed>'
    assert len(syndication.warnings_in(held.encode(), address="https://a.vn/f").links) == 0


def test_what_cannot_be_kept_of_one_feed_stops_neither_the_others_nor_its_pauses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bad, good = feed(address="https://a.vn/xau"), feed(address="https://a.vn/tot")
    monkeypatch.setattr(feeds, "ask", lambda asked: rss(item("1", asked.address)))
    taken = feeds._take_items

    def take_items(row: models.Feed, *given: Any) -> int:
        if row.pk == bad:
            raise OverflowError
        return taken(row, *given)

    monkeypatch.setattr(feeds, "_take_items", take_items)
    assert feeds.read_due() == 2
    assert [one.feed_id for one in models.Item.objects.all()] == [good]
    row = queries.feed(bad, actor=SYSTEM)
    assert (row.state, row.fault and row.fault.code) == ("broken", "local_news.unkept")
    assert row.due_at > clock.now()


def test_messages_that_come_slowly_are_left_for_the_next_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = "".join(f'<entry><id>{n}</id><link href="/{n}.cap"/></entry>' for n in range(9))
    index = f'<feed xmlns="http://www.w3.org/2005/Atom">{entries}</feed>'.encode()

    def fetch(address: str, **more: object) -> Fetched:
        time.sleep(0.02)
        return Fetched(index if address.endswith("/f") else b"<alert/>", address, '"1"')

    monkeypatch.setattr(fetching, "fetch", fetch)
    monkeypatch.setattr(feeds, "LONGEST_S", 0.01)
    came = feeds.ask(feeds._Asked("https://a.vn/f", "warnings"))
    assert len(came.documents) == 1
    assert came.fetched is not None
    assert came.fetched.etag == "", "the feed is asked in full again"


def test_feeds_are_managed_where_the_role_reaches_and_nowhere_else() -> None:
    local = someone("xa", "official", MY_TU)
    with pytest.raises(Refused):
        feeds.save(feeds.Described("Báo", "", "https://a.vn/f", "media", TRAN_DE), by=local)
    mine = feeds.save(feeds.Described("Báo", "", "https://a.vn/f", "media", MY_TU), by=local)
    other = feed()
    assert [row.number for row in queries.feeds(actor=local)] == [mine]
    with pytest.raises(NotFound):
        feeds.switch(other, False, by=local)
    with pytest.raises(Conflict, match="read already"):
        feeds.save(feeds.Described("Báo", "", "https://a.vn/f", "media", MY_TU), by=AN)


def test_the_demonstrations_feeds_come_from_the_house_and_always_hold_an_exercise() -> None:
    for kind, address in (
        ("media", examples.PAPER),
        ("administration", examples.OFFICE),
        ("warnings", examples.WARNINGS),
    ):
        feeds.save(feeds.Described(f"Nguồn {kind}", "", address, kind, ""), by=SYSTEM, simulated=True)
    assert feeds.read_due() == 3
    assert feeds.read_due() == 0
    assert models.Item.objects.count() == 12
    (row,) = alerts.in_force(unit=TRAN_DE)
    assert (row.status, row.urgent, row.simulated, len(row.units)) == ("Exercise", True, True, 3)
    assert all(feed.fault is None for feed in queries.feeds(actor=SYSTEM))


def test_news_older_than_ninety_days_are_deleted() -> None:
    feeds.take(feed(), rss(item("1", "Tin")))
    models.Item.objects.update(said_at=moment(days=91))
    feeds.tidy()
    assert not models.Item.objects.exists()
