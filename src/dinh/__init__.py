"""Đình: open software that runs a digital province."""
