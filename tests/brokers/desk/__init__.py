"""The parts of the loop that need no venue to be tried."""
