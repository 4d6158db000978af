"""Checking of proofs, for anyone."""
