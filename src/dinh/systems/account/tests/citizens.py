"""A citizen who reported something, the official who worked on it, and a search through every table for what is left."""

from __future__ import annotations

import json
from collections.abc import Iterator

from django.apps import apps
from django.test import Client

from dinh.kernel.vietnamese_text import fold
from dinh.spine.cases import api as cases
from dinh.spine.jobs import api as jobs
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import Actor, Grant
from dinh.systems.account.tests.factories import PASSWORD, give_password, person

NAME, EMAIL, PHONE = "Huỳnh Thị Bảy", "co.bay@hopthu.example", "0912 345 678"
WORDS = ("bếp nhà tôi ngập", "con tôi đang ốm", "sáu mươi tuổi", "anh cán bộ hỏi cô Bảy")
DATA = "/account/data/"


def citizen() -> Actor:
    """With an account and no role."""
    row = parties.save_person(
        username="kh-0412", name=NAME, email=EMAIL, organisation=None, grants=(), password=PASSWORD
    )
    return Actor(row.urn, row.name_vi)


def operator() -> Actor:
    row = person("binh", Grant("operator", None), name="Trần Bình")
    return Actor(row.urn, row.name_vi, (Grant("operator", None),), is_staff=True)


def reported(bay: Actor, binh: Actor) -> cases.CaseRow:
    """What the citizen reported, talked about with an official, with a paper and a name in an official's comment."""
    case = cases.open_case(
        type="incident",
        title=f"Nước vào, {WORDS[0]}",
        by=binh,
        requester=bay.urn,
        fields={"contact": PHONE, "damage": WORDS[2]},
    )
    cases.take(case.urn, by=binh)
    cases.ask(case.urn, text=WORDS[3], by=binh)
    cases.answer(case.urn, question=1, text=WORDS[1], by=bay)
    cases.comment(case.urn, text=f"Đã gọi cho {NAME}, chờ xe bơm", by=binh)
    cases.comment(case.urn, text="Xe bơm đã đến", by=binh)
    cases.reply(case.urn, text=f"Chào cô, xe đã đến, {WORDS[0]}", by=binh)
    cases.attach(case.urn, content=f"Đơn của {NAME}, {EMAIL}".encode(), name="don-cua-co-bay.txt", by=bay)
    return cases.case(case.urn)


def browser(who: str = "kh-0412") -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    give_password(client, who)
    return client


def work() -> None:
    jobs.deliver_pending()
    jobs.run_due_tasks()
    jobs.deliver_pending()


def every_text() -> Iterator[tuple[str, str]]:
    """Every value of every column of every model, as text, with where it stands."""
    for model in apps.get_models():
        names = [field.attname for field in model._meta.concrete_fields]
        for row in model._default_manager.values(*names):
            for name, value in row.items():
                if isinstance(value, bytes | memoryview):
                    continue
                text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
                yield f"{model._meta.label}.{name}", text


def traces(*words: str) -> list[tuple[str, str]]:
    sought = [form for word in words for form in (word.lower(), fold(word))]
    return [
        (where, word) for where, text in every_text() for word in sought if word in text.lower() or word in fold(text)
    ]
