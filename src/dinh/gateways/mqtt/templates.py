"""Topic templates: which topics are heard, what their levels mean and how their payloads are read."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from dinh.kernel.errors import Invalid

WORDS: Final = ("source", "subject", "indicator")
_LEVEL: Final = re.compile(r"\{(\w+)\}")
_OPTIONS: Final = frozenset({"topic", "format", "source", "subject", "indicator", "unit", "subjects", "indicators"})


class Format(StrEnum):
    """`value` is one number or object a message, `senml` a pack, `readings` one or many whole readings."""

    VALUE = "value"
    SENML = "senml"
    READINGS = "readings"


@dataclass(frozen=True, slots=True)
class Template:
    """One kind of topic. What the topic does not say may be fixed; `subjects` and `indicators` translate
    the senders' names into ours."""

    topic: str
    format: Format
    fixed: Mapping[str, str] = field(default_factory=dict)
    unit: str = ""
    subjects: Mapping[str, str] = field(default_factory=dict)
    indicators: Mapping[str, str] = field(default_factory=dict)
    pattern: re.Pattern[str] = field(default=re.compile(""), compare=False)

    @property
    def subscription(self) -> str:
        """The topic as a broker understands it."""
        return _LEVEL.sub("+", self.topic)

    def words_of(self, topic: str) -> Mapping[str, str] | None:
        """source, subject and indicator as far as the topic or the template names them; None for other topics."""
        match = self.pattern.fullmatch(topic)
        return None if match is None else {**self.fixed, **match.groupdict()}

    def subject_urn(self, name: str) -> str:
        """The URN behind a sender's name: as translated, as it is, or the asset of that id."""
        if name in self.subjects:
            return self.subjects[name]
        if name.startswith(("urn:dinh:", "urn:ngsi-ld:")):
            return name
        return f"urn:dinh:asset:{name.removeprefix('urn:dev:')}"

    def indicator_code(self, name: str) -> str:
        return self.indicators.get(name, name)


def template(topic: str, format: Format, **options: Any) -> Template:
    """A checked template. Raises Invalid `mqtt.bad_template`."""
    levels = topic.split("/")
    names = [name for level in levels for name in _LEVEL.findall(level)]
    wrong = [name for name in names if name not in WORDS]
    if wrong or len(set(names)) != len(names):
        raise _bad(topic, "topic", f"use {{source}}, {{subject}} and {{indicator}} once each, not {names}")
    if any(level != "#" and "#" in level for level in levels) or "#" in levels[:-1]:
        raise _bad(topic, "topic", "'#' stands alone as the last level")
    if any((level != "+" and "+" in level) or ("{" in level and not _LEVEL.fullmatch(level)) for level in levels):
        raise _bad(topic, "topic", "a level is a word, '+' or one name in braces")
    fixed: dict[str, str] = {name: options.pop(name) for name in WORDS if name in options}
    told = set(names) | fixed.keys()
    needed = set(WORDS) if format is Format.VALUE else {"source"}
    if needed - told:
        raise _bad(
            topic, "topic", f"nothing says the {', '.join(sorted(needed - told))}; name it in the topic or fix it"
        )
    return Template(topic, format, fixed, pattern=_pattern(levels), **options)


def _pattern(levels: Sequence[str]) -> re.Pattern[str]:
    parts = []
    for level in levels:
        name = _LEVEL.fullmatch(level)
        if name:
            parts.append(f"/(?P<{name[1]}>[^/]+)")
        elif level == "+":
            parts.append("/[^/]*")
        elif level == "#":
            parts.append("(?:/.*)?")  # MQTT 5, 4.7.1.2: '#' includes the parent level
        else:
            parts.append("/" + re.escape(level))
    return re.compile("".join(parts).removeprefix("/"), re.DOTALL)


def read(path: Path) -> Sequence[Template]:
    """The templates of a TOML file. Raises Invalid `mqtt.bad_template` with file, field and remedy."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _bad(str(path), "file", f"it cannot be read as TOML ({error})") from error
    tables = document.pop("template", [])
    if document or not isinstance(tables, list) or not tables:
        raise _bad(str(path), "file", "write one or more [[template]] tables and nothing else")
    return tuple(_from_table(table) for table in tables)


def _from_table(table: Mapping[str, Any]) -> Template:
    topic = table.get("topic")
    if not isinstance(topic, str) or not topic:
        raise _bad("?", "topic", 'give a text, like topic = "dinh/{source}/{subject}/{indicator}"')
    unknown = sorted(table.keys() - _OPTIONS)
    if unknown:
        raise _bad(topic, unknown[0], f"there is no such field; fields are {', '.join(sorted(_OPTIONS))}")
    options: dict[str, Any] = {}
    for name in ("source", "subject", "indicator", "unit"):
        if name in table:
            options[name] = table[name]
            if not isinstance(table[name], str):
                raise _bad(topic, name, "give a text in quotes")
    for name in ("subjects", "indicators"):
        options[name] = table.get(name, {})
        if not isinstance(options[name], dict) or not all(isinstance(ours, str) for ours in options[name].values()):
            raise _bad(topic, name, 'give a table of texts, like temp = "weather.temperature"')
    try:
        format = Format(table.get("format", Format.VALUE))
    except ValueError as error:
        raise _bad(topic, "format", f"give one of {', '.join(Format)}") from error
    return template(topic, format, **options)


def _bad(topic: str, field: str, remedy: str) -> Invalid:
    return Invalid(
        "mqtt.bad_template", "topic template '{topic}', {field}: {remedy}", topic=topic, field=field, remedy=remedy
    )


BUILT_IN: Final = (
    template("dinh/{source}/{subject}/{indicator}", Format.VALUE),
    template("senml/{source}/#", Format.SENML),
    template("json/{source}", Format.READINGS),
)


def configured(path: str) -> Sequence[Template]:
    """Those of the file, or the built-in ones where no file is named."""
    return read(Path(path)) if path else BUILT_IN
