"""The citizen app: report what is wrong, follow it, say whether it is fixed; for anyone, on any phone, with or without a network."""
