"""Formulas that need each other."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence


def find_cycle(needs: Mapping[str, Collection[str]]) -> Sequence[str]:
    """A ring of codes in which each needs the next and the last the first; empty where there is none."""
    done: set[str] = set()
    for start in needs:
        path: list[str] = []
        stack: list[tuple[str, list[str]]] = [(start, list(needs.get(start, ())))] if start not in done else []
        if stack:
            path.append(start)
        while stack:
            code, rest = stack[-1]
            if not rest:
                done.add(code)
                stack.pop()
                path.pop()
                continue
            following = rest.pop()
            if following in path:
                return tuple(path[path.index(following) :])
            if following not in done and following in needs:
                stack.append((following, list(needs[following])))
                path.append(following)
    return ()
