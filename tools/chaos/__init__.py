"""A running system, disturbed at random, and a count of what came of it."""
