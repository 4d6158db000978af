"""Catalogues of translations: every sentence of Python and templates, in Vietnamese, in the catalogue of its own part.

Sentences are what gettext is given, what templates translate, and the messages of errors (`Invalid("code", "message")`)
and the phrases among their values (`Phrase("a list of hashes")`).

tools/translations check            fails where a sentence is missing, empty, fuzzy or broken, or an f-string hides one
tools/translations make [PART …]    adds new sentences, drops those that are gone, keeps what is translated
tools/translations compile          .mo files, where they are older than their .po
tools/translations template FILE    all of it and every name that manifests declare, to be translated into a third language
"""

from __future__ import annotations

import ast
import re
import string
import sys
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Final

import polib

ROOT: Final = Path(__file__).resolve().parent.parent
SOURCE: Final = ROOT / "src" / "dinh"
LANGUAGE: Final = "vi"
METADATA: Final = {
    "Project-Id-Version": "dinh",
    "Language": LANGUAGE,
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=1; plural=0;",
}
# Name of the function -> (place of the context, of the sentence, of its plural) among the arguments.
FUNCTIONS: Final[dict[str, tuple[int | None, int, int | None]]] = {
    "_": (None, 0, None),
    "gettext": (None, 0, None),
    "gettext_lazy": (None, 0, None),
    "gettext_noop": (None, 0, None),
    "ngettext": (None, 0, 1),
    "ngettext_lazy": (None, 0, 1),
    "pgettext": (0, 1, None),
    "pgettext_lazy": (0, 1, None),
    "npgettext": (0, 1, 2),
    "npgettext_lazy": (0, 1, 2),
}
# The families of dinh.kernel.errors: their message is the second argument; people see it in their language.
PHRASE: Final = (None, 0, None)
ERRORS: Final = frozenset({"NotFound", "Refused", "Invalid", "Conflict", "SourceUnavailable", "OutOfRange"})
MESSAGE: Final = (None, 1, None)
NO_APPS: Final = frozenset({"kernel", "engines"})  # Django does not know these floors; the project keeps their words
_LITERAL: Final = r"""u?(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
_TEMPLATE_CALL: Final = re.compile(rf"(?<!\w)(_|n?p?gettext)\(\s*({_LITERAL}(?:\s*,\s*{_LITERAL})*)", re.DOTALL)
_OLD_MARKS: Final = re.compile(r"\b\w*(?:[óòỏõọ][ae]|[úùủũụ]y)\b", re.IGNORECASE)
_NAMED: Final = re.compile(r"%\((\w+)\)")

type Key = tuple[str | None, str]


@dataclass
class Sentence:
    """One msgid of one part, and where it stands."""

    context: str | None
    text: str
    plural: str | None
    places: list[str] = field(default_factory=list)

    @property
    def key(self) -> Key:
        return self.context, self.text


@dataclass
class Findings:
    faults: list[str] = field(default_factory=list)

    def add(self, place: str, says: str) -> None:
        self.faults.append(f"{place}: {says}")


def part_of(path: Path) -> Path:
    """The folder whose catalogue holds the sentences of a file: a system, a gateway, a part of the spine, web, project."""
    parts = path.relative_to(SOURCE).parts
    if parts[0] in NO_APPS:
        return SOURCE / "project"
    return SOURCE.joinpath(*parts[: 2 if parts[0] in {"systems", "gateways", "spine"} else 1])


def source_files() -> Iterator[Path]:
    for path in sorted(SOURCE.rglob("*")):
        inner = path.relative_to(SOURCE).parts
        if {"tests", "migrations", "built", "locale"} & set(inner):
            continue
        if path.suffix == ".py" or (path.suffix in {".html", ".txt"} and "templates" in inner):
            yield path


def in_python(path: Path, findings: Findings) -> Iterator[tuple[int, Sentence]]:
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except SyntaxError as error:
        findings.add(f"{path.relative_to(ROOT)}:{error.lineno}", "this is no Python yet")
        return
    aliases = {
        name.asname or name.name: name.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for name in node.names
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Attribute):
            called = meant = node.func.attr
        else:
            called = node.func.id if isinstance(node.func, ast.Name) else ""
            meant = aliases.get(called, "")
        shape = FUNCTIONS.get(meant)
        if called in ERRORS and len(node.args) > 1:
            shape = MESSAGE
            if _is_call_of_gettext(node.args[1], aliases):
                says = f"{called}() translates its message; give it in English, screens translate it"
                findings.add(f"{path.relative_to(ROOT)}:{node.lineno}", says)
                continue
        elif called == "Phrase":
            shape = PHRASE
        if shape is None:
            continue
        texts: list[str | None] = []
        for place in shape:
            argument = node.args[place] if place is not None and place < len(node.args) else None
            if argument is None:
                texts.append(None)
            elif isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                texts.append(argument.value)
            else:
                what = "an f-string" if isinstance(argument, ast.JoinedStr) else "something that is no literal"
                remedy = "write the sentence whole, with %(name)s, and fill it with % {…}"
                if called in ERRORS:
                    remedy = "write the message whole, with {name}, and give name=…"
                findings.add(f"{path.relative_to(ROOT)}:{node.lineno}", f"{called}() is given {what}; {remedy}")
                break
        else:
            context, text, plural = texts
            if text and not (shape is MESSAGE and not has_words(text)):
                yield node.lineno, Sentence(context, text, plural)


def _is_call_of_gettext(node: ast.expr, aliases: dict[str, str]) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and aliases.get(node.func.id, "") in FUNCTIONS


def has_words(message: str) -> bool:
    """False for `{place}: {why}`, which says nothing of its own."""
    with suppress(ValueError):
        return any(letter.isalpha() for said, *_ in string.Formatter().parse(message) for letter in said)
    return True


def in_template(path: Path) -> Iterator[tuple[int, Sentence]]:
    from django.utils.translation.template import templatize

    for match in _TEMPLATE_CALL.finditer(templatize(path.read_text(encoding="utf-8"), origin=str(path))):
        shape = FUNCTIONS[match[1]]
        literals = [ast.literal_eval(text) for text in re.findall(_LITERAL, match[2], re.DOTALL)]
        context, text, plural = (literals[at] if at is not None and at < len(literals) else None for at in shape)
        if text:
            yield match.string.count("\n", 0, match.start()) + 1, Sentence(context, text, plural)


def gather(findings: Findings) -> dict[Path, dict[Key, Sentence]]:
    """Every part's sentences, in the order in which they stand."""
    found: dict[Path, dict[Key, Sentence]] = {}
    for path in source_files():
        sentences = in_python(path, findings) if path.suffix == ".py" else in_template(path)
        for line, sentence in sentences:
            known = found.setdefault(part_of(path), {}).setdefault(sentence.key, sentence)
            known.plural = known.plural or sentence.plural
            known.places.append(f"{path.relative_to(ROOT)}:{line}")
    return found


