"""What the daily brief says, from facts to blocks; no Django."""
