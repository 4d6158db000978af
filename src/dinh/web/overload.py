"""The page that is left when the house is full: no template, no database, both languages, and the way to report all the same."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

type Scope = MutableMapping[str, Any]
type Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

AGAIN_S: Final = 5
_STYLE: Final = (
    "body{font:17px/1.5 system-ui,sans-serif;margin:0;background:#fffdf9;color:#1f2a2e}"
    "main{max-width:36rem;margin:10vh auto;padding:0 1.25rem}h1{font-size:1.5rem;line-height:1.25}"
    "a{color:#0b6b5f}p.k{font-size:1.15rem}hr{border:0;border-top:1px solid #d9d4c8;margin:2rem 0}"
)
_PAGE: Final = f"""<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>Đình đang rất đông</title>
<meta name="viewport" content="width=device-width,initial-scale=1"><meta http-equiv="refresh" content="{AGAIN_S}">
<style nonce="full">{_STYLE}</style></head><body><main>
<h1>Đang có rất nhiều người truy cập</h1>
<p>Trang này tự mở lại sau {AGAIN_S} giây. Phản ánh và hồ sơ đã gửi vẫn được nhận; ứng dụng trên điện thoại tự gửi tiếp.</p>
<p class="k">Khẩn cấp: <a href="tel:112">112</a> cứu nạn · <a href="tel:113">113</a> công an · <a href="tel:114">114</a> cứu hoả ·
<a href="tel:115">115</a> cấp cứu. Tổng đài: <a href="tel:1022">1022</a>.</p>
<hr><div lang="en"><h1>Very many people are here right now</h1>
<p>This page opens again in {AGAIN_S} seconds. Reports and applications that were sent are taken in all the same; the app on your phone goes on sending by itself.</p></div>
</main></body></html>
""".encode()
_HEADERS: Final = [
    (b"content-type", b"text/html; charset=utf-8"),
    (b"content-length", str(len(_PAGE)).encode()),
    (b"cache-control", b"no-store"),
    (b"retry-after", str(AGAIN_S).encode()),
    (b"x-content-type-options", b"nosniff"),
    (
        b"content-security-policy",
        b"default-src 'none'; style-src 'nonce-full'; base-uri 'none'; frame-ancestors 'none'",
    ),
]


async def notice(scope: Scope, send: Send) -> None:
    await send({"type": "http.response.start", "status": 503, "headers": _HEADERS})
    await send({"type": "http.response.body", "body": _PAGE})
