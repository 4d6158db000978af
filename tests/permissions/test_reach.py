"""Who reaches what: every address of every system and gateway, as anyone, as every role here, there and everywhere."""

from __future__ import annotations

import os
import re
from collections import Counter
from pathlib import Path
from typing import Final

import pytest

from dinh.project.tests import walking

from .conftest import METHODS, Walk

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.timeout(600)]

REACH: Final = Path(__file__).with_name("reach.txt")
KEYS: Final = Path(__file__).with_name("keys.txt")
WRITE: Final = "DINH_WRITE_SNAPSHOTS"
HEADS: Final = {
    REACH: "Who is answered what at each address, filled with what was planted in commune A. Of each role: whoever holds it\n"
    "# at commune A / at another commune / everywhere. «in» is led to sign in, 302 to another page.\n"
    "# Written anew with DINH_WRITE_SNAPSHOTS=1; every change of a line is a change of who may do what.",
    KEYS: "What keys are answered: the key of an organisation with one scope each, and «leader@B», the key of a person at\n"
    "# another commune than the one asked about. Addresses that anyone may read, and forms, are left out.",
}
UNLOCKED: Final = {
    "files:give": "whoever has a signed address opens the file",
    "account:invitation": "whoever has the link of an invitation sets a password",
    "citizen_app:followed": "whoever has the link of a report follows it",
    "citizen_app:followed-now": "whoever has the link of a report follows it",
    "citizen_app:say": "whoever has the link of a report follows it",
    "citizen_app:export": "whoever has the link of a report follows it",
    "citizen_app:forget": "whoever has the link of a report follows it",
}
KNOWN_TO_ALL: Final = {
    "api:acknowledge_alert": "alerts are public",
    "citizen_app:after": "public reports are public",
    "citizen_app:hide": "public reports are public",
    "citizen_app:moderate-photo": "public reports are public",
    "citizen_app:moderate-voice": "public reports are public",
    "operations_centre:acknowledge": "alerts are public",
    "operations_centre:set-apart": "alerts are public",
    "work:from-alert": "alerts are public",
    "account:organisation": "organisations are named in the public picture",
    "alert_rules:rule": "rules are seen by all staff",
    "alert_rules:edit": "rules are seen by all staff",
    "alert_rules:switch": "rules are seen by all staff",
    "alert_rules:restore": "rules are seen by all staff",
    "alert_rules:remove": "rules are seen by all staff",
    "alert_rules:end-maintenance": "what holds alerts back is seen by all staff",
    "local_news:hide": "warnings are public",
    "operations_centre:export-series": "series are public, their export is not",
    "publishing:compare": "publications are public",
}
"""Where a refusal may tell that something exists."""


def test_every_parameter_of_every_address_has_something_planted_to_fill_it() -> None:
    lacking = [
        f"{address.name} ({address.route}): {parameter}"
        for address in walking.every()
        for parameter in address.parameters
        if address.template(parameter) is None
    ]
    assert not lacking, "say in filling.PLANTED what fills these, and plant it in province.py"
    hidden = [address.route for address in walking.every() if "(?P" in address.route]
    assert not hidden, "write the address with a converter"


def test_nothing_answers_with_a_fault_of_the_server(walk: Walk) -> None:
    answers = {**walk.answers, **walk.ghosts, **walk.asked}
    faults = {key: answer.error[-800:] or answer.body[:300] for key, answer in answers.items() if answer.status >= 500}
    assert not faults


def test_every_address_answers_somebody(walk: Walk) -> None:
    """A walk that everybody is refused proves nothing; what needs a question is asked one in walking.ASKED."""
    served = {address.name: set[str]() for address in walk.addresses}
    for (_name, method, address), answer in walk.answers.items():
        served[address].add(f"{method} {answer.said}" if answer.status == 422 else answer.said)
    asked = {path.partition("?")[0] for (_name, path), answer in walk.asked.items() if answer.status == 200}
    mute = [
        address.route
        for address in walk.addresses
        if not served[address.name] & {"200", "201", "204", "302", "409", "POST 422"}
        and address.planted(walk.sides["A"]) not in asked
    ]
    assert {*mute} == {*MUTE}


