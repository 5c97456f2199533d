"""A system that trades at a pretend venue, disturbed at random, and a count of what came of it."""
