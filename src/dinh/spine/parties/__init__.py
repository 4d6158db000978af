"""Who: people, organisations, roles, keys."""
