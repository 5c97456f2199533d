"""A pretend BingX: its public quotes so far."""