MUTE: Final = (
    "/5g/compare/",
    "/5g/scenarios/<uuid:id>/import/take/",
    "/5g/scenarios/<uuid:id>/reading/",
    "/5g/scenarios/<uuid:id>/rollout/chart.json",
    "/5g/scenarios/<uuid:id>/rollout/export.<str:form>",
    "/account/confirm/message/",
    "/account/confirm/message/code/",
    "/account/contacts/add/",
    "/account/contacts/add/code/",
    "/account/demo/<str:username>/",
    "/account/join/",
    "/account/join/code/",
    "/account/join/name/",
    "/account/second-factor/app/remove/",
    "/account/second-factor/codes/",
    "/account/second-factor/keys/<int:pk>/",
    "/account/second-factor/keys/<int:pk>/remove/",
    "/account/confirm/",
    "/account/confirm/code/",
    "/account/confirm/key/",
    "/api/v1/",
    "/app/report/around",
    "/app/report/same",
    "/import/<str:key>/refused.csv",
    "/maps/roads/<str:digest>/<int:z>/<int:x>/<int:y>.mvt",
    "/maps/way.<str:form>",
    "/notices/preferences/browsers/<int:number>/remove/",
    "/notices/receipts/<str:driver>/",
    "/publications/<slug:slug>/compare/",
    "/rules/chart.json",
    "/services/bank/<str:reference>/",
    "/services/desk/<uuid:id>/receipt.pdf",
    "/services/dossiers/<uuid:id>/result.pdf",
    "/services/payments/<str:driver>/",
)
"""Only in the demonstration, only where codes are sent, only for who has a password or factor, only signed by a carrier, only of what came in at the counter, only after work that is not
done here; proved beside the code."""


def test_no_visitor_is_shown_a_word_that_is_not_for_them(walk: Walk) -> None:
    a, b = walk.sides["A"], walk.sides["B"]
    kept_from = {
        "anyone": (a.secret, b.secret, a.internal, b.internal),
        "A": (b.secret,),
        "B": (a.secret,),
        "key": (),
    }
    leaks = Counter[str]()
    for key, answer in {**walk.answers, **walk.ghosts, **walk.asked}.items():
        visitor, where = key[0], " ".join(key[1:])
        if any(where.endswith(name) for name in UNLOCKED):
            continue
        for word in kept_from.get(visitor.rpartition("@")[2], ()):
            if word.lower() in answer.body.lower():
                leaks[f"{visitor} reads {word} at {where}"] += 1
    assert not leaks


def test_the_words_are_shown_to_those_whom_they_are_for(walk: Walk) -> None:
    """The walk would prove nothing if what was planted were nowhere to be seen."""
    for visitor, name in (
        ("leader@A", "work:inbox"),
        ("leader@A", "work:case"),
        ("leader@all", "work:case"),
        ("leader@A", "work:export"),
        ("official@A", "inbox:list"),
        ("official@A", "data_operations:job"),
        ("official@A", "account:keys"),
        ("official@A", "publishing:desk"),
        ("official@A", "publishing:edit"),
        ("leader@A", "reporting:return"),
        ("engineer@A", "tabular:listing"),
        ("engineer@A", "data_operations:batch"),
        ("administrator@A", "account:people"),
        ("operator@A", "operations_centre:alert"),
        ("auditor@A", "public_services:dossier"),
        ("official@A", "public_services:draft-page"),
        ("key cases.view", "api:get_case"),
    ):
        assert "bimata" in walk.answers[visitor, "GET", name].body.lower(), (visitor, name)
    assert "noiboa" in walk.answers["operator@B", "GET", "alert_rules:maintenance"].body.lower()
    assert "congkhaia" in walk.answers["anyone", "GET", "publishing:page"].body.lower()
    assert "congkhaia" in walk.answers["anyone", "GET", "citizen_app:public"].body.lower()


