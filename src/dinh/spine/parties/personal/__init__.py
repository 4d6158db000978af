"""Personal data of people: its holders, readings, copies and erasures."""
