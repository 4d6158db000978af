"""Every route of the gateway."""

from __future__ import annotations

from typing import Final

from ninja import Router

from dinh.gateways.http import routes_intake, routes_read, routes_work

router: Final = Router()
for part in (routes_intake, routes_read, routes_work):
    router.add_router("", part.router)
