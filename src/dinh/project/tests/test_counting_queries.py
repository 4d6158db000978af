"""The fixtures that count queries of a test: its own are counted, those that the clock asks are not."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.db import connection

from dinh.spine.places.models import Version

pytestmark = pytest.mark.django_db

type Counting = Callable[[int], AbstractContextManager[Any]]


def ask(times: int) -> None:
    for _ in range(times):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")


def test_one_query_too_many_fails_and_is_shown(django_assert_max_num_queries: Counting) -> None:
    with django_assert_max_num_queries(2):
        ask(2)
    with pytest.raises(AssertionError, match="SELECT 1"), django_assert_max_num_queries(1):
        ask(2)


@pytest.mark.parametrize("times", [1, 3])
def test_an_exact_count_is_neither_more_nor_less(times: int, django_assert_num_queries: Counting) -> None:
    with pytest.raises(AssertionError), django_assert_num_queries(2):
        ask(times)


def test_a_look_at_the_stamp_of_a_catalogue_does_not_count(django_assert_num_queries: Counting) -> None:
    with django_assert_num_queries(1):
        list(Version.objects.values_list("part", "number"))
        ask(1)
