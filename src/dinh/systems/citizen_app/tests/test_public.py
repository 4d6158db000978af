"""What anyone may read of reports, and what nobody may."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import pytest
from django.conf import LazySettings
from django.test import Client

from dinh.kernel.manifests import registry
from dinh.spine.files import api as files
from dinh.spine.parties.api import Actor
from dinh.spine.requests import api as requests
from dinh.systems.citizen_app.tests.world import NORTH, SOUTH, ended, official, picture, reported, signed_in, standing

pytestmark = pytest.mark.django_db
EVERYWHERE = (
    "/app/reports/", "/app/reports/points.geojson", "/app/reports/feed.rss", "/app/reports/feed.atom",
    "/app/reports/feed.geojson", "/app/sitemap.xml", "/app/figures/?days=365", "/app/figures.json?days=365", "/app/figures.csv",
)  # fmt: skip
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(autouse=True)
def _ground(monkeypatch: pytest.MonkeyPatch, settings: LazySettings, tmp_path: Path, db: None) -> Iterator[None]:
    with standing(monkeypatch, settings, tmp_path):
        yield


@pytest.fixture
def binh() -> Actor:
    return official("binh", SOUTH)


def hidden_by(why: str, binh: Actor) -> tuple[str, str]:
    """Its link and number: a report with a photo that is not for the public, for one of the reasons there are."""
    changes: dict[str, dict[str, Any]] = {
        "private": {"private": True},
        "category": {"category": "public_order"},
        "check": {"address": "0912 345 678"},
    }
    link, number = reported("bimat", photos=1, **changes.get(why, {}))
    if why in ("spam", "abuse", "personal"):
        requests.hide([number], why=why, by=binh)
    if why == "forgotten":
        requests.forget(link)
    return str(link), number


@pytest.mark.parametrize("why", ["private", "category", "check", "spam", "abuse", "personal", "forgotten"])
def test_what_is_not_public_is_nowhere(why: str, binh: Actor, client: Client) -> None:
    _, open_number = reported("congkhai")
    link, number = hidden_by(why, binh)
    for path in EVERYWHERE:
        body = client.get(path).content.decode()
        assert number not in body, path
        assert "bimat" not in body, path
    assert open_number in client.get("/app/reports/").content.decode()
    assert json.loads(client.get("/app/reports/feed.geojson").content)["total"] == 1
    assert client.get("/app/reports/?q=bimat").context["total"] == 0
    for path in (f"/app/reports/{number}/", f"/app/reports/{number}/qr.svg"):
        assert client.get(path).status_code == 404
    for path in (f"/app/photos/{number}/1", f"/app/photos/{number}/1-small"):
        assert client.get(path).status_code == 404
    mine = client.get(f"/app/photos/{number}/1?by={link}")
    assert mine.status_code == (404 if why == "forgotten" else 200), (
        "the reporter's own link opens the reporter's own photo"
    )
    if why != "forgotten":
        assert mine["Cache-Control"] == "private, no-store"


def test_the_figures_over_the_list_are_counted_once_and_again_after_every_change(
    binh: Actor, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    count = requests.counts

    def counted(query: requests.RequestQuery, **more: Any) -> Any:
        asked.append(query)
        return count(query, **more)

    monkeypatch.setattr(requests, "counts", counted)

    def shown(address: str = "/app/reports/") -> list[int]:
        return [chip["count"] for chip in client.get(address).context["chips"][:2]]

    _, number = reported("mot")
    assert [shown(), shown("/app/reports/?page=2&status=open"), shown("/app/reports/?order=due")] == [[1, 1]] * 3
    assert len(asked) == 1, "the page, the order and the chosen status make no difference"
    reported("hai")
    assert shown() == [2, 2]
    assert shown("/app/reports/?q=hai") == [1, 1]
    ended(number, binh)
    assert shown() == [2, 1]
    requests.hide([number], why="spam", by=binh)
    assert shown() == [1, 1]


def test_a_number_that_is_not_public_is_answered_like_one_that_does_not_exist(binh: Actor, client: Client) -> None:
    _, number = hidden_by("private", binh)
    real, unreal = client.get(f"/app/reports/{number}/"), client.get("/app/reports/PA-261127-999999/")
    assert (real.status_code, unreal.status_code) == (404, 404)
    assert (
        real.content.decode().replace(number, "…").split("<p class")[0]
        == unreal.content.decode().replace("PA-261127-999999", "…").split("<p class")[0]
    )


def test_a_photo_stands_in_public_until_it_is_taken_off(binh: Actor, client: Client) -> None:
    _, number = reported("anh", photos=2)
    path = f"/app/photos/{number}/1-small"
    first = client.get(path)
    assert (first.status_code, first["Content-Type"]) == (200, "image/webp")
    assert first["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in first["Content-Security-Policy"]
    assert "max-age=60" in first["Cache-Control"]
    assert client.get(path, headers={"if-none-match": first["ETag"]}).status_code == 304
    requests.show_photo(number, 1, shown=False, by=binh)
    assert client.get(path, headers={"if-none-match": first["ETag"]}).status_code == 404, "not even that it is the same"
    assert client.get(f"/app/photos/{number}/2").status_code == 200
    assert signed_in("binh").get(path).status_code == 200
    official("xa-khac", NORTH)
    assert signed_in("xa-khac").get(path).status_code == 404


def test_a_neighbours_link_opens_nothing_that_was_taken_off(binh: Actor, client: Client) -> None:
    _, number = reported("anh", photos=1)
    requests.follow(number, person=binh.urn, language="vi")
    from dinh.spine.requests.models import Follower

    neighbour = Follower.objects.get(request__number=number, role="neighbour").pk
    requests.hide([number], why="personal", by=binh)
    assert client.get(f"/app/photos/{number}/1?by={neighbour}").status_code == 404


def test_the_list_is_narrowed_by_each_filter_and_its_address_holds_them(binh: Actor, client: Client) -> None:
    _, hole = reported("một")
    _, lamp = reported("hai", category="street_light", latitude=9.7)
    ended(hole, binh, "close_unfixed")

    def shown(query: str) -> set[str]:
        return set(re.findall(r'data-number="([^"]+)"', client.get(f"/app/reports/?{query}").content.decode()))

    assert shown("") == {hole, lamp}
    for query, expected in {
        "q=MOT": {hole}, "category=street_light": {lamp}, f"unit={NORTH}": {lamp}, "status=unfixed": {hole}, "status=open": {lamp},
        "status=fixed": set(), f"office={binh.organisation}": {hole}, "days=7": {hole, lamp}, "near=106.2,9.7": {lamp},
        "category=street_light&category=road_damage": {hole, lamp}, "status=nonsense": {hole, lamp},
    }.items():  # fmt: skip
        assert shown(query) == expected, query
    chips = {chip["code"]: chip["count"] for chip in client.get("/app/reports/").context["chips"]}
    assert chips == {"": 2, "open": 1, "late": 0, "fixed": 0, "unfixed": 1}
    box = client.get("/app/reports/points.geojson?box=106,9.6,106.3,9.8").json()
    assert [feature["properties"]["number"] for feature in box["features"]] == [lamp]


def test_a_card_in_the_list_is_of_now_in_the_language_of_whoever_reads_it(binh: Actor, client: Client) -> None:
    _, hole = reported("một", photos=1)

    def card(language: str) -> str:
        client.cookies["django_language"] = language
        page = client.get("/app/reports/").content.decode()
        return page.partition('class="rcards"')[2].partition("</ul>")[0]

    assert "/app/photos/" in card("vi")
    assert "Received" in card("en")
    requests.show_photo(hole, 1, shown=False, by=binh)
    assert "/app/photos/" not in card("vi")
    ended(hole, binh, "close_unfixed")
    assert "rmark--unfixed" in card("vi")
    assert "Closed, not fixed" in card("en")


@pytest.mark.parametrize(
    "query", ["category=x", "status=x", "days=3", "box=1,2", "near=a,b", "unit=urn:x", "page=0", "box=nan,1,1,1"]
)
def test_a_program_that_asks_wrongly_is_told_where_and_not_given_more(query: str, client: Client) -> None:
    for path in ("points.geojson", "feed.rss", "feed.atom", "feed.geojson"):
        assert client.get(f"/app/reports/{path}?{query}").status_code == 422, path


def test_the_feeds_can_be_read_by_those_who_know_their_standards(binh: Actor, client: Client) -> None:
    import feedparser

    _, number = reported("ổ gà \x0b & <b>", photos=1)
    for kind in ("rss", "atom"):
        answer = client.get(f"/app/reports/feed.{kind}?category=road_damage", headers={"accept-language": "vi"})
        Xml.fromstring(answer.content)
        feed = feedparser.parse(answer.content)
        assert not feed.bozo
        (entry,) = feed.entries
        assert entry.id == f"urn:dinh:request:{number}"
        assert entry.link.endswith(f"/app/reports/{number}/")
        assert "Trạng thái: Đã tiếp nhận" in entry.summary
    (feature,) = client.get("/app/reports/feed.geojson").json()["features"]
    assert feature["geometry"] == {"type": "Point", "coordinates": [106.2, 9.5]}
    assert feature["properties"]["status"] == "open"
    assert {"name", "phone", "email", "reporter"}.isdisjoint(feature["properties"])


def test_an_answer_that_did_not_change_is_not_sent_again_and_hiding_changes_it_at_once(
    binh: Actor, client: Client
) -> None:
    _, number = reported("một")
    first = client.get("/app/reports/points.geojson")
    again = client.get("/app/reports/points.geojson", headers={"if-none-match": f"W/{first['ETag']}"})
    assert again.status_code == 304
    requests.hide([number], why="spam", by=binh)
    assert client.get("/app/reports/points.geojson", headers={"if-none-match": first["ETag"]}).json()["features"] == []


def test_the_public_page_shows_the_way_of_a_report_and_no_name(binh: Actor, client: Client) -> None:
    link, number = reported("một", photos=1)
    ended(number, binh)
    requests.rate(link, stars=4, text="Làm nhanh")
    requests.add_photo(number, name="sau.jpg", content=picture(), by=binh)
    page = client.get(f"/app/reports/{number}/", headers={"accept-language": "vi"}).content.decode()
    for words in ("Đã khắc phục", "Đã vá bằng nhựa nóng.", "Làm nhanh", f"/app/photos/{number}/2", "og:image"):
        assert words in page, words
    assert "Trần Thị Mẫu" not in page
    assert str(link) not in page
    assert "moderation" not in page


def test_every_page_of_the_house_leads_to_reporting(client: Client) -> None:
    assert 'href="/app/"' in client.get("/verify/").content.decode()


def test_warnings_stand_in_full_on_the_first_page_in_brief_on_others_and_not_in_the_way_of_a_report(
    client: Client,
) -> None:
    shown = {
        path: client.get(path).content.decode().count('class="app__top')
        for path in ("/app/", "/app/mine/", "/app/report/")
    }
    assert shown == {
        "/app/": len(registry.panels("citizen.top")), "/app/mine/": len(registry.panels("citizen.brief")), "/app/report/": 0,
    }  # fmt: skip


def test_figures_withhold_what_few_stand_behind(binh: Actor, client: Client) -> None:
    for number in range(5):
        _, last = reported(f"số {number}")
    ended(last, binh)
    (office,) = client.get("/app/figures.json").json()["offices"]
    assert (office["received"], office["open"], office["fixed"], office["unfixed"]) == (5, None, None, 0)
    assert client.get("/app/figures.json?days=31").status_code == 422
    assert client.get(f"/app/figures.json?unit={NORTH}").json()["offices"] == []
    assert "—" in client.get("/app/figures/").content.decode()
    lines = client.get("/app/figures.csv").content.decode("utf-8-sig").splitlines()
    assert lines[1].startswith("UBND binh,5,,0")


def test_search_engines_are_led_to_public_pages_and_kept_from_links(client: Client) -> None:
    words = client.get("/robots.txt").content.decode()
    assert "Disallow: /app/r/" in words
    assert "/app/sitemap.xml" in words


def test_an_answer_kept_for_many_takes_bounded_room() -> None:
    from dinh.systems.citizen_app.web.answers import Kept

    kept = Kept(most_bytes=25)
    for number in range(9):
        kept.put(str(number), b"1234567890")
    assert [name for name in "012345678" if kept.get(name)] == ["7", "8"]


def test_following_says_the_same_for_every_address_and_writes_to_one_a_few_times_a_day(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(requests, "follow", lambda number, *, address, person, language: asked.append(address))
    _, number = reported("một")
    for _ in range(6):
        answer = client.post(f"/app/reports/{number}/follow/", {"address": "0912 345 678"})
        assert answer["Location"].endswith("#follow")
    assert len(asked) == 5
    assert client.post(f"/app/reports/{number}/follow/", {"address": "la@example.vn"}).status_code == 429


@pytest.mark.parametrize(
    "told", [{"Origin": "https://other.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}]
)
def test_a_page_of_another_site_makes_nobody_follow(told: dict[str, str], client: Client) -> None:
    _, number = reported("một")
    path = f"/app/reports/{number}/follow/"
    assert client.post(path, {"address": "a@example.vn"}, headers=told).status_code == 403
    assert client.post(path, {"address": "a@example.vn"}, headers={"Origin": "http://testserver"}).status_code == 302


def test_an_account_follows_only_by_a_form_with_its_token(binh: Actor) -> None:
    from dinh.spine.requests.models import Follower

    _, number = reported("một")
    strict = signed_in("binh")
    strict.handler.enforce_csrf_checks = True
    strict.post(f"/app/reports/{number}/follow/", {"how": "account"})
    assert not Follower.objects.filter(address=binh.urn).exists()
    page = strict.get(f"/app/reports/{number}/").content.decode().partition('id="follow"')[2]
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.partition("</form>")[0])
    assert token is not None
    strict.post(f"/app/reports/{number}/follow/", {"how": "account", "csrfmiddlewaretoken": token[1]})
    assert Follower.objects.filter(address=binh.urn).exists()


def test_whoever_is_signed_in_uses_the_forms_that_need_no_token_like_anybody_else(binh: Actor, client: Client) -> None:
    from dinh.spine.requests.models import Follower, Subscription

    _, number = reported("một")
    client.post("/app/subscriptions/", {"address": "me@example.vn", "unit": SOUTH, "category": "road_damage"})
    path = f"/app/subscriptions/{Subscription.objects.get().pk}/"
    strict = signed_in("binh")
    strict.handler.enforce_csrf_checks = True
    assert "Trần Đề" in strict.post(path).content.decode()
    assert strict.post(f"{path}change/", {"unit": "x"}).status_code == 422
    assert strict.post(f"{path}stop/").status_code == 200
    assert not Subscription.objects.exists()
    assert strict.post("/app/again/", {"number": number, "address": "x"}).status_code == 200
    assert strict.post(f"/app/reports/{number}/follow/", {"address": "hang.xom@example.vn"}).status_code == 302
    assert Follower.objects.filter(address="mailto:hang.xom@example.vn").exists()


def test_a_subscription_begins_by_a_press_of_a_button_and_ends_without_a_session(client: Client) -> None:
    from dinh.spine.requests.models import Subscription

    answer = client.post("/app/subscriptions/", {"address": "me@example.vn", "unit": SOUTH, "category": "road_damage"})
    assert answer.status_code == 302
    row = Subscription.objects.get()
    client.get(f"/app/subscriptions/{row.pk}/")
    row.refresh_from_db()
    assert row.confirmed_at is None, "a program that opens links confirms nothing"
    assert "Trần Đề" in client.post(f"/app/subscriptions/{row.pk}/").content.decode()
    row.refresh_from_db()
    assert row.confirmed_at is not None
    stranger = Client(enforce_csrf_checks=True)
    stranger.get(f"/app/subscriptions/{row.pk}/stop/")
    assert Subscription.objects.count() == 1
    assert stranger.post(f"/app/subscriptions/{row.pk}/stop/", {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not Subscription.objects.exists()
    assert client.post("/app/subscriptions/", {"address": "khong phai"}).status_code == 422


@pytest.mark.parametrize("path", ["/app/reports/{number}/follow/", "/app/report/same", "/app/subscriptions/"])
def test_nobody_writes_somebody_elses_account_into_the_field_for_an_address(
    path: str, binh: Actor, client: Client
) -> None:
    from dinh.spine.requests.models import Follower, Subscription

    _, number = reported("một")
    client.post(path.format(number=number), {"address": binh.urn, "number": number})
    assert not Follower.objects.filter(address=binh.urn).exists()
    assert not Subscription.objects.exists()


def test_pictures_of_private_reports_are_read_on_the_record(binh: Actor) -> None:
    from dinh.spine.ledger import api as ledger

    _, number = reported("kín", photos=1, private=True)
    row = requests.request(number, actor=binh)
    assert files.file(row.photos[0].file).personal
    assert signed_in("binh").get(f"/app/photos/{number}/1").status_code == 200
    assert [entry.data["by"] for entry in ledger.entries(kind="file.read")] == [binh.urn]
