"""What the screens show, without Django: the view in an address, items to be handled, drawing, ramps, tables."""
