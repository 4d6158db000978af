"""The operations centre: one live picture of an area, on a desk, a wall and a phone."""
