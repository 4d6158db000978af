"""Who reaches what: every address of every system and gateway, as anyone, as every role here, there and everywhere."""

from __future__ import annotations

import pytest
from .conftest import Walk


pytestmark = pytest.mark.django_db


def test_try(walk: Walk) -> None:
    print(len(walk.answers), len(walk.ghosts), len(walk.asked))
    for k,a in {**walk.answers, **walk.ghosts, **walk.asked}.items():
        if a.status>=500: print("5xx", k, a.status, a.error[-1200:]); break
    import pickle
    pickle.dump((walk.sides, walk.addresses, [v.name for v in walk.visitors], [v.name for v in walk.keys], walk.answers, walk.ghosts, walk.asked), open("/tmp/walk.pickle","wb"))
