"""What a system or a gateway declares about itself, and the registry that `project` fills at start.

A system is added by adding its folder with a `system.py` that holds `SYSTEM`,
a gateway likewise with `GATEWAY` in `gateway.py`; nothing else names them.
References to code are dotted strings (`package.module:name`), so that reading
a manifest imports nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from importlib import import_module
from typing import Any, Final

from dinh.kernel.errors import Invalid, NotFound
from dinh.kernel.specs import (
    Aggregation,
    CaseTypeSpec,
    CategorySpec,
    Direction,
    DocumentKindSpec,
    IndicatorSpec,
    Kind,
    NoticeSpec,
    RuleSpec,
    Severity,
    StateSpec,
    Text,
    TransitionSpec,
)

__all__ = [
    "Aggregation",
    "CaseTypeSpec",
    "CategorySpec",
    "Command",
    "DataSet",
    "Direction",
    "DocumentKindSpec",
    "Finding",
    "Gateway",
    "IndicatorSpec",
    "Kind",
    "Listener",
    "Manifest",
    "MapLayer",
    "MenuItem",
    "NoticeSpec",
    "Panel",
    "Periodic",
    "PermissionSpec",
    "Registry",
    "RoleSpec",
    "RuleSpec",
    "Severity",
    "StateSpec",
    "System",
    "Text",
    "TransitionSpec",
    "load",
    "registry",
]


@dataclass(frozen=True, slots=True)
class RoleSpec:
    """A role that ties a party to a place and a system. `staff` roles need a second factor."""

    code: str
    name: Text
    staff: bool = True


@dataclass(frozen=True, slots=True)
class PermissionSpec:
    """A permission, as `system.verb`, and the roles that carry it."""

    code: str
    name: Text
    roles: Sequence[str]


@dataclass(frozen=True, slots=True)
class MenuItem:
    """An entry of the top menu: `path` is absolute; `permission` None means everyone."""

    label: Text
    path: str
    order: int
    permission: str | None = None


@dataclass(frozen=True, slots=True)
class Panel:
    """A fragment that another system's screen shows by address in a named `slot`."""

    slot: str
    title: Text
    path: str
    order: int = 100
    permission: str | None = None


@dataclass(frozen=True, slots=True)
class MapLayer:
    """A layer of the map: `path` is a vector-tile template with {z}/{x}/{y} or a GeoJSON address."""

    code: str
    name: Text
    path: str
    geometry: str
    """point, line or fill."""
    order: int = 100
    permission: str | None = None


@dataclass(frozen=True, slots=True)
class DataSet:
    """A set of data that the system publishes for others to use."""

    code: str
    name: Text
    path: str
    licence: str


@dataclass(frozen=True, slots=True)
class Command:
    """A verb of the `dinh` command: `run` is a dotted `(list[str]) -> int`.

    `under` puts it below a verb that exists (`import`, `export`, `ledger`).
    """

    name: str
    run: str
    help: str
    under: str = ""


@dataclass(frozen=True, slots=True)
class Listener:
    """An outbox event that a system wants to hear: `run` is a dotted `(Event) -> None`."""

    event: str
    name: str
    run: str


@dataclass(frozen=True, slots=True)
class Periodic:
    """Work done every so often by the worker: `run` is a dotted `() -> None`."""

    name: str
    every: timedelta
    run: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What systems and gateways have in common."""

    slug: str
    name: Text
    summary: Text
    urls: str | None = None
    """Dotted name of a urlconf, mounted at `/<mount>/`."""
    plain_urls: str | None = None
    """Dotted name of a urlconf mounted likewise whose names stay without the slug before them: for
    views of packages that look up their own names."""
    mount: str | None = None
    """Defaults to the slug; the empty string mounts at the root."""
    api: str | None = None
    """Dotted name of a django-ninja router, mounted under /api/v1/."""
    asgi: str | None = None
    """Dotted name of an ASGI application for `asgi_paths`, answered before Django."""
    asgi_paths: Sequence[str] = ()
    intake_paths: Sequence[str] = ()
    """Addresses below which people hand in: what they send there is never refused for load."""
    secret_paths: Sequence[str] = ()
    """Beginnings of addresses behind which a secret stands, such as `/app/r/`: logs write nothing of what follows."""
    first_to_go: Sequence[str] = ()
    """Addresses whose reads are given up first when the house fills: maps, pictures, what a page can do without. One that ends
    in `*` stands for all that begin with it."""
    next_to_go: Sequence[str] = ()
    """Then these, in the same form: lists and searches."""
    service: str | None = None
    """Dotted name of an async `(stop: asyncio.Event) -> None` run beside the server."""
    commands: Sequence[Command] = ()
    listeners: Sequence[Listener] = ()
    periodic: Sequence[Periodic] = ()
    permissions: Sequence[PermissionSpec] = ()
    roles: Sequence[RoleSpec] = ()
    notices: Sequence[NoticeSpec] = ()
    """Kinds of message that the manifest's code sends."""
    documents: Sequence[DocumentKindSpec] = ()
    """Kinds of paper that the manifest's code issues."""
    checks: Sequence[str] = ()
    """Dotted names of `() -> Iterable[Finding]` for `dinh check`."""

    @property
    def path(self) -> str:
        mount = self.slug if self.mount is None else self.mount
        return f"/{mount}/" if mount else "/"


