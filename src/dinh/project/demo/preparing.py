"""Fills the data folder of a demonstration. Done again it changes nothing but the simulator's key."""

from __future__ import annotations

import json
import secrets
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management import call_command

from dinh.kernel.errors import NotFound
from dinh.project.demo import dossiers, networks, news, reporting, scattering, ways
from dinh.project.demo.scattering import Commune
from dinh.spine.observations import api as observations
from dinh.spine.parties import api as parties
from dinh.spine.places import api as places

DATA: Final = files("dinh.project.demo") / "soc_trang"
COUNTRY: Final = "urn:dinh:unit:VN"
KEY_LABEL: Final = "dinh_simulator"
KEY_OWNER: Final = "urn:dinh:organisation:trung-tam-dieu-hanh"
MAIL: Final = "example.vn"

type Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Prepared:
    """`passwords` are those of accounts made just now, by user name; they are kept nowhere."""

    province: Path
    key: str
    accounts: Sequence[tuple[str, str, str]]
    """User name, name, role."""
    passwords: Mapping[str, str]


def prepare(folder: Path, *, seed: int, tell: Tell, work: bool = True) -> Prepared:
    """Without `work` nothing waits for a person or for the worker yet: a played year brings its own."""
    tell("registers")
    call_command("migrate", interactive=False, verbosity=0)
    tell("administrative units of Vietnam, before and after 2025-07-01")
    places.load_units()
    communes = scattering.communes(places.area(settings.AREA))
    tell("organisations and people")
    _organisations(communes)
    accounts, passwords = _people()
    tell("indicators, rules and sources")
    with as_file(DATA / "indicators.toml") as path:
        observations.import_declarations(path, by=parties.SYSTEM)
    tell("stations, sites, cameras, hospitals")
    _places(communes, seed)
    tell("returns, formulas, targets")
    reporting.declare(communes, seed)
    if work:
        ways.plan(seed)
        networks.plan(communes)
        tell("dossiers of public services")
        dossiers.hand_in(communes)
    tell("feeds of news, a warning")
    news.declare()
    province = folder / "province.json"
    province.write_text(json.dumps(_described(communes), ensure_ascii=False), encoding="utf-8")
    return Prepared(province, _fresh_key(), accounts, passwords)


def _table(name: str, table: str) -> list[dict[str, Any]]:
    document = tomllib.loads((DATA / name).read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = document[table]
    return found


def _organisations(communes: Sequence[Commune]) -> None:
    for row in _table("organisations.toml", "organisation"):
        parent = row.get("parent")
        parties.save_organisation(
            id=row["id"],
            name_vi=row["name"]["vi"],
            name_en=row["name"]["en"],
            parent=f"urn:dinh:organisation:{parent}" if parent else None,
        )
    for commune in communes:
        full = commune.row.full_name_vi
        parties.save_organisation(
            id=f"ubnd-{commune.row.code}",
            name_vi=f"UBND {full[:1].lower()}{full[1:]} (trình diễn)",
            name_en=f"People’s Committee of {commune.row.name_en} (demonstration)",
            parent="urn:dinh:organisation:ubnd-can-tho",
            place=commune.row.urn,
        )


def _people() -> tuple[Sequence[tuple[str, str, str]], Mapping[str, str]]:
    accounts, passwords = [], {}
    for row in _table("people.toml", "person"):
        username = row["username"]
        password = None
        try:
            parties.person(username)
        except NotFound:
            password = passwords[username] = secrets.token_urlsafe(12)
        parties.save_person(
            username=username,
            name=row["name"],
            email=f"{username}@{MAIL}",
            organisation=f"urn:dinh:organisation:{row['organisation']}",
            grants=[parties.Grant(row["role"], None)],
            password=password,
        )
        accounts.append((username, row["name"], row["role"]))
    return accounts, passwords


def _places(communes: Sequence[Commune], seed: int) -> None:
    known = [
        {
            "kind": row["kind"],
            "id": row["id"],
            "level": row["level"],
            "name_vi": row["name"]["vi"],
            "name_en": row["name"]["en"],
            "longitude": row["longitude"],
            "latitude": row["latitude"],
            "operator": f"urn:dinh:organisation:{row['operator']}",
            "attributes": row["attributes"],
        }
        for row in _table("places.toml", "place")
    ]
    report = places.save_places([*known, *scattering.scatter(communes, seed)])
    for refusal in report.refused:
        raise AssertionError(f"the demonstration's own data is wrong: {refusal}")


def _described(communes: Sequence[Commune]) -> Mapping[str, Any]:
    """The province as the simulator reads it."""
    rows: list[places.PlaceRow] = []
    after = ""
    while page := places.assets(within=settings.AREA, after=after, limit=1000):
        rows += page
        after = page[-1].urn
    commune_of = places.units_of([row.urn for row in rows])
    return {
        "communes": [
            {
                "urn": commune.row.urn,
                "name": commune.row.name_vi,
                "people": commune.people,
                "urban": commune.urban,
            }
            for commune in communes
        ],
        "assets": [
            {
                "urn": row.urn,
                "level": row.level,
                "commune": commune_of.get(row.urn),
                "parent": row.parent,
                "operator": row.operator,
                "attributes": dict(row.attributes),
            }
            for row in rows
        ],
        "facts": [
            {name: fact[name] for name in ("indicator", "source", "observed_at", "value")} | {"subject": COUNTRY}
            for fact in _table("facts.toml", "fact")
        ],
    }


def _fresh_key() -> str:
    """A new key each time: its secret cannot be read back. Those of earlier starts end."""
    for key in parties.keys(owner=KEY_OWNER):
        if key.label == KEY_LABEL and key.revoked_at is None:
            parties.revoke_key(key.id, by=parties.SYSTEM)
    _, secret = parties.issue_key(label=KEY_LABEL, owner=KEY_OWNER, scopes=["observations.record"], by=parties.SYSTEM)
    return secret
