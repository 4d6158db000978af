"""The `dinh` command: verbs of the house in `commands/`, more from the manifests."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from importlib import import_module
from pkgutil import iter_modules

from dinh.kernel.errors import DinhError
from dinh.kernel.manifests import load, registry
from dinh.project import commands

type Run = Callable[[list[str]], int]


def verbs() -> dict[str, tuple[str, Run]]:
    """Every verb with its help; a manifest's verb below another is `import boundaries`."""
    found: dict[str, tuple[str, Run]] = {}
    for module in iter_modules(commands.__path__):
        command = import_module(f"{commands.__name__}.{module.name}")
        found[module.name.replace("__", " ").replace("_", "-")] = (command.HELP, command.run)
    for manifest in registry.manifests():
        for declared in manifest.commands:
            found[f"{declared.under} {declared.name}".strip()] = (declared.help, _later(declared.run))
    return found


def _later(dotted: str) -> Run:
    def run(arguments: list[str]) -> int:
        code: int = load(dotted)(arguments)
        return code

    return run


def main() -> None:
    """Exit status: 0 done, 1 a DinhError told in one line, 2 unknown verb, else the command's own."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dinh.project.settings")
    try:
        sys.exit(_main(sys.argv[1:]))
    except DinhError as error:
        print(f"dinh: {error.message} [{error.code}]", file=sys.stderr)
        sys.exit(1)
    except BrokenPipeError:
        sys.exit(0)


def _main(arguments: list[str]) -> int:
    import django

    from dinh.project import logs

    django.setup()
    logs.configure()
    known = verbs()
    for length in (2, 1):
        name = " ".join(arguments[:length])
        if name in known:
            return known[name][1](arguments[length:])
    asked = arguments[0] if arguments else ""
    stream = sys.stdout if asked in {"", "help", "-h", "--help"} else sys.stderr
    if stream is sys.stderr:
        print(f"dinh: there is no '{asked}'", file=stream)
    width = max(len(name) for name in known)
    print("usage: dinh VERB …\n", file=stream)
    for name in sorted(known):
        print(f"  {name:<{width}}  {known[name][0]}", file=stream)
    return 0 if stream is sys.stdout else 2


if __name__ == "__main__":
    main()
