"""The brokers: the loop that they share, the contract that each keeps, and each one's own."""
