"""Programs that others wrote, unmodified, against the pretend world."""
