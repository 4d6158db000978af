"""Publications, and the daily brief as the first of them."""
