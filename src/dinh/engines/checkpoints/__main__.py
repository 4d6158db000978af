"""`python -m dinh.engines.checkpoints PROOF --key KEY`: checks a proof file."""

from __future__ import annotations

import sys

from dinh.engines.checkpoints.command import run

sys.exit(run(sys.argv[1:]))
