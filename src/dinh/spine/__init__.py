"""What every system shares; used through each part's `api` alone."""
