"""Checking a proof file on a machine that has no ledger: nothing is read but the files named."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from dinh.engines.checkpoints.notes import Key, opened, split
from dinh.engines.checkpoints.proofs import Consistency, Inclusion, read_proof
from dinh.kernel.errors import DinhError

type Said = tuple[bool, str]


def run(arguments: list[str]) -> int:
    """0 when everything holds and is signed, 1 otherwise."""
    parser = argparse.ArgumentParser(prog="dinh ledger check", description="check a proof file without the ledger")
    parser.add_argument("proof", type=Path)
    parser.add_argument("--checkpoint", type=Path, action="append", default=[], help="a file of signed checkpoints")
    parser.add_argument("--key", action="append", required=True, help="a public key that you trust: name+hash+base64")
    options = parser.parse_args(arguments)
    try:
        keys = [Key.read(text) for text in options.key]
        proof = read_proof(options.proof.read_text(encoding="utf-8"))
        notes = [note for path in options.checkpoint for note in split(path.read_text(encoding="utf-8"))]
        checks = list(
            _inclusion(proof, notes, keys) if isinstance(proof, Inclusion) else _consistency(proof, notes, keys)
        )
    except (DinhError, OSError, UnicodeDecodeError) as error:
        print(f"dinh: {error}", file=sys.stderr)
        return 1
    for holds, says in checks:
        print(f"{'holds  ' if holds else 'FAILS  '} {says}")
    sound = all(holds for holds, _ in checks)
    print("the proof holds" if sound else "the proof does NOT hold")
    return 0 if sound else 1


def _inclusion(proof: Inclusion, notes: list[str], keys: list[Key]) -> Iterator[Said]:
    if proof.leaf is not None:
        yield proof.leaf_agrees, "the content of the entry has the stated hash"
    yield proof.path_leads_to_root, f"the path leads from entry {proof.leaf_index} to the root of {proof.size} entries"
    yield _signed(proof.size, proof.root, [*([proof.note] if proof.note and not notes else []), *notes], keys)


def _consistency(proof: Consistency, notes: list[str], keys: list[Key]) -> Iterator[Said]:
    yield proof.holds, f"the ledger of {proof.first.size} entries is the beginning of that of {proof.second.size}"
    for head, own in ((proof.first, proof.first_note), (proof.second, proof.second_note)):
        yield _signed(head.size, head.root, [*([own] if own and not notes else []), *notes], keys)


def _signed(size: int, root: bytes, notes: list[str], keys: list[Key]) -> Said:
    reason = "no checkpoint of that size was given"
    for note in notes:
        try:
            found = opened(note, keys)
        except DinhError as error:
            reason = str(error)
            continue
        if found.size == size:
            if found.root == root:
                return True, f"the root of {size} entries is signed by {found.origin}"
            reason = "the signed checkpoint of that size has another root"
    return False, f"the root of {size} entries is signed: {reason}"
