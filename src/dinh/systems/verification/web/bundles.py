"""A proof and the script that checks it as one HTML file: it works from a disk, and its own policy forbids any request."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import override

from dinh.kernel.errors import SourceUnavailable
from dinh.web import assets

ENTRY: Final = "verification/check"
_STYLE: Final = """
:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{max-width:46rem;margin:0 auto;padding:1.5rem}
h1{font-size:1.5rem;line-height:1.25}h2{font-size:1.1rem;margin-top:1.75rem}
code,pre,textarea{font:.8rem/1.5 ui-monospace,monospace;overflow-wrap:anywhere;white-space:pre-wrap}
.verify-verdict{border:1px solid;border-left-width:.5rem;border-radius:.25rem;padding:.75rem 1rem;margin:1rem 0}
.verify-verdict p{margin:0}.verify-verdict p:first-child{font-weight:700}
.verify-verdict[data-verdict=good]{border-color:#1a7f4b}
.verify-verdict[data-verdict=bad]{border-color:#c62828}
.verify-verdict[data-verdict=unsure]{border-color:#b26a00}
.verify-list{list-style:none;padding:0}.verify-list li{display:grid;grid-template-columns:9.5rem 1fr;gap:.75rem;padding:.4rem 0}
.verify-list b[data-holds=no]{color:#c62828}.verify-list b[data-holds=yes]{color:#1a7f4b}
@media(prefers-color-scheme:dark){.verify-list b[data-holds=no]{color:#ff8a80}.verify-list b[data-holds=yes]{color:#7fd8a5}}
@media(max-width:34rem){.verify-list li{grid-template-columns:1fr;gap:0}}
textarea{width:100%;box-sizing:border-box}button{font:inherit;padding:.6rem 1.25rem}label{display:block;margin:.75rem 0 .25rem}
"""


def page(file: Mapping[str, Any], language: str) -> str:
    """Raises SourceUnavailable `verification.not_built` where the front end is missing."""
    script = _script()
    with override(language):
        title = _("Proof of entry {index}").format(index=file["proof"]["leaf_index"])
        lead = _(
            "This file checks itself on your own machine: it asks no server, and works without a network. Open it again "
            "in ten years, and it says the same."
        )
        without = _("Your browser runs no scripts, so nothing was checked.")
    policy = f"default-src 'none'; script-src '{_digest(script)}'; style-src '{_digest(_STYLE)}'"
    data = json.dumps(file, ensure_ascii=False).replace("<", "\\u003c")
    return (
        f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title} · Đình</title>'
        f"<style>{_STYLE}</style></head><body><main><h1>{title}</h1><p>{lead}</p>"
        f"<div data-verify-result><noscript>{without}</noscript></div></main>"
        f'<script type="application/json" id="verify-bundle">{data}</script>'
        f'<script type="module">{script}</script></body></html>\n'
    )


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(sha256(text.encode('utf-8')).digest()).decode()}"


def _script() -> str:
    built = assets.asset(ENTRY)
    if built is None or built.script is None or built.preloads:
        raise SourceUnavailable(
            "verification.not_built", "the script that checks proofs is not built; run `make assets` and try again"
        )
    text = (assets.BUILT / built.script).read_text(encoding="utf-8")
    return text.replace("</script", "<\\/script")
