"""Errors reach people in the language of the page, and machines in English."""

from __future__ import annotations

import pytest
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from dinh.kernel.clock import parse_moment
from dinh.kernel.errors import Conflict, DinhError, Invalid, Phrase
from dinh.kernel.urns import parse_urn
from dinh.project.middleware import ErrorFamilies
from dinh.web.words import told


def caught(text: str) -> DinhError:
    with pytest.raises(DinhError) as raised:
        parse_moment(text)
    return raised.value


def test_an_error_of_the_kernel_is_told_in_vietnamese_with_its_values() -> None:
    error = caught("22/11/2026")
    with translation.override("vi"):
        assert (
            told(error) == "'22/11/2026' không phải là thời điểm theo ISO 8601; hãy viết như 2026-11-22T11:42:00+07:00"
        )
    assert error.message.startswith("'22/11/2026' is not an ISO 8601 time")


def test_in_english_it_is_told_as_logs_and_machines_read_it() -> None:
    error = caught("22/11/2026")
    with translation.override("en"):
        assert told(error) == error.message == str(error)


def test_errors_and_phrases_among_the_values_are_translated_too() -> None:
    inner = caught("22/11/2026")
    error = Invalid("test.nested", "{place}: {why}; {state}", place="x", why=inner, state=Phrase("acknowledged"))
    assert error.message == f"x: {inner.message}; acknowledged"
    with translation.override("vi"):
        assert told(error) == f"x: {told(inner)}; đã xác nhận"


def test_a_message_without_values_may_hold_braces() -> None:
    assert told(Invalid("test.braces", "give [{…}]")) == "give [{…}]"


def test_values_are_never_taken_for_places() -> None:
    with pytest.raises(DinhError) as raised:
        parse_urn("urn:{kinds}")
    with translation.override("vi"):
        assert "urn:{kinds}" in told(raised.value)


def test_the_filter_escapes_what_came_from_outside() -> None:
    error = Invalid("test.script", "{given} is wrong", given="<script>")
    page = Template("{{ error|told }}").render(Context({"error": error}))
    assert page == "&lt;script&gt; is wrong"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("accept", "said"), [("text/html", "VV &gt; 0 đã kết thúc"), ("application/json", "VV > 0 is ended")]
)
def test_a_page_tells_it_in_vietnamese_and_json_in_english(accept: str, said: str) -> None:
    request: HttpRequest = RequestFactory().get("/work/", headers={"Accept": accept})
    middleware = ErrorFamilies(lambda _request: HttpResponse())
    error = Conflict("cases.ended", "{number} is ended; reopen it first", number="VV > 0")
    with translation.override("vi"):
        answer = middleware.process_exception(request, error)
    assert answer is not None
    assert answer.status_code == 409
    assert said in answer.content.decode()


def test_what_django_says_of_forms_is_said_in_our_words() -> None:
    with translation.override("vi"):
        with pytest.raises(ValidationError) as least:
            forms.IntegerField(min_value=0).clean("-1")
        with pytest.raises(ValidationError) as longest:
            forms.CharField(max_length=3).clean("dài quá")
        with pytest.raises(ValidationError) as weak:
            validate_password("password")
    assert least.value.messages == ["Giá trị phải lớn hơn hoặc bằng 0."]
    assert longest.value.messages == ["Tối đa 3 ký tự (hiện có 7)."]
    assert weak.value.messages == [
        "Mật khẩu quá ngắn; cần ít nhất 12 ký tự.",
        "Mật khẩu này quá phổ biến; hãy chọn mật khẩu khác.",
    ]
