"""A page that shows every component of the house in every state."""
