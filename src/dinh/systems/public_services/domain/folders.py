"""Reading and checking the folders of procedures: each fault with its place and what to do."""

from __future__ import annotations

import json
import re
import string
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

from dinh.kernel.errors import Invalid, NotFound
from dinh.systems.public_services.domain import procedures
from dinh.systems.public_services.domain.procedures import Procedure

HOME: Final = Path(__file__).resolve().parent.parent / "procedures"
FILES: Final = ("procedure.toml", "form.json", "result.typ", "README.md")
SLUG: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
CODE: Final = re.compile(r"\d\.\d{6}(\.H\d{2})?")
LAW: Final = re.compile(r"[0-9.]+/\d{4}/[A-ZĐ0-9\-]+|[0-9.]+/[A-ZĐ\-]+")
DUES: Final = ("at_once", "on_request")
UNITS: Final = ("working_days", "days")
NEEDED: Final = (
    "code", "name", "summary", "domain", "life_events", "who", "kind", "authority", "deadline", "law", "steps", "output",
)  # fmt: skip


@cache
def all_procedures() -> Mapping[str, Procedure]:
    """By slug. Raises Invalid `services.procedure` that names the first fault of the first folder that has one."""
    return {folder.name: read(folder) for folder in folders()}


def folders(home: Path = HOME) -> Sequence[Path]:
    return sorted(folder for folder in home.iterdir() if folder.is_dir() and not folder.name.startswith(("_", ".")))


def procedure(slug: str) -> Procedure:
    """Raises NotFound `services.no_procedure`."""
    found = all_procedures().get(slug)
    if found is None:
        raise NotFound("services.no_procedure", "there is no procedure '{slug}' here", slug=slug[:80])
    return found


def read(folder: Path) -> Procedure:
    try:
        raw = raw_of(folder)
        faults = [*faults_of(raw)]
        made = None if faults else procedures.procedure_of(folder.name, raw)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _wrong(folder, f"{type(error).__name__}: {error}") from error
    if made is None:
        raise _wrong(folder, faults[0])
    return made


def _wrong(folder: Path, why: str) -> Invalid:
    return Invalid(
        "services.procedure",
        "the procedure '{slug}' cannot be offered: {why}; mend it in its folder",
        slug=folder.name,
        why=why[:300],
    )


def raw_of(folder: Path) -> dict[str, Any]:
    """All of a folder as JSON. Raises OSError, ValueError."""
    told = tomllib.loads((folder / "procedure.toml").read_text(encoding="utf-8"))
    form = json.loads((folder / "form.json").read_text(encoding="utf-8"))
    if not isinstance(form, dict):
        raise ValueError("form.json: has to be a JSON Schema of an object")
    return {"procedure": told, "form": form, "result": (folder / "result.typ").read_text(encoding="utf-8")}


def faults_of(raw: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with procedure.toml; the form is checked by whoever draws it."""
    told, properties = raw["procedure"], raw["form"].get("properties", {})
    yield from (f"procedure.toml: lacks {name}" for name in NEEDED if not told.get(name))
    if any(not told.get(name) for name in NEEDED):
        return
    if not CODE.fullmatch(str(told["code"])):
        yield f"procedure.toml: code '{told['code']}' is none of the national portal, such as 1.001193"
    yield from _texts(told)
    if told["kind"] not in procedures.KINDS:
        yield f"procedure.toml: kind '{told['kind']}' is none of {', '.join(procedures.KINDS)}"
    if told["authority"].get("level") not in procedures.LEVELS:
        yield f"procedure.toml: authority.level is none of {', '.join(procedures.LEVELS)}; there is no district"
    for span in (told["deadline"], *told["deadline"].get("variant", ())):
        if span.get("unit") not in UNITS or int(span.get("amount", 0)) < 1:
            yield f"procedure.toml: deadline needs an amount of 1 or more and a unit of {', '.join(UNITS)}"
        if "same_day_until" in span and (span.get("unit"), span.get("amount")) != ("working_days", 1):
            yield "procedure.toml: same_day_until goes with a deadline of 1 in working_days"
        yield from (
            f"procedure.toml: a deadline hangs on '{name}', which is no field of the form"
            for name in span.get("when", {})
            if name not in properties
        )
    yield from (
        f"procedure.toml: life_events names '{event}'; there are {', '.join(procedures.LIFE_EVENTS)}"
        for event in told["life_events"]
        if event not in procedures.LIFE_EVENTS
    )
    yield from (
        f"procedure.toml: law '{law.get('number', '')}' is no number of a legal text, such as 60/2014/QH13"
        for law in told["law"]
        if not LAW.fullmatch(str(law.get("number", "")))
    )
    yield from _documents(told, properties)
    yield from _fee(told.get("fee"), properties)
    fields = {name for _, name, _, _ in string.Formatter().parse(str(told["output"].get("number", ""))) if name}
    if fields != {"sequence", "year"}:
        yield "procedure.toml: output.number has to hold {sequence} and {year}"
    if "#let content(data)" not in raw["result"]:
        yield "result.typ: has to define content(data)"


def _texts(told: Mapping[str, Any], place: str = "procedure.toml") -> Iterator[str]:
    """Every text has both languages."""
    for name, value in told.items():
        for number, one in enumerate(value if isinstance(value, list) else [value]):
            where = f"{place}: {name}" + (f"[{number}]" if isinstance(value, list) else "")
            if not isinstance(one, dict) or name == "when":
                continue
            if {"vi", "en"} & set(one):
                if not (str(one.get("vi", "")).strip() and str(one.get("en", "")).strip()):
                    yield f"{where} lacks vi or en"
            else:
                yield from _texts(one, where)


def _documents(told: Mapping[str, Any], properties: Mapping[str, Any]) -> Iterator[str]:
    codes: set[str] = set()
    for one in told.get("document", ()):
        code = str(one.get("code", ""))
        if not re.fullmatch(r"[a-z0-9_]{1,40}", code) or code in codes:
            yield f"procedure.toml: document code '{code}' has to be of its own, of a to z, digits and _"
        codes.add(code)
        if not one.get("name"):
            yield f"procedure.toml: document {code} has no name"
        yield from (
            f"procedure.toml: document {code} is asked when '{name}', which is no field of the form"
            for name in one.get("when", {})
            if name not in properties
        )


def _fee(fee: Mapping[str, Any] | None, properties: Mapping[str, Any]) -> Iterator[str]:
    if fee is None:
        return
    for name in ("name", "basis"):
        if not fee.get(name):
            yield f"procedure.toml: fee has no {name}"
    if not isinstance(fee.get("amount"), int) or fee["amount"] < 0:
        yield "procedure.toml: fee.amount has to be whole đồng, 0 or more"
    if fee.get("due", "at_once") not in DUES:
        yield f"procedure.toml: fee.due is none of {', '.join(DUES)}"
    if fee.get("times") and properties.get(fee["times"], {}).get("type") != "integer":
        yield f"procedure.toml: fee.times names '{fee['times']}', which is no whole number of the form"
    for one in fee.get("exemption", ()):
        yield from (
            f"procedure.toml: fee.exemption {one.get('code')} hangs on '{name}', which is no field of the form"
            for name in one.get("when", {"": ""})
            if name not in properties
        )
