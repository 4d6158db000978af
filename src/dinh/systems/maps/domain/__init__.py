"""What is known of places and ways without a database."""
