"""Readers of what others say of people who sign in."""
