"""Numba behind one typed door: engines say what is compiled, not how.

Compiled code is cached beside its source (or where NUMBA_CACHE_DIR says), so only the first start of an installation
waits for the compiler; `dinh.engines.radio.warm` does that waiting away from anybody's request.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numba

FINITE = {"nnan", "nsz"}
"""No value is NaN and the sign of zero is nothing: enough to find a maximum many points at a time."""


def compiled[F: Callable[..., Any]](
    *, parallel: bool = False, fast: bool | set[str] = False, inline: bool = False
) -> Callable[[F], F]:
    """Compiles a function of numbers and arrays to machine code; it releases the interpreter while it runs.

    `parallel` shares the turns of its `prange` loops among threads; each turn must write only what is its own, so that the
    result does not depend on their number. `fast` lets the compiler reorder sums and assume that no value is NaN; a set names
    which of LLVM's liberties it may take, such as `FINITE`.
    """
    options: dict[str, Any] = {
        "nopython": True, "cache": True, "nogil": True, "parallel": parallel, "fastmath": fast, "error_model": "numpy",
    }  # fmt: skip
    if inline:
        options["inline"] = "always"
    return cast("Callable[[F], F]", numba.jit(**options))
