"""Verbs of `dinh radio`: they need neither the server nor its data."""
