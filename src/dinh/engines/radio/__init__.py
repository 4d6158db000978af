"""Radio: how strongly, where and how fast. NumPy arrays in, NumPy arrays out; each model names its clause and its range."""
