"""Working time: how long offices are open between two moments, and when so much of it has passed; Vietnam's holidays."""
