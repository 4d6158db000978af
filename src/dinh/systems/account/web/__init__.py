"""Pages and the machinery of sign-in."""