def catalogue_of(part: Path) -> Path:
    return part / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"


def catalogues() -> list[Path]:
    return sorted(SOURCE.rglob(f"locale/{LANGUAGE}/LC_MESSAGES/django.po"))


def read(path: Path) -> polib.POFile:
    if path.exists():
        return polib.pofile(str(path), wrapwidth=110)
    catalogue = polib.POFile(wrapwidth=110)
    catalogue.metadata = dict(METADATA)
    return catalogue


def is_translated(entry: polib.POEntry) -> bool:
    return bool(entry.msgstr_plural and all(entry.msgstr_plural.values()) if entry.msgid_plural else entry.msgstr)


def placeholders(text: str) -> set[str]:
    """Names that must survive translation: %(name)s and {name}."""
    names = {f"%({name})" for name in _NAMED.findall(text)}
    with suppress(ValueError):
        names |= {f"{{{name}}}" for _, name, _, _ in string.Formatter().parse(text) if name}
    return names


def old_marks(text: str) -> list[str]:
    """Words that bear their mark of tone on the first of two vowels at their end, as in «khóa»; in Đình it is «khoá». Names keep the
    spelling of who bears them: a capital letter elsewhere than at the beginning marks one."""
    return [
        found[0] for found in _OLD_MARKS.finditer(text) if found[0].islower() or not text[: found.start()].strip("«“ ")
    ]


