"""News and warnings of the administration and the media, by commune."""
