"""Finds the systems and gateways by their folders and fills the registry."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Sequence
from importlib import import_module
from pathlib import Path

from dinh.kernel.manifests import registry

SOURCE = Path(__file__).resolve().parent.parent
SPINE = (
    "ledger", "jobs", "files", "submissions", "places", "parties", "notices", "documents", "observations", "cases", "requests",
    "publications",
)  # fmt: skip


def folders(floor: str, manifest: str, *, without: Iterable[str] = ()) -> Sequence[str]:
    """Names of the folders of a floor that hold a manifest file, sorted, less the unplugged ones."""
    unplugged = set(without)
    found = sorted(path.parent.name for path in (SOURCE / floor).glob(f"*/{manifest}.py"))
    return tuple(name for name in found if name not in unplugged)


def fill_registry(systems: Iterable[str], gateways: Iterable[str]) -> None:
    """Reads every manifest anew; the registry holds nothing else afterwards."""
    registry.clear()
    for name in systems:
        registry.add(import_module(f"dinh.systems.{name}.system").SYSTEM)
    for name in gateways:
        registry.add(import_module(f"dinh.gateways.{name}.gateway").GATEWAY)


def django_apps(systems: Iterable[str], gateways: Iterable[str]) -> list[str]:
    """Application names, the spine first; every folder is an application of the same label."""
    names = [f"dinh.spine.{part}" for part in SPINE]
    names.append("dinh.web")
    names += [f"dinh.gateways.{name}" for name in gateways]
    names += [f"dinh.systems.{name}" for name in systems]
    return [name for name in names if importlib.util.find_spec(name) is not None]
