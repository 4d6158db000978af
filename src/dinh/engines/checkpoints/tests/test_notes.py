"""Signed notes: what was signed opens with the key, and with nothing else; any change closes it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dinh.engines import checkpoints
from dinh.engines.checkpoints import Checkpoint, Signer
from dinh.kernel.errors import DinhError

ORIGIN = "dinh.example.vn/ledger"


def signer(seed: int = 1) -> Signer:
    return Signer(ORIGIN, bytes([seed]) * 32)


@given(st.integers(0, 2**53), st.binary(min_size=32, max_size=32))
def test_a_signed_checkpoint_opens_with_its_key(size: int, root: bytes) -> None:
    who = signer()
    note = checkpoints.signed(Checkpoint(ORIGIN, size, root).text, [who])
    assert checkpoints.opened(note, [who.key]) == Checkpoint(ORIGIN, size, root)
    assert list(checkpoints.split(note + note)) == [note, note]


@settings(max_examples=200)
@given(st.data())
def test_one_changed_character_or_another_key_is_not_believed(data: st.DataObject) -> None:
    who = signer()
    note = checkpoints.signed(Checkpoint(ORIGIN, 12, b"r" * 32).text, [who])
    place = data.draw(st.integers(0, len(note) - 1))
    other = data.draw(st.characters(codec="ascii"))
    changed = note[:place] + other + note[place + 1 :]
    if changed != note:
        try:
            found = checkpoints.opened(changed, [who.key])
        except DinhError:
            pass
        else:
            assert found == Checkpoint(ORIGIN, 12, b"r" * 32), "only what does not count may differ"
    with pytest.raises(DinhError):
        checkpoints.opened(note, [signer(2).key])


@pytest.mark.parametrize("leaf", ["[" * 90_000 + "]" * 90_000, f'{{"a": {"[" * 800}{"]" * 800}}}', "{", "[]"])
def test_a_leaf_of_any_text_has_fields_or_none(leaf: str) -> None:
    assert set(checkpoints.Inclusion(0, bytes(32), leaf, 1, bytes(32), ()).content) <= {"a"}
