"""Drivers of banks: where a fee is paid, what the bank tells of it, and paying back. `DINH_PAYMENTS` names the one in use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.conf import settings

from dinh.kernel.errors import Invalid
from dinh.kernel.manifests import Text


@dataclass(frozen=True, slots=True)
class Order:
    """Đồng; `back` is the address to which the bank leads the person."""

    reference: str
    amount: int
    payee: str
    purpose: str
    back: str


@dataclass(frozen=True, slots=True)
class Callback:
    """What a bank told, after its signature was checked. `event` is its own id of this message; `state` is paid, cancelled or
    refunded."""

    event: str
    reference: str
    amount: int
    state: str
    at: datetime


class Driver(Protocol):
    name: str
    title: Text

    def start(self, order: Order) -> str:
        """Registers the order and returns the address where it is paid. Raises SourceUnavailable."""
        ...

    def read(self, headers: Mapping[str, str], body: bytes) -> Callback:
        """Raises Refused `services.bank_signature`, Invalid `services.callback`."""
        ...

    def refund(self, reference: str, amount: int) -> None:
        """Asks for it once or more: the bank pays back once. Raises SourceUnavailable."""
        ...


def driver() -> Driver | None:
    """None where fees are paid at the counter alone. Raises Invalid `services.driver`."""
    name = settings.PAYMENTS
    if not name:
        return None
    if name == "fake":
        from dinh.systems.public_services.fees.fake_bank import FakeBank

        return FakeBank()
    raise Invalid("services.driver", "DINH_PAYMENTS is '{name}'; there is 'fake', or leave it empty", name=name)
