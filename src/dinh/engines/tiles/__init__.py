"""Tiles: web-mercator geometry, clusters of points, cells around centres, and the Mapbox Vector Tile encoding."""
