"""Tags of constants alone draw the same each time in a language: they are drawn once. A page has some forty of them."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from django import template
from django.conf import settings
from django.template.base import FilterExpression, Node, Parser, Token
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as any_url
from django.templatetags.i18n import TranslateNode, do_translate
from django.templatetags.static import StaticNode, do_static
from django.urls import get_script_prefix, get_urlconf
from django.utils.translation import get_language

register = template.Library()


class Constant(Node):
    """A tag, and what its answer depends on besides its words."""

    def __init__(self, tag: Node, depends_on: Callable[[], Hashable]) -> None:
        self.tag, self.depends_on = tag, depends_on
        self.drawn: dict[Hashable, str] = {}

    def render(self, context: template.Context) -> str:
        key = self.depends_on()
        found = self.drawn.get(key)
        if found is None:
            found = self.drawn[key] = self.tag.render(context)
        return found


def _is_constant(expression: FilterExpression | None) -> bool:
    if expression is None:
        return True
    return not expression.filters and (
        isinstance(expression.var, str) or getattr(expression.var, "literal", None) is not None
    )


@register.tag
@register.tag("trans")
def translate(parser: Parser, token: Token) -> Node:
    tag = do_translate(parser, token)
    constant = _is_constant(tag.filter_expression) and _is_constant(tag.message_context)
    if not isinstance(tag, TranslateNode) or tag.asvar or not constant:
        return tag
    return Constant(tag, get_language)


@register.tag
def url(parser: Parser, token: Token) -> Node:
    tag = any_url(parser, token)
    if not isinstance(tag, URLNode) or tag.asvar or tag.args or tag.kwargs or not _is_constant(tag.view_name):
        return tag
    return Constant(tag, lambda: (get_urlconf() or settings.ROOT_URLCONF, get_script_prefix()))


@register.tag
def static(parser: Parser, token: Token) -> Node:
    tag = do_static(parser, token)
    if not isinstance(tag, StaticNode) or tag.varname or not _is_constant(tag.path):
        return tag
    return Constant(tag, lambda: None)
