"""Data operations: how good each source is, what was refused, and how Đình itself is."""
