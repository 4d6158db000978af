"""Maps: what sites give at each pixel of the ground."""
