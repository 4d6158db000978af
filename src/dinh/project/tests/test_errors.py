from __future__ import annotations

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from dinh.kernel import errors
from dinh.project.middleware import STATUS, ErrorFamilies

FAMILIES = [
    errors.NotFound,
    errors.Refused,
    errors.Invalid,
    errors.Conflict,
    errors.SourceUnavailable,
    errors.OutOfRange,
]


def tell(error: errors.DinhError, **headers: str) -> HttpResponse | None:
    def never(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    request = RequestFactory().get("/api/v1/places", headers=headers)
    return ErrorFamilies(never).process_exception(request, error)


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_has_a_status_of_its_own_kind(family: type[errors.DinhError]) -> None:
    response = tell(family("x.y", "'{value}' is wrong", value=7))
    assert response is not None
    assert response.status_code == STATUS[family.family]
    assert 400 <= response.status_code < 600
    assert b'"code": "x.y"' in response.content
    assert b"'7' is wrong" in response.content


def test_an_error_that_is_not_ours_is_left_to_django() -> None:
    request = RequestFactory().get("/")
    assert ErrorFamilies(lambda _: HttpResponse()).process_exception(request, ValueError("x")) is None


def test_a_message_with_braces_of_its_own_is_told_as_it_is() -> None:
    assert errors.Invalid("a.b", "write {like this}").message == "write {like this}"


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/app/reports/?q=a%00b", "/app/reports/a%00/", "/services/progress/?q=%00"])
def test_a_sign_that_no_register_holds_is_refused_wherever_it_is_asked_for(path: str) -> None:
    answer = Client().get(path)
    assert answer.status_code == 422
    assert "địa chỉ này" in answer.content.decode().lower()


@pytest.mark.django_db
def test_words_that_only_look_like_it_are_looked_for() -> None:
    assert Client().get("/app/reports/?q=100%2500").status_code == 200
