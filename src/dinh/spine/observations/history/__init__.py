"""The history of readings: one columnar file, owned by one process, reached by the others over a local socket."""
