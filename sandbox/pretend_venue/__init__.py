"""A venue that never was, whose every trouble can be ordered: for the contract that all brokers keep."""
