"""Import contracts of our own, for import-linter: the spine by its api alone, and the rooms inside a system."""

from __future__ import annotations

from typing import Any

from importlinter import Contract, ContractCheck, output

SPINE = "dinh.spine"
ROOMS = {"web": 6, "api": 6, "tasks": 6, "actions": 5, "queries": 4, "models": 3, "feeds": 2, "domain": 1}


def _parts(module: str) -> list[str]:
    return module.split(".")


def _is_test(module: str) -> bool:
    return "tests" in _parts(module)


class _Edges(Contract):
    """Reports direct imports that `fault(importer, imported)` finds fault with; tests are exempt."""

    def fault(self, importer: str, imported: str) -> str | None:
        raise NotImplementedError

    def check(self, graph: Any, verbose: bool) -> ContractCheck:
        faults: list[str] = []
        for importer in sorted(graph.modules):
            if _is_test(importer):
                continue
            for imported in sorted(graph.find_modules_directly_imported_by(importer)):
                said = self.fault(importer, imported)
                if said:
                    details = graph.get_import_details(importer=importer, imported=imported)
                    line = details[0]["line_number"] if details else "?"
                    faults.append(f"{importer}, line {line}: {said}")
        return ContractCheck(kept=not faults, metadata={"faults": faults})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for fault in check.metadata["faults"]:
            output.print_error(fault, bold=False)


class SpineByApi(_Edges):
    """Whoever is outside a part of the spine imports `dinh.spine.<part>.api` and nothing else of it."""

    def fault(self, importer: str, imported: str) -> str | None:
        if not imported.startswith(f"{SPINE}."):
            return None
        part = _parts(imported)[2]
        inside = f"{SPINE}.{part}"
        if importer == inside or importer.startswith(f"{inside}.") or imported in {inside, f"{inside}.api"}:
            return None
        return f"imports {imported}; use {inside}.api"


class Rooms(_Edges):
    """Within a system a room imports rooms below it only: web, api, tasks > actions > queries > models > feeds > domain."""

    def fault(self, importer: str, imported: str) -> str | None:
        a, b = _parts(importer), _parts(imported)
        if a[:2] != ["dinh", "systems"] or a[:3] != b[:3] or len(a) < 4 or len(b) < 4 or a[3] == b[3]:
            return None
        above, below = ROOMS.get(a[3]), ROOMS.get(b[3])
        if above is None or below is None or above > below:
            return None
        return f"room '{a[3]}' imports room '{b[3]}', which is not below it"
