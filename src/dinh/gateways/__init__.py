"""What machines use: one folder is one open standard."""
