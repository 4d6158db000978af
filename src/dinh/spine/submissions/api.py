"""What people hand in: on the disk before it is answered, numbered, worked off once."""

from __future__ import annotations
