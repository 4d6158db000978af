"""Every test run has a data folder of its own, thrown away afterwards."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

_home = tempfile.mkdtemp(prefix="dinh-test-")
atexit.register(shutil.rmtree, _home, ignore_errors=True)
os.environ["DINH_HOME"] = _home
