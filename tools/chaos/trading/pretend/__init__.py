"""The pretend venue, in the paper broker's place."""
