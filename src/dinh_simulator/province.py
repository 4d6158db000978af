"""What there is to measure, as a file says: communes, assets, facts. The file is plain JSON and public.

{"communes": [{"urn", "name", "people", "urban"}], "assets": [{"urn", "level", "commune", "operator", "attributes"}],
 "facts": [a reading as Đình's HTTP gateway takes it]}
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dinh_simulator.noise import Floats, Keys, key_of


class BadProvince(Exception):
    """The file cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Something that is measured. `commune` is the URN of the commune in which it stands."""

    urn: str
    level: str
    commune: str
    operator: str
    parent: str
    attributes: Mapping[str, Any]

    def number(self, name: str, default: float) -> float:
        return float(self.attributes.get(name, default))


@dataclass(frozen=True, slots=True)
class Province:
    seed: int
    subjects: Sequence[Subject]
    commune_names: Mapping[str, str]
    facts: Sequence[Mapping[str, Any]]

    def group(self, level: str) -> Group:
        return Group(self.seed, tuple(subject for subject in self.subjects if subject.level == level))

    def in_commune(self, name: str, subject: Subject) -> bool:
        return self.commune_names.get(subject.commune, "") == name


class Group:
    """Subjects that are measured alike; arrays are of shape (n, 1), for moments of shape (n, m)."""

    def __init__(self, seed: int, subjects: Sequence[Subject]) -> None:
        self.seed = seed
        self.subjects = subjects
        self.key: Keys = np.array([[key_of(seed, subject.urn)] for subject in subjects], np.uint64).reshape(-1, 1)

    def __len__(self) -> int:
        return len(self.subjects)

    def keys(self, of: Callable[[Subject], str]) -> Keys:
        """Keys by something else than the subject itself: its site, its region."""
        return np.array([[key_of(self.seed, of(subject))] for subject in self.subjects], np.uint64).reshape(-1, 1)

    def numbers(self, of: Callable[[Subject], float]) -> Floats:
        return np.array([[of(subject)] for subject in self.subjects], np.float64).reshape(-1, 1)

    def draw(self, salt: int, low: float, high: float) -> Floats:
        """A number that belongs to each subject, between the two."""
        from dinh_simulator.noise import uniform

        return low + (high - low) * uniform(self.key, np.zeros_like(self.key, np.int64), salt)


def read(path: Path, seed: int) -> Province:
    """Raises BadProvince."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        communes, assets = document["communes"], document["assets"]
        subjects = [
            Subject(
                commune["urn"], "commune", commune["urn"], "", "",
                {"people": commune.get("people") or 25_000, "urban": bool(commune.get("urban"))},
            )
            for commune in communes
        ] + [
            Subject(
                asset["urn"], asset["level"], asset.get("commune") or "", asset.get("operator") or "",
                asset.get("parent") or "", asset.get("attributes") or {},
            )
            for asset in assets
        ]  # fmt: skip
        names = {commune["urn"]: commune["name"] for commune in communes}
        return Province(seed, subjects, names, document.get("facts", []))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadProvince(f"{path} is no description of a province: {error!r}") from error
