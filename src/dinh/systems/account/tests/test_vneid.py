from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.contrib.sessions.models import Session
from django.test import Client

from dinh.kernel.errors import Conflict
from dinh.spine.ledger import api as ledger
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import PERSON, Actor, Grant
from dinh.systems.account import joining
from dinh.systems.account.feeds import vneid_claims
from dinh.systems.account.provider import VneidProvider
from dinh.systems.account.tests import citizens, issuer
from dinh.systems.account.tests.factories import CHECK, PASSWORD, SET_UP, code, give_password, person, with_phone
from dinh.systems.account.tests.issuer import CALLBACK, NUMBER, Issuer, come_back, leave, through
from dinh.systems.account.tests.test_sign_in import who

pytestmark = pytest.mark.django_db


@pytest.fixture
def there(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Issuer]:
    with issuer.set_up(settings, monkeypatch) as found:
        yield found


def browser() -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    return client


def said(client: Client) -> str:
    return client.get("/account/sign-in/").content.decode()


def test_the_first_sign_in_makes_an_account_without_a_role_and_the_second_finds_it(there: Issuer) -> None:
    first = browser()
    assert through(first, there, next="/account/")["Location"] == "/account/"
    username = who(first)
    assert parties.person(username).grants == ()
    assert parties.person(username).name == "Lâm Thị Sương"
    again = browser()
    through(again, there)
    assert who(again) == username
    assert not SocialToken.objects.exists()


def test_what_leaves_for_vneid_binds_the_answer_to_this_browser(there: Issuer) -> None:
    client = browser()
    asked = leave(client)
    come_back(client, there, asked)
    (posted,) = there.posted
    challenge = base64.urlsafe_b64encode(hashlib.sha256(posted["data"]["code_verifier"].encode()).digest())
    assert asked["code_challenge"] == challenge.decode().rstrip("=")
    assert (asked["code_challenge_method"], asked["response_type"]) == ("S256", "code")
    assert min(len(asked[name]) for name in ("state", "nonce")) >= 16
    assert posted["auth"] == ("dinh", "s")
    assert "client_secret" not in posted["data"]


def test_nothing_can_be_added_to_what_is_asked_of_vneid(there: Issuer) -> None:
    asked = leave(browser(), "/account/vneid/?scope=admin&auth_params=prompt%3Dnone&process=connect")
    assert set(asked["scope"].split()) == {"openid", "profile", "phone", "address"}
    assert "prompt" not in asked


def changed(**claims: Any) -> Callable[[dict[str, Any]], None]:
    def change(given: dict[str, Any]) -> None:
        for name, value in claims.items():
            if value is None:
                del given[name]
            else:
                given[name] = value

    return change


FALSE_CLAIMS: dict[str, dict[str, Any]] = {
    "another nonce": {"nonce": "x" * 43},
    "no nonce": {"nonce": None},
    "another audience": {"aud": "other"},
    "made for others too": {"aud": ["dinh", "other"]},
    "authorised for another": {"azp": "other"},
    "another issuer": {"iss": "https://evil.example"},
    "expired": {"exp": int(time.time()) - 3600},
    "never expires": {"exp": None},
    "too old": {"iat": int(time.time()) - 3600},
    "from the future": {"iat": int(time.time()) + 3600},
    "nobody": {"sub": ""},
    "another access token": {"at_hash": "x"},
}


@pytest.mark.parametrize("what", FALSE_CLAIMS)
def test_a_token_with_a_false_claim_signs_nobody_in(there: Issuer, what: str) -> None:
    there.change = changed(**FALSE_CLAIMS[what])
    client = browser()
    answer = through(client, there)
    assert (answer.status_code, answer["Location"], who(client)) == (302, "/account/sign-in/", "")
    assert "cannot be trusted" in said(client)
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize(
    "sign", ["other_key", "unknown_key", "other_kind", "unsigned", "by_the_secret", "by_a_key_of_its_own"]
)
def test_a_token_that_the_issuer_did_not_sign_signs_nobody_in(there: Issuer, sign: str) -> None:
    there.signed = getattr(issuer, sign)
    client = browser()
    through(client, there)
    assert who(client) == ""
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize("form", [Encoding.PEM, Encoding.DER])
def test_a_token_signed_with_the_issuers_public_key_as_a_secret_signs_nobody_in(there: Issuer, form: Encoding) -> None:
    public = there.key.public_key().public_bytes(form, PublicFormat.SubjectPublicKeyInfo)
    there.signed = lambda claims: issuer.by_the_public_key(claims, public)
    client = browser()
    through(client, there)
    assert who(client) == ""


def test_signing_in_by_vneid_begins_a_new_session(there: Issuer) -> None:
    client, thief = browser(), browser()
    asked = leave(client)
    thief.cookies["dinh_session"] = str(client.session.session_key)
    come_back(client, there, asked)
    assert (bool(who(client)), who(thief)) == (True, "")


