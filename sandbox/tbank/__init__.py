"""A pretend T-Bank."""
