"""What is attached: checked by content, content-addressed, encrypted at rest, erasable."""
