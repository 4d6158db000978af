"""What people hand in: on the disk before it is answered, numbered, worked off once."""
