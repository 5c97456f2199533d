"""The parts of the loop that every broker runs: what it is told, what it knows of its orders, what it reads."""
