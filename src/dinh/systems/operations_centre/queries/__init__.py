"""What the screens read, through the spine alone; each reads a fixed number of times."""