def test_a_userinfo_about_somebody_else_signs_nobody_in(there: Issuer) -> None:
    there.userinfo = {**there.person, "sub": "so-2"}
    client = browser()
    through(client, there)
    assert who(client) == ""


def test_a_state_works_once_and_in_its_own_browser(there: Issuer) -> None:
    client, thief = browser(), browser()
    asked = leave(client)
    come_back(thief, there, asked)
    assert who(thief) == ""
    come_back(client, there, asked)
    assert who(client)
    client.post("/account/sign-out/")
    come_back(client, there, asked)
    assert who(client) == ""
    client.get(CALLBACK, {"code": "c"})
    assert who(client) == ""


def test_an_answer_of_another_issuer_or_of_none_is_not_even_exchanged(there: Issuer) -> None:
    there.metadata["authorization_response_iss_parameter_supported"] = True  # RFC 9207, 2.4
    client = browser()
    for named in ({"iss": "https://evil.example"}, {}):
        come_back(client, there, leave(client), **named)
        assert (who(client), there.posted) == ("", [])
    come_back(client, there, leave(client), iss=issuer.ISSUER)
    assert who(client)


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://evil.example"},
        {"authorization_endpoint": "https://evil.example/authorize"},
        {"token_endpoint": "http://vneid.example/token"},
        {"jwks_uri": "http://vneid.example/keys"},
    ],
)
def test_an_issuer_that_leads_elsewhere_is_not_followed(there: Issuer, metadata: dict[str, str]) -> None:
    there.metadata |= metadata
    client = browser()
    answer = client.post("/account/vneid/")
    assert answer["Location"] == "/account/sign-in/"
    assert "does not answer as it should" in said(client)


def test_somebody_who_goes_back_is_told_so(there: Issuer) -> None:
    client = browser()
    asked = leave(client)
    answer = client.get(CALLBACK, {"error": "access_denied", "state": asked["state"]})
    assert answer["Location"] == "/account/sign-in/"
    assert "without signing in" in said(client)


def test_signing_in_by_vneid_leads_to_no_other_host(there: Issuer) -> None:
    for elsewhere in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
        answer = through(browser(), there, next=elsewhere)
        assert answer["Location"] == "/", elsewhere


def test_the_same_number_of_another_issuer_is_another_person(there: Issuer, settings: Any) -> None:
    first = browser()
    through(first, there)
    settings.VNEID = {**settings.VNEID, "issuer": "https://other.example"}
    there.metadata = {name: value.replace("vneid.example", "other.example") for name, value in there.metadata.items()}
    there.change = changed(iss="https://other.example")
    second = browser()
    answer = second.post("/account/vneid/")
    asked = dict(pair.split("=") for pair in answer["Location"].partition("?")[2].split("&"))
    come_back(second, there, asked)
    assert who(second)
    assert who(second) != who(first)


def test_nothing_of_the_person_lies_readable_in_the_registers(there: Issuer) -> None:
    client = browser()
    through(client, there)
    assert citizens.traces(NUMBER, "0912345678", "1995-03-08", "Ấp Chợ", "so-1") == []
    assert NUMBER not in str([session.get_decoded() for session in Session.objects.all()])


def test_vneid_is_not_the_second_factor_of_staff(there: Issuer) -> None:
    person("an", Grant("leader", None))
    joining.link("an", "x", vneid_claims.identity(there.person, simulated=False))
    SocialAccount.objects.update(uid=_uid(there))
    client = browser()
    through(client, there, next="/work/")
    assert client.get("/work/")["Location"] == SET_UP
    with_phone("an")
    again = browser()
    assert through(again, there)["Location"] == CHECK
    assert who(again) == ""
    assert "$" not in str(again.session.get("account_login")), "no hash of a password waits in a session"
    again.post(CHECK, {"code": code()})
    assert who(again) == "an"
    leaf = ledger.entries(subject=f"{PERSON}an", kind="person.signed_in")[-1]
    assert (leaf.data["methods"], leaf.data["level"]) == ("totp vneid", "2")


def _uid(there: Issuer) -> str:
    uid: str = VneidProvider(None, app=SocialApp()).extract_uid({"iss": issuer.ISSUER, "sub": there.person["sub"]})
    return uid


def test_a_signed_in_person_links_vneid_after_confirming_and_signs_in_by_it(there: Issuer) -> None:
    person("an")
    client = browser()
    give_password(client, "an")
    through(client, there, "/account/vneid/link/")
    assert "linked since" in client.get("/account/").content.decode()
    again = browser()
    through(again, there)
    assert who(again) == "an"


def test_linking_asks_for_the_password_at_an_unattended_desk(there: Issuer) -> None:
    person("an")
    client = browser()
    give_password(client, "an")
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 3600
    session.save()
    for method in (client.get, client.post):
        assert method("/account/vneid/link/")["Location"].startswith("/account/confirm/")
    assert not SocialAccount.objects.exists()


