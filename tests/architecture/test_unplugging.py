"""Removing a folder removes the system, and the rest starts."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dinh.project import discovery

PROBE = """
import django
django.setup()
from django.core.management import call_command
from django.test import Client
from dinh.kernel.manifests import registry
call_command("check", verbosity=0)
call_command("migrate", verbosity=0, interactive=False)
client = Client()
paths = ["/healthz"] + [item.path for item in registry.menu()]
for path in paths:
    status = client.get(path).status_code
    assert status < 500 and status != 404, (path, status)
print("served", len(paths))
"""
FOLDERS = [*discovery.folders("systems", "system"), *discovery.folders("gateways", "gateway")]


@pytest.mark.slow
@pytest.mark.parametrize("name", FOLDERS)
def test_the_rest_starts_without(name: str, tmp_path: Path) -> None:
    environment = {key: value for key, value in os.environ.items() if key != "DINH_DATABASE_URL"} | {
        "DINH_UNPLUGGED": name,
        "DINH_HOME": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "dinh.project.settings",
    }
    command = [sys.executable, "-c", PROBE]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=100)
    assert result.returncode == 0, result.stderr[-3000:]
    assert "served" in result.stdout
