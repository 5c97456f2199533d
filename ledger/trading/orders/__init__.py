"""Orders: what was asked of a venue, and what has become of it."""