def test_a_link_that_somebody_else_began_is_refused(there: Issuer) -> None:
    """Also where a browser is handed on between leaving and coming back."""
    for username in ("an", "binh"):
        person(username)
    client = browser()
    give_password(client, "an")
    asked = leave(client, "/account/vneid/link/")
    states = client.session["socialaccount_states"]
    client.post("/account/sign-out/")
    give_password(client, "binh")
    session = client.session
    session["socialaccount_states"] = states
    session.save()
    come_back(client, there, asked)
    assert not SocialAccount.objects.exists()


def test_one_vneid_leads_to_one_account_and_one_account_to_one_vneid(there: Issuer) -> None:
    owner = browser()
    through(owner, there)
    person("an")
    client = browser()
    give_password(client, "an")
    through(client, there, "/account/vneid/link/")
    assert "linked otherwise already" in client.get("/account/").content.decode()
    there.person["sub"] = "so-2"
    through(client, there, "/account/vneid/link/")
    there.person["sub"] = "so-3"
    with pytest.raises(Conflict, match="otherwise"):
        joining.link("an", "so-3", vneid_claims.identity(there.person, simulated=False))
    assert sorted(SocialAccount.objects.values_list("user__username", flat=True)) == sorted(["an", who(owner)])


def test_the_only_way_in_is_not_removed(there: Issuer) -> None:
    client = browser()
    through(client, there)
    client.post("/account/vneid/unlink/")
    assert SocialAccount.objects.count() == 1
    joining.set_first_password(who(client), PASSWORD)
    through(client, there)  # a new password ends every session
    client.post("/account/vneid/unlink/")
    assert SocialAccount.objects.count() == 0


def test_whoever_has_neither_password_nor_factor_confirms_by_vneid(there: Issuer) -> None:
    client = browser()
    through(client, there)
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 3600
    session.save()
    wanted = "/account/data/erase/"
    assert client.get(wanted)["Location"] == f"/account/confirm/vneid/?next={wanted.replace('/', '%2F')}"
    asked = leave(client, "/account/confirm/vneid/", next=wanted)
    assert (asked["prompt"], asked["max_age"]) == ("login", "0")
    there.change = changed(auth_time=int(time.time()) - 4000)
    come_back(client, there, asked)
    assert client.get(wanted).status_code == 302, "an old sign-in at VNeID confirms nothing"
    there.change = changed()
    assert through(client, there, "/account/confirm/vneid/", next=wanted)["Location"] == wanted
    assert client.get(wanted).status_code == 200


def test_where_nobody_may_register_vneid_makes_no_account(there: Issuer, settings: Any) -> None:
    settings.REGISTRATION = False
    client = browser()
    through(client, there)
    assert who(client) == ""
    assert "ask the administrator" in said(client)


def test_a_closed_account_stays_closed(there: Issuer) -> None:
    client = browser()
    through(client, there)
    username = who(client)
    parties.set_active(username, False, by=parties.SYSTEM)
    again = browser()
    assert through(again, there)["Location"] == "/account/closed/"
    assert who(again) == ""


def test_people_see_their_identity_covered_and_whole_and_erase_it(there: Issuer) -> None:
    client = browser()
    through(client, there)
    page = client.get("/account/").content.decode()
    assert "9********001" in page
    assert NUMBER not in page
    assert "VNeID ·" in page
    whole = client.post("/account/identity/")
    assert NUMBER in whole.content.decode()
    assert "no-store" in whole["Cache-Control"]
    client.post("/account/identity/erase/")
    assert NUMBER not in client.post("/account/identity/").content.decode()
    actor = Actor(PERSON + who(client), "")
    assert parties.personal.identity_of(actor) is None


def test_without_vneid_its_addresses_are_not_there(settings: Any) -> None:
    settings.VNEID = {}
    assert browser().post("/account/vneid/").status_code == 404
    assert browser().get(CALLBACK).status_code == 404


@pytest.mark.parametrize(
    ("claims", "place"),
    [
        ({"citizen_id": "12"}, "citizen_id"),
        ({"name": ""}, "name"),
        ({"name": ["x"]}, "name"),
        ({"birthdate": "yesterday"}, "birthdate"),
    ],
)
def test_claims_that_are_none_are_refused_by_name(there: Issuer, claims: dict[str, Any], place: str) -> None:
    there.person |= claims
    client = browser()
    through(client, there)
    assert who(client) == ""
    assert place in said(client)


@pytest.mark.parametrize("written", ["1941", "0000-03-08"])
def test_whoever_has_no_whole_date_on_their_papers_signs_in_without_one(there: Issuer, written: str) -> None:
    there.person["birthdate"] = written
    client = browser()
    through(client, there)
    identity = parties.personal.identity_of(Actor(PERSON + who(client), ""))
    assert identity is not None
    assert (identity.name, identity.born_on) == ("Lâm Thị Sương", None)
