"""`dinh import map`."""
