"""Open311 GeoReport v2: reports of the public, for the clients of other cities and of citizens."""
