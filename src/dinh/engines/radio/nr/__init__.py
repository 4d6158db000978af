"""NR: carriers and what they carry."""
