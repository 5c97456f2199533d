"""`make now`: a round at once, and its message in the terminal."""
