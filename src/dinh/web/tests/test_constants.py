"""A tag of constants is drawn once for each language; whatever may differ is drawn each time."""

from __future__ import annotations

from typing import Any

import pytest
from django.template import Context, Template, engines
from django.template.base import Node
from django.template.defaulttags import URLNode
from django.templatetags.i18n import TranslateNode
from django.templatetags.static import StaticNode
from django.utils import translation

from dinh.web.templatetags import constants


def template_of(text: str) -> Template:
    return engines["django"].engine.from_string(text)  # type: ignore[attr-defined, no-any-return]


def drawn(template: Template, language: str, **context: Any) -> str:
    with translation.override(language):
        return template.render(Context(context))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tags that were drawn by Django itself."""
    said: list[str] = []

    def watched(kind: type[Node]) -> None:
        render = kind.render

        def counted(self: Node, context: Context) -> Any:
            said.append(kind.__name__)
            return render(self, context)

        monkeypatch.setattr(kind, "render", counted)

    for kind in (TranslateNode, URLNode, StaticNode):
        watched(kind)
    return said


@pytest.mark.parametrize(
    ("text", "vi", "en"),
    [
        ('{% translate "Search" %}', "Tìm kiếm", "Search"),
        ('{% trans "Search" %}', "Tìm kiếm", "Search"),
        ("{% url 'citizen_app:reports' %}", "/app/reports/", "/app/reports/"),
        ("{% static 'house/icon.svg' %}", "/static/house/icon.svg", "/static/house/icon.svg"),
    ],
)
def test_a_tag_of_constants_is_drawn_once_for_each_language(text: str, vi: str, en: str, asked: list[str]) -> None:
    template = template_of(text)
    assert [drawn(template, language) for language in ("vi", "en", "vi", "en", "vi")] == [vi, en, vi, en, vi]
    assert len(asked) <= 2


@pytest.mark.parametrize(
    "text",
    [
        "{% translate word %}",
        '{% translate "Search" as said %}{{ said }}',
        '{% translate "Search"|upper %}',
        "{% url 'citizen_app:report-page' word %}",
        "{% url word %}",
        "{% url 'citizen_app:reports' as there %}{{ there }}",
        "{% static word %}",
    ],
)
def test_whatever_may_differ_is_left_to_django(text: str) -> None:
    tags = [node for node in template_of(text).nodelist if isinstance(node, constants.Constant)]
    assert tags == []


def test_words_of_a_variable_are_said_anew_each_time() -> None:
    template = template_of("{% translate word %}")
    assert [drawn(template, "vi", word=word) for word in ("Search", "Close", "Search")] == [
        "Tìm kiếm",
        "Đóng",
        "Tìm kiếm",
    ]