def test_a_refusal_does_not_tell_whether_the_thing_exists(walk: Walk) -> None:
    told = []
    for key, ghost in walk.ghosts.items():
        if key[2] in KNOWN_TO_ALL:
            continue
        answer = walk.answers[key]
        address = next(one for one in walk.addresses if one.name == key[2])
        real, unreal = address.planted(walk.sides["A"]), address.ghost(walk.sides["A"])
        if answer.said != ghost.said:
            told.append(f"{key}: {answer.said} for what exists, {ghost.said} for what does not")
        elif _plain(answer.body, real) != _plain(ghost.body, unreal):
            told.append(f"{key}: other words for what exists")
    assert not told


def _plain(body: str, path: str) -> str:
    """A page without what differs by chance or was in its own address."""
    body = re.sub(r'nonce="[^"]*"|csrfmiddlewaretoken" value="[^"]*"|"csrf-token" content="[^"]*"', "", body)
    for part in sorted({*path.strip("/").split("/"), path}, key=len, reverse=True):
        if not part.isdigit() and (not part.isalpha() or len(part) > 20):
            body = body.replace(part, "…")
    return re.sub(r"\d[\d,.]*", "0", body)


def test_reach_is_as_the_snapshot_says(walk: Walk) -> None:
    names = [visitor.name for visitor in walk.visitors[1:]]
    roles = list(dict.fromkeys(name.partition("@")[0] for name in names))
    lines = {}
    for address in walk.addresses:
        for method in METHODS:

            def said(name: str, method: str = method, address: walking.Address = address) -> str:
                return walk.answers[name, method, address.name].said

            cells = {"anyone": said("anyone")}
            for role in roles:
                here, there, everywhere = (said(f"{role}@{place}") for place in ("A", "B", "all"))
                cells[role] = here if here == there == everywhere else f"{here}/{there}/{everywhere}"
            if set(cells.values()) != {"405"}:
                lines[f"{method:<4} {address.route}"] = cells
    _compare(REACH, lines)


def test_the_reach_of_keys_is_as_the_snapshot_says(walk: Walk) -> None:
    lines = {}
    for address in walk.addresses:
        for method in METHODS:
            if walk.answers["anyone", method, address.name].status == 405:
                continue
            found = {
                key.name.removeprefix("key "): walk.answers[key.name, method, address.name].said
                for key in walk.keys
                if (key.name, method, address.name) in walk.answers
            }
            if not found:
                continue
            usual = Counter(found.values()).most_common(1)[0][0]
            cells = {"keys": usual} | {name: said for name, said in found.items() if said != usual}
            lines[f"{method:<4} {address.route}"] = cells
    _compare(KEYS, lines)


def _compare(file: Path, lines: dict[str, dict[str, str]]) -> None:
    if os.environ.get(WRITE):
        text = "\n".join(
            f"{where}  |  " + "  ".join(f"{who} {said}" for who, said in cells.items())
            for where, cells in lines.items()
        )
        file.write_text(f"# {HEADS[file]}\n{text}\n", encoding="utf-8")
    kept = _read(file)
    changes = [f"{where}: no longer there" for where in kept.keys() - lines.keys()]
    for where, cells in lines.items():
        if where not in kept:
            changes.append(f"{where}: new; {cells}")
            continue
        known = kept[where]
        changes += [
            f"{where}: {who} was answered {known.get(who, '–')}, is answered {cells.get(who, '–')}"
            for who in dict.fromkeys((*known, *cells))
            if known.get(who) != cells.get(who)
        ]
    assert not changes, f"look at each change of reach, then write {file.name} anew with {WRITE}=1"


def _read(file: Path) -> dict[str, dict[str, str]]:
    found = {}
    for line in file.read_text(encoding="utf-8").splitlines() if file.exists() else ():
        if not line.startswith("#"):
            where, _, cells = line.partition("  |  ")
            found[where] = {cell.rpartition(" ")[0]: cell.rpartition(" ")[2] for cell in cells.split("  ")}
    return found
