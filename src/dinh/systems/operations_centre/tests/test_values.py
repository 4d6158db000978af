"""The value beside an alert in the lists: what it is, and of when."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client

from dinh.kernel.clock import now
from dinh.spine.observations import api as observations
from dinh.spine.parties.api import Actor
from dinh.systems.operations_centre.domain.attention import Item
from dinh.systems.operations_centre.domain.view import View
from dinh.systems.operations_centre.queries import attention as lists
from dinh.systems.operations_centre.tests import factories

pytestmark = pytest.mark.django_db
As = Callable[..., Client]


def test_a_line_of_the_list_says_what_is_measured_now_and_of_the_past_what_it_was_at_the_start(
    as_: As, operator: Actor, alert: observations.AlertRow
) -> None:
    def item(view: View) -> Item:
        found = lists.attention(view, actor=operator, language="vi")
        return next(item for item in found.items if item.alert == alert.urn)

    factories.record([factories.reading(alert.subject, 7.25, now() + timedelta(seconds=1))])
    assert item(View()).shown == 7.25
    assert item(View(at=now())).shown == alert.value
    desk = as_(operator)
    assert 'class="work__value num">hiện ' in desk.get("/").content.decode()
    past = desk.get("/", {"at": now().isoformat()}).content.decode()
    assert re.search(r'class="work__value num">[^<]* lúc bắt đầu', past)


def test_a_nought_or_one_without_a_unit_is_left_to_the_title(operator: Actor, alert: observations.AlertRow) -> None:
    item = replace(lists.item_of(alert, actor=operator, language="vi"), unit="", value=0.0)
    assert item.shown is None
    assert replace(item, unit="g/l").shown == 0
    assert replace(item, value=4.0).shown == 4
    assert replace(item, newest=3.0).shown == 3
