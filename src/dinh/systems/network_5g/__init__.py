"""Plan a province's 5G network."""
