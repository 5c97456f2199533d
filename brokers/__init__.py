"""The brokers: one process for each venue account, and the loop that they share."""
