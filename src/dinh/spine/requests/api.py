"""What people ask of the administration: reports from the public, each with its case, its place and its public side."""

from __future__ import annotations