def marked_anew(word: str) -> str:
    marked = unicodedata.normalize("NFD", word[-2])
    return unicodedata.normalize("NFC", word[:-2] + marked[0] + word[-1] + marked[1:])


def _read_marks(findings: Findings, place: str, text: str) -> None:
    for word in old_marks(text):
        findings.add(place, f"'{word}' has its mark of tone on the first vowel; write '{marked_anew(word)}'")


def _read_data(findings: Findings) -> None:
    """Vietnamese that stands in data files; titles of laws stay as they were published."""
    for path in sorted([*SOURCE.rglob("*.toml"), *SOURCE.rglob("form.json")]):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if not line.startswith("title = "):
                _read_marks(findings, f"{path.relative_to(ROOT)}:{number}", line)


def check() -> int:
    findings = Findings()
    found = gather(findings)
    parts = {*found, *(path.parents[3] for path in catalogues())}
    count = 0
    for part in sorted(parts):
        path = catalogue_of(part)
        where = str(path.relative_to(ROOT))
        entries = {(entry.msgctxt, entry.msgid): entry for entry in read(path) if not entry.obsolete}
        sentences = found.get(part, {})
        count += len(sentences)
        for key, sentence in sentences.items():
            entry = entries.get(key)
            if entry is None:
                findings.add(sentence.places[0], f"'{sentence.text}' is not in {where}; run `tools/translations make`")
            elif entry.fuzzy:
                findings.add(where, f"'{entry.msgid}' is fuzzy; read it and take the mark away")
            elif not is_translated(entry):
                findings.add(where, f"'{entry.msgid}' is not translated")
            else:
                told = " ".join((entry.msgstr, *entry.msgstr_plural.values()))
                lost = placeholders(sentence.text) ^ placeholders(told)
                if lost and not sentence.plural:
                    findings.add(where, f"'{entry.msgid}' and its translation differ in {', '.join(sorted(lost))}")
                _read_marks(findings, where, told)
                if entry.msgid_plural and set(entry.msgstr_plural) != {0}:
                    findings.add(where, f"'{entry.msgid}' needs one form, msgstr[0]: Vietnamese has no plural")
        for key, entry in entries.items():
            if key not in sentences:
                findings.add(where, f"'{entry.msgid}' is used no more; run `tools/translations make`")
    _agree(findings)
    _read_data(findings)
    for fault in findings.faults:
        print(fault)
    if not findings.faults:
        print(f"translations: {count} sentences, all in Vietnamese")
    return 1 if findings.faults else 0


def _agree(findings: Findings) -> None:
    """Django reads all catalogues as one: a sentence that two parts translate differently would be chosen by chance."""
    told: dict[Key, tuple[str, Path]] = {}
    for path in catalogues():
        for entry in read(path):
            if entry.obsolete or not is_translated(entry):
                continue
            said = entry.msgstr or entry.msgstr_plural.get(0, "")
            first, where = told.setdefault((entry.msgctxt, entry.msgid), (said, path))
            if first != said:
                findings.add(
                    str(path.relative_to(ROOT)),
                    f"'{entry.msgid}' is '{said}' here and '{first}' in {where.relative_to(ROOT)}; agree, or give one a context",
                )


