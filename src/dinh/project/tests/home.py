"""A pytest plug-in, named in pyproject.toml: every run has a data folder of its own, thrown away afterwards.

It is a plug-in because the settings are read before any conftest.py is.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

HOME = tempfile.mkdtemp(prefix="dinh-test-")
atexit.register(shutil.rmtree, HOME, ignore_errors=True)
os.environ["DINH_HOME"] = HOME
