"""Helpers for applications of the thin shell."""

from __future__ import annotations


class PassOn(Exception):
    """Raised by a fast application before it read or sent anything: Django answers instead."""
