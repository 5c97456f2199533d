"""The orders desk, driven with what a broker says."""
