"""Pure computation: NumPy in, NumPy out; no Django."""
