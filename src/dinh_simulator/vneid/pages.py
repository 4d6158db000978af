"""The one page of the simulated VNeID. It looks unlike Đình on purpose, and says on every line that it is none."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from dinh_simulator.vneid.citizens import CITIZENS

STYLE = (
    "body{margin:0;font:16px/1.5 system-ui,sans-serif;background:#eef1f6;color:#1d2433}"
    "main{max-width:26rem;margin:6vh auto;padding:1.5rem;background:#fff;border-top:6px solid #3556a8;border-radius:8px}"
    "h1{font-size:1.4rem;margin:0 0 .25rem}p{margin:.5rem 0;color:#4a5468}"
    "button{display:block;width:100%;margin:.6rem 0 0;padding:.8rem 1rem;font:inherit;text-align:left;border:1px solid #b9c2d6;"
    "border-radius:8px;background:#fff;color:inherit;cursor:pointer}button:hover,button:focus{border-color:#3556a8;background:#f4f6fc}"
    "button small{display:block;color:#4a5468}.back{text-align:center;border-color:transparent;color:#3556a8}"
    ".mark{display:inline-block;padding:.1rem .5rem;border-radius:4px;background:#ffe9b8;color:#5c4100;font-size:.875rem}"
)


def choose(asked: Mapping[str, str]) -> str:
    hidden = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in asked.items()
    )
    buttons = "".join(
        f'<button name="chosen" value="{escape(one.sub)}">{escape(one.name)}'
        f"<small>{escape(one.citizen_id)} · mức {escape(one.acr)} / level {escape(one.acr)}</small></button>"
        for one in CITIZENS
    )
    return _page(
        '<span class="mark">Mô phỏng · Simulated</span><h1>VNeID mô phỏng</h1>'
        "<p>Đây không phải VNeID thật. Những người này không có thật; hãy chọn một người để đăng nhập.<br>"
        "This is not VNeID. These people are invented; choose one to sign in as.</p>"
        f'<form method="post" action="/authorize">{hidden}{buttons}'
        '<button class="back" name="chosen" value="">Quay lại, không đăng nhập · Back</button></form>'
    )


def refused(error: str) -> str:
    return _page(
        f"<h1>VNeID mô phỏng</h1><p>Yêu cầu bị từ chối / The request is refused: <code>{escape(error)}</code></p>"
    )


def _page(inner: str) -> str:
    return (
        '<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>VNeID mô phỏng</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{STYLE}</style></head><body><main>{inner}</main></body></html>"
    )
