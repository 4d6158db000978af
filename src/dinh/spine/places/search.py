"""Finds names: folded keys in one string that C code scans, in the order in which they should be shown.

Entries are sorted best first once, so that the first hits of a scan are the best ones and a scan can stop.
No Django; the index knows positions only, the caller what stands there.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from dinh.kernel.vietnamese_text import fold

SLIPS = 5
"""Position of the class that is worth its time only when the others found nothing."""
_LONGEST = 100
_MOST_EXAMINED = 3_000
_MOST_CANDIDATES = 300


class Index:
    """`keys[i]` are the folded names of entry i, `contexts[i]` its names with those of what it lies in."""

    def __init__(self, keys: Sequence[Sequence[str]], contexts: Sequence[str]) -> None:
        lines: list[str] = []
        self._entries: list[int] = []
        for entry, names in enumerate(keys):
            for name in dict.fromkeys(names):
                lines.append(name)
                self._entries.append(entry)
        self._own = [f" {names[0]}" for names in keys]
        self._lines = lines
        self._blob = "\n" + "\n".join(lines) + "\n"
        self._starts = _starts(lines)
        self._lengths = np.fromiter(map(len, lines), dtype=np.int32, count=len(lines))
        self._letters = _letters(lines)
        self._contexts = "\n " + "\n ".join(contexts) + "\n"
        self._context_starts = _starts([f" {context}" for context in contexts])

    def search(self, text: str) -> tuple[Iterator[int], ...]:
        """Entries as (exact, prefix, prefix of a word, all words somewhere and one in the name, inside a word, small slips), best
        first; an entry may come in several classes."""
        query = fold(text)[:_LONGEST].strip()
        if not query:
            return ()
        return (
            self._matches(f"\n{query}\n"),
            self._matches(f"\n{query}"),
            self._matches(f" {query}"),
            self._all_words(query),
            self._matches(query),
            self._slips(query),
        )

    def _matches(self, pattern: str) -> Iterator[int]:
        blob, position = self._blob, -1
        while (position := blob.find(pattern, position + 1)) >= 0:
            line = bisect_right(self._starts, position + 1) - 1
            yield self._entries[line]
            # Best first by line: another hit in the same line says nothing new.
            position = self._starts[line + 1] - 2 if line + 1 < len(self._starts) else len(blob)

    def _all_words(self, query: str) -> Iterator[int]:
        words = query.split()
        if len(words) < 2:
            return
        blob = self._contexts
        rarest = " " + min(words, key=lambda word: blob.count(" " + word))
        position = -1
        for _ in range(_MOST_EXAMINED):
            if (position := blob.find(rarest, position + 1)) < 0:
                return
            entry = bisect_right(self._context_starts, position) - 1
            end = blob.index("\n", position)
            context = blob[self._context_starts[entry] : end]
            own = self._own[entry]
            if any(f" {word}" in own for word in words) and all(f" {word}" in context for word in words):
                yield entry
            position = end - 1

    def _slips(self, query: str) -> Iterator[int]:
        """Names one slip away (two from nine letters on): a letter more, less, wrong, or two swapped."""
        most = 0 if len(query) < 4 else 1 if len(query) < 9 else 2
        if not most or not self._lines:
            return
        # A slip changes the counts of two letters at most: that leaves few names to compare letter by letter.
        apart = np.abs(self._letters - _letters([query])).sum(axis=1)
        near = np.flatnonzero((apart <= 2 * most) & (np.abs(self._lengths - len(query)) <= most))
        near = near[np.argsort(apart[near], kind="stable")][:_MOST_CANDIDATES]
        distances = ((slips(query, self._lines[line], most), self._entries[line]) for line in near.tolist())
        for _, entry in sorted({found for found in distances if found[0] <= most}):
            yield entry


def _letters(lines: Sequence[str]) -> NDArray[np.int8]:
    """How often each letter stands in each line, letters told apart by five bits. Shape (lines, 32)."""
    text = np.frombuffer("\n".join(lines).encode("latin-1", "replace"), dtype=np.uint8)
    ends = text == ord("\n")
    line = np.cumsum(ends)[~ends]
    counts = np.bincount(line * 32 + (text[~ends] & 31), minlength=len(lines) * 32)
    return np.minimum(counts, 60).astype(np.int8).reshape(-1, 32)


def _starts(lines: Sequence[str]) -> list[int]:
    starts: list[int] = []
    position = 1
    for line in lines:
        starts.append(position)
        position += len(line) + 1
    return starts


def slips(one: str, other: str, most: int) -> int:
    """Letters to insert, delete, replace or swap with the neighbour to make one text of the other; more than `most`
    is `most + 1`."""
    before_last: list[int] = []
    last = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        row = [i]
        for j, b in enumerate(other, start=1):
            best = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                best = min(best, before_last[j - 2] + 1)
            row.append(best)
        if min(row) > most:
            return most + 1
        before_last, last = last, row
    return min(last[-1], most + 1)
