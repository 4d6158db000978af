"""Finding places and the way there."""