@dataclass(frozen=True, slots=True, kw_only=True)
class System(Manifest):
    """Something people use."""

    menu: Sequence[MenuItem] = ()
    panels: Sequence[Panel] = ()
    layers: Sequence[MapLayer] = ()
    roads: str | None = None
    """Dotted name of `() -> str`: where vector tiles of the roads are, with {z}/{x}/{y}, '' while there are none. Every
    map of the house draws them: zooms 7 to 14, layer `roads` with `rank` (0 the greatest, 5 the least) and `name`."""
    indicators: Sequence[IndicatorSpec] = ()
    rules: Sequence[RuleSpec] = ()
    case_types: Sequence[CaseTypeSpec] = ()
    data_sets: Sequence[DataSet] = ()
    links: Mapping[str, str] = field(default_factory=dict)
    """URN kind -> path with `{id}`, for `link_to`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway(Manifest):
    """One open standard that machines use."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of `dinh check`: what was tried, whether it holds, and how to mend it."""

    what: str
    ok: bool
    says: str
    remedy: str = ""


class Registry:
    """Every manifest of this process. Empty until `project` fills it at start."""

    def __init__(self) -> None:
        self._systems: dict[str, System] = {}
        self._gateways: dict[str, Gateway] = {}

    def add(self, manifest: System | Gateway) -> None:
        """Raises Invalid when a slug, an indicator, a rule, a case type or a permission is declared twice."""
        if any(manifest.slug == other.slug for other in self.manifests()):
            raise Invalid("manifest.twice", "two folders call themselves '{slug}'", slug=manifest.slug)
        if isinstance(manifest, System):
            for name in ("indicators", "rules", "case_types"):
                codes = {spec.code for spec in getattr(self, name)()}
                for spec in getattr(manifest, name):
                    if spec.code in codes:
                        raise Invalid(
                            "manifest.code_twice",
                            "'{code}' in '{slug}' is declared by another system already",
                            code=spec.code,
                            slug=manifest.slug,
                        )
            self._systems[manifest.slug] = manifest
        else:
            self._gateways[manifest.slug] = manifest

    def clear(self) -> None:
        self._systems.clear()
        self._gateways.clear()

    def systems(self) -> Sequence[System]:
        return tuple(self._systems.values())

    def gateways(self) -> Sequence[Gateway]:
        return tuple(self._gateways.values())

    def manifests(self) -> Iterator[System | Gateway]:
        yield from self._systems.values()
        yield from self._gateways.values()

    def indicators(self) -> Sequence[IndicatorSpec]:
        return tuple(spec for system in self.systems() for spec in system.indicators)

    def rules(self) -> Sequence[RuleSpec]:
        return tuple(spec for system in self.systems() for spec in system.rules)

    def case_types(self) -> Sequence[CaseTypeSpec]:
        return tuple(spec for system in self.systems() for spec in system.case_types)

    def case_type(self, code: str) -> CaseTypeSpec | None:
        return next((spec for spec in self.case_types() if spec.code == code), None)

    def permissions(self) -> Sequence[PermissionSpec]:
        return tuple(spec for manifest in self.manifests() for spec in manifest.permissions)

    def notices(self) -> Sequence[NoticeSpec]:
        return tuple(spec for manifest in self.manifests() for spec in manifest.notices)

    def documents(self) -> Sequence[DocumentKindSpec]:
        return tuple(spec for manifest in self.manifests() for spec in manifest.documents)

    def secret_paths(self) -> Sequence[str]:
        return tuple(path for manifest in self.manifests() for path in manifest.secret_paths)

    def roles(self) -> Sequence[RoleSpec]:
        return tuple(spec for manifest in self.manifests() for spec in manifest.roles)

    def menu(self) -> Sequence[MenuItem]:
        return sorted((m for s in self.systems() for m in s.menu), key=lambda item: item.order)

    def panels(self, slot: str) -> Sequence[Panel]:
        found = (p for s in self.systems() for p in s.panels if p.slot == slot)
        return sorted(found, key=lambda panel: panel.order)

    def layers(self) -> Sequence[MapLayer]:
        return sorted((x for s in self.systems() for x in s.layers), key=lambda layer: layer.order)

    def roads(self) -> str:
        """Where the first system that has roads keeps their tiles, '' where none has."""
        named = (system.roads for system in self._systems.values() if system.roads)
        return next((address for dotted in named if (address := load(dotted)())), "")

    def link_path(self, kind: str, identifier: str) -> str | None:
        """The page of a thing, if any installed system shows that kind."""
        for system in self.systems():
            if kind in system.links:
                return system.links[kind].format(id=identifier)
        return None


registry: Final = Registry()


def load(dotted: str) -> Any:
    """The object named `package.module:name`; raises NotFound when it is not there."""
    module, _, name = dotted.partition(":")
    try:
        return getattr(import_module(module), name)
    except (ModuleNotFoundError, AttributeError) as error:
        raise NotFound(
            "manifest.no_such_name", "a manifest names '{dotted}', which does not exist", dotted=dotted
        ) from error
