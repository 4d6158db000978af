"""Pages, fragments and data of the operations centre."""
