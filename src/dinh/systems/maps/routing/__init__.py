"""The child process that knows the roads."""
