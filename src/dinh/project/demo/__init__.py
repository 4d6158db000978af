"""What the demonstration shows: the former Sóc Trăng, prepared from data files and driven by the simulator."""
