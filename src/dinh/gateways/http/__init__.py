"""Đình's own HTTP interface: readings in, readings, alerts, cases and places out, as JSON, NDJSON or Arrow."""
