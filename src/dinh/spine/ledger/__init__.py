"""What happened: an append-only Merkle log that anyone can check."""
