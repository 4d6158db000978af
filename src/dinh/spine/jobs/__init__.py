"""What is running: the outbox by which parts hear each other, and work done on a schedule."""
