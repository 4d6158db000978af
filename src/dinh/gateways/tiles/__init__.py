"""Mapbox Vector Tiles of units, facilities and assets, for any map that speaks them."""
