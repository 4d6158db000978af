"""Rules by which alerts fire, and maintenance."""
