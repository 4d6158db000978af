"""The manifest of the component page; it has no entry in the menu."""

from __future__ import annotations

from typing import Final

from dinh.kernel.manifests import System, Text

SYSTEM: Final = System(
    slug="components",
    name=Text("Thành phần giao diện", "Components"),
    summary=Text(
        "Mọi thành phần giao diện ở mọi trạng thái, sáng và tối.",
        "Every component of the house in every state, light and dark.",
    ),
    urls="dinh.systems.components.web.urls",
)
