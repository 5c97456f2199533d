"""The parts of BingX's broker."""