def make(names: list[str]) -> int:
    findings = Findings()
    found = gather(findings)
    memory = {
        (entry.msgctxt, entry.msgid): entry
        for path in catalogues()
        for entry in read(path)
        if is_translated(entry) and not entry.fuzzy
    }
    for part in sorted({*found, *(path.parents[3] for path in catalogues())}):
        if names and part.name not in names:
            continue
        path = catalogue_of(part)
        old = {(entry.msgctxt, entry.msgid): entry for entry in read(path) if not entry.obsolete}
        fresh = polib.POFile(wrapwidth=110)
        fresh.metadata = dict(METADATA)
        missing = 0
        for key, sentence in sorted(
            found.get(part, {}).items(), key=lambda item: (item[0][1].lower(), item[0][0] or "")
        ):
            known = old.get(key) or memory.get(key)
            entry = polib.POEntry(msgctxt=sentence.context, msgid=sentence.text)
            if sentence.plural:
                entry.msgid_plural = sentence.plural
                entry.msgstr_plural = {0: (known.msgstr_plural.get(0) or known.msgstr) if known else ""}
            elif known:
                entry.msgstr = known.msgstr or known.msgstr_plural.get(0, "")
            if "%(" in sentence.text or "%s" in sentence.text:
                entry.flags.append("python-format")
            missing += not is_translated(entry)
            fresh.append(entry)
        if not len(fresh):
            path.unlink(missing_ok=True)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh.save(str(path))
        print(f"{path.relative_to(ROOT)}: {len(fresh)} sentences, {missing} to translate")
    for fault in findings.faults:
        print(fault)
    return 1 if findings.faults else 0


def declared(thing: object) -> Iterator[str]:
    """English words of the names in a manifest: categories, states, questions and their answers. Messages are sent in two languages."""
    from dinh.kernel.specs import NoticeSpec, Text

    if isinstance(thing, Text):
        yield thing.en
    elif isinstance(thing, Mapping):
        for key, value in thing.items():
            if isinstance(value, str) and str(key).endswith("_en"):
                yield value
            elif str(key).endswith("-en") and isinstance(value, Mapping):
                yield from map(str, value.values())
            else:
                yield from declared(value)
    elif is_dataclass(thing) and not isinstance(thing, NoticeSpec):
        for one in fields(thing):
            yield from declared(getattr(thing, one.name))
    elif isinstance(thing, Sequence) and not isinstance(thing, str | bytes):
        for one in thing:
            yield from declared(one)


def template(path: Path) -> int:
    """Names of places and offices are the house's own data: it adds those it wants, under their English names."""
    from dinh.kernel.manifests import registry
    from dinh.project import discovery

    discovery.fill_registry(discovery.folders("systems", "system"), discovery.folders("gateways", "gateway"))
    findings = Findings()
    sentences = {key: one for part in gather(findings).values() for key, one in part.items()}
    for manifest in registry.manifests():
        for words in declared(manifest):
            if words:
                sentences.setdefault((None, words), Sentence(None, words, None))
    fresh = polib.POFile(wrapwidth=110)
    fresh.metadata = dict(METADATA) | {"Language": "", "Plural-Forms": "nplurals=1; plural=0;"}
    for key in sorted(sentences, key=lambda key: (key[1].lower(), key[0] or "")):
        one = sentences[key]
        entry = polib.POEntry(msgctxt=one.context, msgid=one.text)
        if one.plural:
            entry.msgid_plural, entry.msgstr_plural = one.plural, {0: ""}
        fresh.append(entry)
    fresh.save(str(path))
    print(f"{path}: {len(fresh)} sentences and names")
    return 1 if findings.faults else 0


def compile_() -> int:
    for path in catalogues():
        target = path.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < path.stat().st_mtime:
            polib.pofile(str(path)).save_as_mofile(str(target))
    return 0


def main(arguments: list[str]) -> int:
    match arguments:
        case ["check"]:
            from django.conf import settings

            settings.configure(USE_I18N=True)
            return check()
        case ["make", *names]:
            from django.conf import settings

            settings.configure(USE_I18N=True)
            return make(names)
        case ["template", file]:
            from django.conf import settings

            settings.configure(USE_I18N=True)
            return template(Path(file))
        case ["compile"]:
            return compile_()
        case _:
            print(__doc__)
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
