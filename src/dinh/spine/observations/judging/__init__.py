"""How rules are judged: pure computation on arrays of readings, the same live, after a crash and in a trial on history."""
