"""Procedures, dossiers and fees without a database."""
