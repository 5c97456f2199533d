"""The books: executions, and the positions and profits that they add up to."""
