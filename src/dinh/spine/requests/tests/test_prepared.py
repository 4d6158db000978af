"""A prepared query finds what the ORM finds, for any number of names, and is written once for each number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.db import connection
from django.db.models import F, QuerySet
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dinh.spine.prepared import MOST, Prepared
from dinh.spine.requests import models, queries
from dinh.spine.requests.tests.conftest import handed_in, picture

pytestmark = pytest.mark.django_db


def found_by(names: Sequence[str]) -> QuerySet[Any]:
    return models.Request.objects.filter(shown=True, number__in=names).order_by("-number")


@pytest.fixture
def numbers() -> list[str]:
    return [handed_in(description=f"Ổ gà số {place}")[1] for place in range(4)]


def test_it_finds_the_rows_of_the_orm_in_its_order_and_whole(numbers: list[str]) -> None:
    prepared = Prepared(str, found_by)
    for wanted in ([], numbers[:1], numbers, [*numbers, *numbers], ["none"], [numbers[0], "none", "%s", "'"]):
        rows, expected = prepared(wanted), list(found_by(wanted))
        assert [vars(row) | {"_state": None} for row in rows] == [vars(row) | {"_state": None} for row in expected]


def test_its_sql_is_written_once_for_each_number_of_names(numbers: list[str]) -> None:
    written: list[int] = []

    def make(names: Sequence[str]) -> QuerySet[Any]:
        written.append(len(names))
        return found_by(names)

    prepared = Prepared(str, make)
    for wanted in (numbers[:1], numbers[1:2], numbers[2:], numbers[:2], ["x"]):
        prepared(wanted)
    assert written == [1, 2]


def test_more_names_than_it_keeps_sql_for_are_found_too(numbers: list[str]) -> None:
    many = [*(f"none-{place}" for place in range(MOST + 1)), *numbers]
    assert [row.number for row in Prepared(str, found_by)(many)] == sorted(numbers, reverse=True)


@given(
    names=st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8), max_size=5)
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_a_name_looks_like_it_is_a_value_and_never_sql(names: list[str]) -> None:
    assert Prepared(str, found_by)(names) == list(found_by(names))


def test_what_it_annotates_is_an_attribute_and_what_is_of_whole_numbers_is_found_by_them() -> None:
    _, number = handed_in(photos=[("a.jpg", picture())])
    photos = Prepared(
        int, lambda places: models.Photo.objects.filter(position__in=places).annotate(of=F("request__number"))
    )
    assert [(photo.of, photo.position) for photo in photos([1, 2])] == [(number, 1)]
    assert photos([2]) == []


@pytest.mark.parametrize("prepared", [queries._numbered, queries._pictured, queries._heard])
def test_each_of_a_public_page_is_one_query(prepared: Callable[[Sequence[str]], list[Any]], numbers: list[str]) -> None:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        prepared(numbers)
    assert len(asked) == 1
